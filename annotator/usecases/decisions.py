"""Deciding, undoing and reviewing: each writes one event, and what holds then follows from the events."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import pairwise
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from annotator.candidate import CandidateView, Crop
from annotator.database.models import (
    VERDICTS,
    Candidate,
    CropRow,
    CurrentDecision,
    DecisionEvent,
    DecisionReason,
    Image,
    Lease,
    Reason,
)
from annotator.errors import AnnotatorError, Conflict
from annotator.project import Project, stored_rules
from annotator.rules import Rules
from annotator.texts import storable
from annotator.usecases.candidates import view_of
from annotator.usecases.curators import curator_id
from annotator.usecases.standing import Event, effective, standing

LONGEST_NOTE = 2000
MOST_CROPS = 50

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Decision:
    """What a curator decides.

    Attributes:
        uuid: made by the sender, new for every decision, the same when he sends it again.
        candidate: its id.
        curator: his handle.
        verdict: "accept" (needs crops), "reject" (needs reasons) or "skip" (takes neither).
        reasons: codes, the weightiest first.
        crops: what is worth keeping, in upright original pixels.
        note: free text; kept as `clean_note` leaves it.
        base_version: the version of the candidate that he saw.
        shown_at: since when he saw it (aware), None if nobody knows.
        batch: a uuid that all decisions of one press of a button have, None for one alone.
    """

    uuid: str
    candidate: int
    curator: str
    verdict: str
    reasons: tuple[str, ...] = ()
    crops: tuple[Crop, ...] = ()
    note: str = ""
    base_version: int = 0
    shown_at: datetime | None = None
    batch: str | None = None


def decide(project: Project, decision: Decision) -> CandidateView:
    """Writes a decision down. The same uuid again changes nothing and gives the candidate as it is now.

    Raises:
        Conflict: somebody decided since the version that the curator saw.
        AnnotatorError: the decision breaks a rule of the project, or is none.
    """
    return _write(project, decision, "decide")


def review(project: Project, decision: Decision) -> CandidateView:
    """Settles a candidate whatever was voted; otherwise as `decide`."""
    return _write(project, decision, "review")


def clean_note(note: str) -> str:
    """A note as it is kept: without space around it, and without what no database stores."""
    return storable(note).strip()


def undo(project: Project, uuid: str, candidate: int, curator: str, base_version: int) -> CandidateView:
    """Takes back the curator's last decision on a candidate, by a new event; again, and the one before it goes.

    Raises:
        Conflict: as for `decide`.
        AnnotatorError: nothing of his is left to take back.
    """
    with project.write() as session:
        me = curator_id(session, curator)
        uuid = _checked_uuid(uuid)
        if _is_known(session, uuid, candidate, me, "undo"):
            return view_of(session, candidate)
        _refuse_stale(session, candidate, base_version)
        events = _events(session, candidate)
        mine = [event for event in effective(events) if event.curator == me]
        if not mine:
            raise AnnotatorError(f"There is no decision of {curator} on this photo to undo.")
        values = {
            "kind": "undo",
            "verdict": None,
            "note": "",
            "supersedes": mine[-1].id,
            "shown_at": None,
            "batch": None,
        }
        _append(session, uuid, candidate, me, base_version, values, stored_rules(session), events)
        return view_of(session, candidate)


def rebuild_current(project: Project) -> int:
    """Works out every candidate's state, version and current decision from the events alone.

    Returns:
        How many candidates had been stored otherwise.
    """
    with project.write() as session:
        votes = stored_rules(session).votes_required
        events: dict[int, list[Event]] = defaultdict(list)
        for row in session.execute(_EVENTS.order_by(DecisionEvent.id)):
            events[row.candidate_id].append(Event(row.id, row.curator_id, row.kind, row.verdict, row.supersedes))
        wrong = 0
        for stored in session.execute(
            select(Candidate.id, Candidate.state, Candidate.version, CurrentDecision.event_id).outerjoin(
                CurrentDecision, CurrentDecision.candidate_id == Candidate.id
            )
        ).all():
            now = standing(events[stored.id], votes)
            if (stored.state, stored.version, stored.event_id) != (now.state, len(events[stored.id]), now.event):
                _store(session, stored.id, now.state, len(events[stored.id]), now.event)
                wrong += 1
        return wrong


def _write(project: Project, decision: Decision, kind: str) -> CandidateView:
    with project.write() as session:
        rules = stored_rules(session)
        me = curator_id(session, decision.curator)
        uuid = _checked_uuid(decision.uuid)
        if _is_known(session, uuid, decision.candidate, me, kind):
            return view_of(session, decision.candidate)
        width, height = _refuse_stale(session, decision.candidate, decision.base_version)
        _check(session, decision, width, height, rules)
        events = _events(session, decision.candidate)
        now = standing(events, rules.votes_required)
        if kind == "decide" and rules.votes_required > 1 and any(e.kind == "review" for e in effective(events)):
            raise AnnotatorError("This photo was settled in a review: review it again, or undo the review.")
        supersedes = now.event
        if rules.votes_required > 1 and kind == "decide":
            supersedes = next((event.id for event in reversed(effective(events)) if event.curator == me), None)
        values = {
            "kind": kind,
            "verdict": decision.verdict,
            "note": clean_note(decision.note),
            "supersedes": supersedes,
            "shown_at": decision.shown_at,
            "batch": None if decision.batch is None else _checked_uuid(decision.batch),
        }
        event = _append(session, uuid, decision.candidate, me, decision.base_version, values, rules, events)
        if decision.reasons:
            session.connection().execute(
                _NEW_REASON,
                [{"event_id": event, "code": code, "position": n} for n, code in enumerate(decision.reasons)],
            )
        if decision.crops:
            session.connection().execute(
                _NEW_CROP,
                [
                    {"event_id": event, "position": n, "x": crop.x, "y": crop.y, "w": crop.w, "h": crop.h}
                    for n, crop in enumerate(decision.crops)
                ],
            )
        session.connection().execute(_NO_LEASE, {"candidate": decision.candidate})
        return view_of(session, decision.candidate)


def _append(
    session: Session,
    uuid: str,
    candidate: int,
    curator: int,
    base_version: int,
    values: Mapping[str, Any],
    rules: Rules,
    before: list[Event],
) -> int:
    """Writes the event and what holds with it; gives the event's id."""
    event = (
        session.connection()
        .execute(
            _NEW_EVENT,
            {
                "uuid": uuid,
                "candidate_id": candidate,
                "curator_id": curator,
                "base_version": base_version,
                "decided_at": datetime.now(timezone.utc),
                **values,
            },
        )
        .scalar_one()
    )
    events = [*before, Event(event, curator, values["kind"], values["verdict"], values["supersedes"])]
    now = standing(events, rules.votes_required)
    _store(session, candidate, now.state, len(events), now.event)
    return event


def _store(session: Session, candidate: int, state: str, version: int, event: int | None) -> None:
    connection = session.connection()
    connection.execute(_NEW_STATE, {"candidate": candidate, "new_state": state, "new_version": version})
    connection.execute(_NO_CURRENT, {"candidate": candidate})
    if event is not None:
        connection.execute(_NEW_CURRENT, {"candidate_id": candidate, "event_id": event})


# Built once: building a statement takes SQLAlchemy five times as long as running it.
_NEW_EVENT = insert(DecisionEvent).returning(DecisionEvent.id)
_NEW_REASON = insert(DecisionReason)
_NEW_CROP = insert(CropRow)
_NEW_CURRENT = insert(CurrentDecision)
_NO_CURRENT = delete(CurrentDecision).where(CurrentDecision.candidate_id == bindparam("candidate"))
_NO_LEASE = delete(Lease).where(Lease.candidate_id == bindparam("candidate"))
_NEW_STATE = (
    update(Candidate)
    .where(Candidate.id == bindparam("candidate"))
    .values(state=bindparam("new_state"), version=bindparam("new_version"))
)
_EVENTS = select(
    DecisionEvent.id,
    DecisionEvent.candidate_id,
    DecisionEvent.curator_id,
    DecisionEvent.kind,
    DecisionEvent.verdict,
    DecisionEvent.supersedes,
)
_EVENTS_OF = _EVENTS.where(DecisionEvent.candidate_id == bindparam("candidate")).order_by(DecisionEvent.id)
_BY_UUID = select(DecisionEvent.candidate_id, DecisionEvent.curator_id, DecisionEvent.kind).where(
    DecisionEvent.uuid == bindparam("uuid")
)
_SEEN = (
    select(Candidate.version, Image.width, Image.height)
    .join(Image, Image.id == Candidate.image_id)
    .where(Candidate.id == bindparam("candidate"))
)
_ACTIVE = select(Reason.code, Reason.active).where(Reason.code.in_(bindparam("codes", expanding=True)))


def _events(session: Session, candidate: int) -> list[Event]:
    rows = session.connection().execute(_EVENTS_OF, {"candidate": candidate})
    return [Event(row.id, row.curator_id, row.kind, row.verdict, row.supersedes) for row in rows]


def _is_known(session: Session, uuid: str, candidate: int, curator: int, kind: str) -> bool:
    """Whether this very event was written already (AnnotatorError where the uuid was used for another)."""
    row = session.connection().execute(_BY_UUID, {"uuid": uuid}).one_or_none()
    if row is not None and tuple(row) != (candidate, curator, kind):
        raise AnnotatorError(f"The uuid {uuid} was used for another decision.")
    return row is not None


def _refuse_stale(session: Session, candidate: int, base_version: int) -> tuple[int, int]:
    """The photo's width and height; Conflict where the curator saw another version."""
    row = session.connection().execute(_SEEN, {"candidate": candidate}).one_or_none()
    if row is None:
        raise AnnotatorError(f"There is no candidate {candidate}.")
    if row.version != base_version:
        raise Conflict("This photo was decided on since it was shown: look at it again. Nothing was changed.")
    return row.width, row.height


def _checked_uuid(uuid: str) -> str:
    if not _UUID.fullmatch(uuid.lower()):
        raise AnnotatorError(f"A decision needs a uuid, not {uuid[:60]!r}.")
    return uuid.lower()


def _check(session: Session, decision: Decision, width: int, height: int, rules: Rules) -> None:
    """Raises AnnotatorError where a decision breaks a rule."""
    if decision.verdict not in VERDICTS:
        raise AnnotatorError(f"A verdict is {', '.join(VERDICTS)}, not {decision.verdict[:40]!r}.")
    if len(decision.note) > LONGEST_NOTE:
        raise AnnotatorError(f"A note has at most {LONGEST_NOTE} characters, not {len(decision.note)}.")
    if decision.verdict == "accept" and not decision.crops:
        raise AnnotatorError("An accepted photo needs at least one crop.")
    if decision.verdict != "accept" and decision.crops:
        raise AnnotatorError("Only an accepted photo has crops.")
    if decision.verdict == "reject" and not decision.reasons:
        raise AnnotatorError("A rejected photo needs a reason.")
    if decision.verdict != "reject" and decision.reasons:
        raise AnnotatorError("Only a rejected photo has reasons.")
    if decision.shown_at is not None and decision.shown_at.tzinfo is None:
        raise AnnotatorError("The time since when a photo was shown needs its zone.")
    _check_reasons(session, decision.reasons)
    if decision.crops:
        check_crops(decision.crops, width, height, rules)


def _check_reasons(session: Session, codes: tuple[str, ...]) -> None:
    if len(set(codes)) != len(codes):
        raise AnnotatorError("A reason is given twice.")
    if not codes:
        return
    active = dict(session.connection().execute(_ACTIVE, {"codes": [storable(code) for code in codes]}).tuples().all())
    for code in codes:
        if code not in active:
            raise AnnotatorError(f"There is no reason {code[:40]!r}.")
        if not active[code]:
            raise AnnotatorError(f"The reason {code!r} is no longer used.")


def check_crops(crops: tuple[Crop, ...], width: int, height: int, rules: Rules) -> None:
    """Raises AnnotatorError for crops that do not lie in a photo of this size, or break the project's rules."""
    if len(crops) > MOST_CROPS:
        raise AnnotatorError(f"A photo has at most {MOST_CROPS} crops, not {len(crops)}.")
    for crop in crops:
        name = f"The crop {crop.w}×{crop.h} at ({crop.x}, {crop.y})"
        if any(type(value) is not int for value in (crop.x, crop.y, crop.w, crop.h)):
            raise AnnotatorError(f"{name} is not in whole pixels.")
        if crop.x < 0 or crop.y < 0 or crop.w < 1 or crop.h < 1 or crop.x + crop.w > width or crop.y + crop.h > height:
            raise AnnotatorError(f"{name} does not lie inside the photo of {width}×{height} pixels.")
        if min(crop.w, crop.h) < rules.crop_min_side:
            raise AnnotatorError(
                f"{name} is smaller than the {rules.crop_min_side} pixels a side that the rules ask for."
            )
        if rules.crop_aspect is not None and abs(crop.w - rules.crop_aspect * crop.h) > max(1.0, rules.crop_aspect):
            raise AnnotatorError(f"{name} has not the aspect {rules.crop_aspect:g} that the rules ask for.")
    if any(first == second for first, second in pairwise(sorted(crops, key=lambda c: (c.x, c.y, c.w, c.h)))):
        raise AnnotatorError("The same crop is given twice.")
