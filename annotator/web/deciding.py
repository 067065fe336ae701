"""The desk's questions and writes: the next photo, looking at one, deciding, taking back."""

from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta, timezone
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import JSONResponse

from annotator.candidate import Crop
from annotator.errors import AnnotatorError, Conflict
from annotator.project import Project
from annotator.usecases import candidates, decisions
from annotator.usecases.decisions import Decision
from annotator.usecases.retracing import retrace
from annotator.web.answers import brief_json, candidate_json
from annotator.web.learning import Learning
from annotator.web.requests import DecisionIn, FiltersIn, NextIn, UndoIn
from annotator.web.seats import Seat, Seats

LONGEST_SIGHT = timedelta(days=1)


def seat_of(request: Request) -> Seat:
    """The seat that asks; the guard has put the curator there."""
    return Seat(request.state.curator, request.headers.get("x-window", "")[:64])


Sitting = Annotated[Seat, Depends(seat_of)]


def add_looking(router: APIRouter, project: Project, seats: Seats) -> None:
    """The routes by which windows get photos, keep them and leave them."""

    @router.get("/next")
    def next_(seat: Sitting, wanted: Annotated[NextIn, Query()]) -> dict[str, Any]:
        return _arrival(seats, seat, wanted, wanted.after)

    @router.get("/candidates/{candidate}")
    def look(candidate: int) -> dict[str, Any]:
        return {"candidate": candidate_json(candidates.candidate_view(project, candidate))}

    @router.post("/candidates/{candidate}/open")
    def open_(candidate: int, seat: Sitting) -> dict[str, Any]:
        return {"candidate": candidate_json(seats.open(seat, candidate))}

    @router.post("/candidates/{candidate}/stay")
    def stay(candidate: int, seat: Sitting) -> dict[str, Any]:
        return {"mine": seats.stay(seat, candidate)}

    @router.post("/leave")
    def leave(seat: Sitting) -> dict[str, Any]:
        seats.leave(seat)
        return {}


def add_deciding(router: APIRouter, project: Project, seats: Seats, learning: Learning) -> None:
    """The routes that write decisions and take them back."""

    @router.post("/decide", response_model=None)
    def decide(given: DecisionIn, seat: Sitting) -> dict[str, Any] | JSONResponse:
        shown = datetime.now(timezone.utc) - min(timedelta(milliseconds=given.seen_ms), LONGEST_SIGHT)
        decision = Decision(
            uuid=given.uuid,
            candidate=given.candidate,
            curator=seat.curator,
            verdict=given.verdict,
            reasons=tuple(given.reasons),
            crops=tuple(Crop(crop.x, crop.y, crop.w, crop.h) for crop in given.crops),
            note=given.note,
            base_version=given.base_version,
            shown_at=shown,
        )
        write = decisions.review if given.kind == "review" else decisions.decide
        try:
            decided = write(project, decision)
        except Conflict as conflict:
            return _stale(project, conflict, given.candidate)
        seats.decided(seat, given.candidate)
        learning.decided()
        answer: dict[str, Any] = {"decided": brief_json(decided) | {"version": decided.version}}
        # What is not taken out of the queue by a decision is leafed through, or the same photo would come for ever.
        after = None if given.filters.state == "pending" else given.candidate
        with suppress(AnnotatorError):  # the decision is written: the page asks what follows by itself
            answer |= _arrival(seats, seat, given.filters, after)
        return answer

    @router.get("/undo")
    def undoable(seat: Sitting) -> dict[str, Any]:
        found = retrace(project, seat.curator)
        return {
            "last": asdict(found.last) if found.last else None,
            "batch": [brief_json(own.candidate) | {"version": own.candidate.version} for own in found.batch],
            "overruled": [{"uuid": own.decision.uuid, "name": own.candidate.name} for own in found.overruled],
        }

    @router.post("/undo", response_model=None)
    def undo(given: UndoIn, seat: Sitting) -> dict[str, Any] | JSONResponse:
        try:
            view = decisions.undo(project, given.uuid, given.candidate, seat.curator, given.base_version)
        except Conflict as conflict:
            return _stale(project, conflict, given.candidate)
        try:
            return {"candidate": candidate_json(seats.open(seat, given.candidate)), "unopened": None}
        except AnnotatorError as error:  # taken back all the same
            return {"candidate": candidate_json(view), "unopened": str(error)}


def _arrival(seats: Seats, seat: Seat, wanted: FiltersIn, after: int | None) -> dict[str, Any]:
    view, following = seats.next(seat, wanted.filters(), after)
    return {
        "candidate": candidate_json(view) if view else None,
        "upcoming": [brief_json(other) for other in following],
    }


def _stale(project: Project, conflict: Conflict, candidate: int) -> JSONResponse:
    """The conflict with the candidate as it is now."""
    view = candidate_json(candidates.candidate_view(project, candidate))
    if view["decision"]:
        view["decision"]["decided_at"] = view["decision"]["decided_at"].isoformat()
    return JSONResponse({"error": str(conflict), "candidate": view}, 409)
