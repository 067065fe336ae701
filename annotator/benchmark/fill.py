"""A project of any size without photos: rows of candidates and of decisions, for measuring."""

import hashlib
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from annotator.database.backup import advance_sequences, without_triggers
from annotator.database.models import (
    Base,
    Candidate,
    CropRow,
    Curator,
    CurrentDecision,
    DecisionEvent,
    DecisionReason,
    Flag,
    Image,
    Measurement,
    Source,
    SuggestionRow,
)
from annotator.project import Project

WIDTH, HEIGHT = 4000, 3000
_START = datetime(2026, 1, 1, tzinfo=timezone.utc)
_ROWS = 2000
_MEASURES = ("coverage", "direction", "density", "haze", "sharpness", "sky")


def fill(project: Project, count: int, decided: float, seed: int = 0) -> None:
    """Adds `count` candidates of 12 megapixels with random priorities, of which a share (0…1) is decided at random.

    Half of the decisions accept with two crops, half reject with a reason. The project must be empty.
    """
    rng = random.Random(seed)
    chosen = set(rng.sample(range(1, count + 1), round(count * decided)))
    with project.write() as session, without_triggers(session.connection(), Base.metadata.tables):
        session.add(Curator(id=1, handle="filler", created_at=_START))
        session.flush()
        numbers = range(1, count + 1)
        _insert(session, Image, (_image(n) for n in numbers))
        _insert(session, Source, ({"image_id": n, "name": f"photo-{n}.jpg", "fetched_at": _START} for n in numbers))
        _insert(session, Candidate, (_candidate(n, n in chosen, rng) for n in numbers))
        _insert(
            session,
            Measurement,
            ({"image_id": n, "name": m, "value": rng.random()} for n in numbers for m in _MEASURES),
        )
        _insert(session, Flag, ({"image_id": n, "code": "mist"} for n in numbers if n % 5 == 0))
        _insert(
            session,
            SuggestionRow,
            (
                {"image_id": n, "position": p, "x": 100 * p, "y": 0, "w": 800, "h": 600, "score": 1.0, "model": "none"}
                for n in numbers
                for p in range(3)
            ),
        )
        events = list(enumerate(sorted(chosen), 1))
        _insert(session, DecisionEvent, (_event(event, n) for event, n in events))
        _insert(session, CurrentDecision, ({"candidate_id": n, "event_id": event} for event, n in events))
        _insert(
            session,
            DecisionReason,
            ({"event_id": event, "code": "snow", "position": 0} for event, n in events if not accepted(n)),
        )
        _insert(
            session,
            CropRow,
            (
                {"event_id": event, "position": p, "x": 500 * p, "y": 0, "w": 400, "h": 400}
                for event, n in events
                if accepted(n)
                for p in range(2)
            ),
        )
        advance_sequences(session.connection(), Base.metadata)
        session.connection().exec_driver_sql("ANALYZE")
    assert _count(project) == count


def accepted(candidate: int) -> bool:
    """Whether `fill` accepts a candidate that it decides."""
    return candidate % 2 == 0


def _image(n: int) -> dict[str, object]:
    sha256 = hashlib.sha256(str(n).encode()).hexdigest()
    size = {"bytes": 4_000_000, "mime": "image/jpeg", "width": WIDTH, "height": HEIGHT, "orientation": 1}
    return {"id": n, "sha256": sha256, "added_at": _START, "measured_version": "1", **size}


def _candidate(n: int, decided: bool, rng: random.Random) -> dict[str, object]:
    state = ("accepted" if accepted(n) else "rejected") if decided else "pending"
    group = f"group-{n // 7}" if n % 7 < 2 else None
    return {
        "id": n,
        "image_id": n,
        "state": state,
        "priority": rng.random(),
        "duplicate_group": group,
        "version": int(decided),
    }


def _event(event: int, candidate: int) -> dict[str, object]:
    moment = _START + timedelta(seconds=3 * event)
    return {
        "id": event,
        "uuid": str(UUID(int=event)),
        "candidate_id": candidate,
        "curator_id": 1,
        "kind": "decide",
        "verdict": "accept" if accepted(candidate) else "reject",
        "base_version": 0,
        "shown_at": moment - timedelta(seconds=2),
        "decided_at": moment,
    }


def _insert(session: Session, table: type[Base], rows: Iterator[dict[str, object]]) -> None:
    batch: list[dict[str, object]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _ROWS:
            session.execute(insert(table), batch)
            batch = []
    if batch:
        session.execute(insert(table), batch)


def _count(project: Project) -> int:
    with project.read() as session:
        ids: Sequence[int] = session.scalars(select(Candidate.id)).all()
    return len(ids)
