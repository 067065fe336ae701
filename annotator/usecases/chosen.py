"""What an export would hold: everything that is decided, with groups of near-duplicates drawn into splits."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from annotator.candidate import CandidateView
from annotator.database.models import Candidate, CurrentDecision, DecisionEvent, ExportItem, ExportRun, Image
from annotator.export.events import events_table
from annotator.export.splits import split_of
from annotator.project import Project
from annotator.usecases.candidates import views_of
from annotator.usecases.statistics import statistics_in

_ROWS = 500
_UNMEASURED = select(Candidate.id).join(Image, Image.id == Candidate.image_id).where(Image.measured_version.is_(None))


@dataclass(frozen=True)
class Chosen:
    """What an export would hold now, all in one state of the database.

    Attributes:
        views: every candidate that is accepted or rejected.
        accepted: the accepted among them.
        group, split: of every candidate; see `choose`.
        before: the split in which the last export with this seed had a candidate.
        held: the event that holds for a candidate.
        unmeasured: candidates that were never pre-screened.
        events: every event (`annotator.export.events`).
        last_event: the newest event's id, 0 where there is none.
        tables: as `annotator.usecases.statistics` gives them.
    """

    views: list[CandidateView]
    accepted: list[CandidateView]
    group: dict[int, str]
    split: dict[int, str]
    before: dict[int, str]
    held: dict[int, int]
    unmeasured: set[int]
    events: pa.Table
    last_event: int
    tables: dict[str, pd.DataFrame]

    def split_before(self, candidate: int) -> str:
        """Where the last export with this seed had it; where it was in none, where it is now."""
        return self.before.get(candidate, self.split[candidate])


def choose(project: Project, splits: Mapping[str, float], seed: int) -> Chosen:
    """Reads everything that an export needs. Groups, and not photos, are drawn into splits."""
    with project.read() as session:
        views = _decided(session)
        accepted = [view for view in views if view.decision is not None and view.decision.verdict == "accept"]
        groups = _groups(session)
        return Chosen(
            views=views,
            accepted=accepted,
            group=groups,
            split={candidate: split_of(group, splits, seed) for candidate, group in groups.items()},
            before=_last_splits(session, seed),
            held=dict(session.execute(select(CurrentDecision.candidate_id, CurrentDecision.event_id)).tuples().all()),
            unmeasured=set(session.scalars(_UNMEASURED)),
            events=events_table(session),
            last_event=session.scalar(select(func.max(DecisionEvent.id))) or 0,
            tables=statistics_in(session),
        )


def _decided(session: Session) -> list[CandidateView]:
    """Every candidate that is accepted or rejected now."""
    query = select(Candidate.id).where(Candidate.state.in_(("accepted", "rejected"))).order_by(Candidate.id)
    ids = session.scalars(query).all()
    return [view for start in range(0, len(ids), _ROWS) for view in views_of(session, ids[start : start + _ROWS])]


def _groups(session: Session) -> dict[int, str]:
    """Candidate -> its duplicate group, named by the sha256 of the member that was imported first.

    So a group keeps its name, and with it its split, whichever photos join it later.
    """
    query = select(Candidate.id, Candidate.duplicate_group, Image.sha256).join(Image, Image.id == Candidate.image_id)
    rows = session.execute(query.order_by(Candidate.id)).all()
    first: dict[str, str] = {}
    for row in rows:
        if row.duplicate_group is not None:
            first.setdefault(row.duplicate_group, row.sha256)
    return {row.id: first.get(row.duplicate_group, row.sha256) for row in rows}


def _last_splits(session: Session, seed: int) -> dict[int, str]:
    """Candidate -> the split in which the last export with this seed had it."""
    last = select(func.max(ExportRun.id)).where(ExportRun.seed == seed).scalar_subquery()
    query = (
        select(DecisionEvent.candidate_id, ExportItem.split)
        .join(DecisionEvent, DecisionEvent.id == ExportItem.event_id)
        .where(ExportItem.run_id == last)
    )
    return dict(session.execute(query).tuples().all())
