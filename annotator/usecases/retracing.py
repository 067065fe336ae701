"""Back through a curator's own decisions: which one his next undo takes back."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from annotator.candidate import CandidateView, DecisionView
from annotator.database.models import DecisionEvent
from annotator.project import Project, stored_rules
from annotator.usecases.candidates import decisions_of, views_of
from annotator.usecases.curators import find_curator

MOST_OVERRULED = 20


@dataclass(frozen=True)
class Own:
    """A decision of the curator's, and its candidate as it is now."""

    candidate: CandidateView
    decision: DecisionView


@dataclass(frozen=True)
class Retraced:
    """What an undo comes to.

    Attributes:
        last: his newest decision that still counts; None where there is none.
        batch: those made at once with it that still count, itself among them; it alone where it was made alone.
        overruled: newer ones that no longer do, because somebody else decided since; newest first.
    """

    last: Own | None
    batch: tuple[Own, ...]
    overruled: tuple[Own, ...]


def retrace(project: Project, curator: str) -> Retraced:
    """A curator's newest decisions that were not taken back, up to the one that `decisions.undo` would take back."""
    with project.read() as session:
        me = find_curator(session, curator) or 0
        overruled = _overruled(me, stored_rules(session).votes_required)
        mine = (
            select(DecisionEvent.id, DecisionEvent.candidate_id)
            .where(DecisionEvent.curator_id == me, DecisionEvent.kind != "undo", ~_undone(DecisionEvent))
            .order_by(DecisionEvent.id.desc())
        )
        last = session.execute(mine.where(~overruled).limit(1)).tuples().all()
        newer = mine.where(overruled, DecisionEvent.id > (last[0][0] if last else 0)).limit(MOST_OVERRULED)
        found = _own(session, last)
        batch = found
        if found and found[0].decision.batch is not None:
            together = mine.where(~overruled, DecisionEvent.batch == found[0].decision.batch)
            batch = _own(session, session.execute(together).tuples().all())
        return Retraced(
            found[0] if found else None, tuple(batch), tuple(_own(session, session.execute(newer).tuples().all()))
        )


def _own(session: Session, events: Sequence[tuple[int, int]]) -> list[Own]:
    views = {view.id: view for view in views_of(session, [candidate for _, candidate in events])}
    decisions = decisions_of(session, [event for event, _ in events])
    return [Own(views[candidate], decisions[event]) for event, candidate in events]


def _overruled(me: int, votes_required: int) -> ColumnElement[bool]:
    """Whether somebody else's later event holds in the place of a decision of mine (see `usecases.standing`)."""
    later = aliased(DecisionEvent)
    return (
        select(later.id)
        .where(
            later.candidate_id == DecisionEvent.candidate_id,
            later.id > DecisionEvent.id,
            later.curator_id != me,
            later.kind == "review" if votes_required > 1 else later.kind != "undo",
            ~_undone(later),
        )
        .exists()
    )


def _undone(event: type[DecisionEvent]) -> ColumnElement[bool]:
    undo = aliased(DecisionEvent)
    return (
        select(undo.id)
        .where(undo.candidate_id == event.candidate_id, undo.kind == "undo", undo.supersedes == event.id)
        .exists()
    )
