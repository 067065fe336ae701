"""How far the project is, and how fast a curator works: what the screen shows all the time, so it must cost little."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from sqlalchemy import func, select

from annotator.database.models import STATES, Candidate, DecisionEvent
from annotator.project import Project
from annotator.usecases.curators import find_curator

RECENT = timedelta(minutes=10)
PAUSE = timedelta(minutes=2)
"""A gap between two decisions that is longer ends the run that a rate is taken over."""

_MOST_EVENTS = 200


@dataclass(frozen=True)
class Progress:
    """Candidates by state; `rate`: the curator's decisions a minute just now, None without a run of at least two."""

    states: dict[str, int]
    rate: float | None


def progress_of(project: Project, curator: str) -> Progress:
    """The project's progress and a curator's present rate."""
    with project.read() as session:
        counts = {row.state: row.number for row in session.execute(_counts())}
        me = find_curator(session, curator)
        times = session.scalars(
            select(DecisionEvent.decided_at)
            .where(DecisionEvent.curator_id == me, DecisionEvent.kind != "undo")
            .order_by(DecisionEvent.id.desc())
            .limit(_MOST_EVENTS)
        ).all()
    return Progress({state: counts.get(state, 0) for state in STATES}, rate(list(times), datetime.now(timezone.utc)))


def rate(times: list[datetime], now: datetime) -> float | None:
    """Decisions a minute over the last run without a pause, newest first, within RECENT; None for fewer than two."""
    run: list[datetime] = []
    for time in times:
        if now - time > RECENT or (run or [now])[-1] - time > PAUSE:
            break
        run.append(time)
    if len(run) < 2 or run[0] <= run[-1]:
        return None
    return (len(run) - 1) / ((run[0] - run[-1]).total_seconds() / 60)


def _counts():  # type: ignore[no-untyped-def]
    return select(Candidate.state, func.count().label("number")).group_by(Candidate.state)
