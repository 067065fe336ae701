"""What is known about a candidate, in one piece for whoever shows it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, select
from sqlalchemy.orm import Session

from annotator.candidate import CandidateView, Crop, DecisionView, SourceView, Suggestion
from annotator.database.models import (
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
from annotator.errors import AnnotatorError
from annotator.project import Project


def candidate_view(project: Project, candidate_id: int) -> CandidateView:
    """One candidate.

    Raises:
        AnnotatorError: there is no such candidate.
    """
    with project.read() as session:
        return view_of(session, candidate_id)


def view_of(session: Session, candidate_id: int) -> CandidateView:
    """One candidate, inside a session (AnnotatorError where there is none)."""
    views = views_of(session, [candidate_id])
    if not views:
        raise AnnotatorError(f"There is no candidate {candidate_id}.")
    return views[0]


def views_of(session: Session, ids: Sequence[int]) -> list[CandidateView]:
    """Candidates in the order of their ids as given; unknown ones are left out. A fixed number of queries."""
    connection = session.connection()
    rows = connection.execute(_CANDIDATES, {"ids": ids}).all() if ids else []
    if not rows:
        return []
    images = {"images": [row.image for row in rows]}
    sources = _by_first(connection.execute(_SOURCES, images))
    flags = _by_first(connection.execute(_FLAGS, images))
    measurements = _by_first(connection.execute(_MEASUREMENTS, images))
    suggestions = _by_first(connection.execute(_SUGGESTIONS, images))
    decisions = current_decisions(session, [row.id for row in rows if row.version])
    groups = _groups(connection, {row.duplicate_group for row in rows if row.duplicate_group})
    views = {}
    for row in rows:
        source = _source(sources[row.image])
        views[row.id] = CandidateView(
            id=row.id,
            version=row.version,
            sha256=row.sha256,
            name=source.names[0] if source.names else row.sha256,
            width=row.width,
            height=row.height,
            state=row.state,
            priority=row.priority,
            source=source,
            measurements={name: value for _, name, value in measurements[row.image]},
            flags=tuple(code for _, code in flags[row.image]),
            suggestions=tuple(Suggestion(*columns) for _, *columns in suggestions[row.image]),
            duplicates=tuple(other for other in groups.get(row.duplicate_group, ()) if other != row.id),
            decision=decisions.get(row.id),
        )
    return [views[id_] for id_ in ids if id_ in views]


def current_decisions(session: Session, candidates: Sequence[int]) -> dict[int, DecisionView]:
    """What holds now, by candidate; candidates on which nothing holds are missing."""
    if not candidates:
        return {}
    found = session.connection().execute(_CURRENT, {"candidates": candidates}).all()
    decisions = decisions_of(session, [event for _, event in found])
    return {candidate: decisions[event] for candidate, event in found}


def decisions_of(session: Session, events: Sequence[int]) -> dict[int, DecisionView]:
    """Events of kind decide or review as decisions, by their ids."""
    if not events:
        return {}
    connection, given = session.connection(), {"events": events}
    rows = connection.execute(_EVENTS, given).all()
    reasons = _by_first(connection.execute(_REASONS, given)) if any(row.verdict == "reject" for row in rows) else {}
    crops = _by_first(connection.execute(_CROPS, given)) if any(row.verdict == "accept" for row in rows) else {}
    return {
        row.id: DecisionView(
            uuid=row.uuid,
            kind=row.kind,
            verdict=row.verdict or "",
            reasons=tuple(code for _, code in reasons.get(row.id, ())),
            crops=tuple(Crop(*rectangle) for _, *rectangle in crops.get(row.id, ())),
            note=row.note,
            curator=row.handle,
            decided_at=row.decided_at,
            batch=row.batch,
        )
        for row in rows
    }


# Built once: building a statement takes SQLAlchemy five times as long as running it.
_CANDIDATES = (
    select(
        Candidate.id,
        Candidate.version,
        Candidate.state,
        Candidate.priority,
        Candidate.duplicate_group,
        Image.id.label("image"),
        Image.sha256,
        Image.width,
        Image.height,
    )
    .join(Image, Image.id == Candidate.image_id)
    .where(Candidate.id.in_(bindparam("ids", expanding=True)))
)
_IMAGES: BindParameter[list[int]] = bindparam("images", expanding=True)
_SOURCES = (
    select(Source.image_id, Source.name, Source.url, Source.page, Source.author, Source.licence, Source.query)
    .where(Source.image_id.in_(_IMAGES))
    .order_by(Source.id)
)
_FLAGS = select(Flag.image_id, Flag.code).where(Flag.image_id.in_(_IMAGES)).order_by(Flag.code)
_MEASUREMENTS = select(Measurement.image_id, Measurement.name, Measurement.value).where(
    Measurement.image_id.in_(_IMAGES)
)
_SUGGESTIONS = (
    select(
        SuggestionRow.image_id,
        SuggestionRow.x,
        SuggestionRow.y,
        SuggestionRow.w,
        SuggestionRow.h,
        SuggestionRow.score,
        SuggestionRow.model,
    )
    .where(SuggestionRow.image_id.in_(_IMAGES))
    .order_by(SuggestionRow.position)
)
_CURRENT = select(CurrentDecision.candidate_id, CurrentDecision.event_id).where(
    CurrentDecision.candidate_id.in_(bindparam("candidates", expanding=True))
)
_GIVEN_EVENTS: BindParameter[list[int]] = bindparam("events", expanding=True)
_EVENTS = (
    select(
        DecisionEvent.id,
        DecisionEvent.uuid,
        DecisionEvent.kind,
        DecisionEvent.verdict,
        DecisionEvent.note,
        DecisionEvent.decided_at,
        DecisionEvent.batch,
        Curator.handle,
    )
    .join(Curator, Curator.id == DecisionEvent.curator_id)
    .where(DecisionEvent.id.in_(_GIVEN_EVENTS))
)
_REASONS = (
    select(DecisionReason.event_id, DecisionReason.code)
    .where(DecisionReason.event_id.in_(_GIVEN_EVENTS))
    .order_by(DecisionReason.position)
)
_CROPS = (
    select(CropRow.event_id, CropRow.x, CropRow.y, CropRow.w, CropRow.h)
    .where(CropRow.event_id.in_(_GIVEN_EVENTS))
    .order_by(CropRow.position)
)
_MEMBERS = (
    select(Candidate.duplicate_group, Candidate.id)
    .where(Candidate.duplicate_group.in_(bindparam("groups", expanding=True)))
    .order_by(Candidate.id)
)


def _by_first(rows: Iterable[Row[Any]]) -> dict[int, list[Row[Any]]]:
    """A query's rows by their first column."""
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return found


def _groups(connection: Connection, groups: set[str]) -> dict[str | None, list[int]]:
    members: dict[str | None, list[int]] = defaultdict(list)
    if groups:
        for group, member in connection.execute(_MEMBERS, {"groups": list(groups)}):
            members[group].append(member)
    return members


def _source(rows: list[Row[Any]]) -> SourceView:
    def first(column: str) -> str:
        return next((value for row in rows if (value := getattr(row, column))), "")

    names = tuple(dict.fromkeys(row.name for row in rows))
    return SourceView(names, first("url"), first("page"), first("author"), first("licence"), first("query"))
