"""The words of a project: reasons that a candidate can be rejected for, and what the pre-screening has suspected."""

from sqlalchemy import func, select

from annotator.database.models import Flag, Reason
from annotator.project import Project
from annotator.rules import ReasonRule


def active_reasons(project: Project) -> list[ReasonRule]:
    """The reasons that can be given now, in their order."""
    with project.read() as session:
        rows = session.scalars(select(Reason).where(Reason.active).order_by(Reason.position))
        return [ReasonRule(row.code, row.label, row.key) for row in rows]


def reason_labels(project: Project) -> dict[str, str]:
    """The label of every reason by its code, retired ones included."""
    with project.read() as session:
        return {row.code: row.label for row in session.scalars(select(Reason).order_by(Reason.position))}


def flag_counts(project: Project) -> dict[str, int]:
    """How many images carry each flag, the most frequent first."""
    with project.read() as session:
        count = func.count().label("number")
        rows = session.execute(select(Flag.code, count).group_by(Flag.code).order_by(count.desc(), Flag.code))
        return {row.code: row.number for row in rows}
