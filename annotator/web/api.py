"""The page's questions and writes, thin over the use cases."""

import asyncio
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta, timezone
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import JSONResponse

from annotator.candidate import Crop
from annotator.errors import AnnotatorError, Conflict
from annotator.project import Project
from annotator.usecases import candidates, decisions, review
from annotator.usecases.decisions import Decision
from annotator.usecases.progress import progress_of
from annotator.usecases.retracing import retrace
from annotator.usecases.vocabulary import active_reasons, flag_counts, reason_labels, reasons_version
from annotator.web.answers import brief_json, candidate_json
from annotator.web.requests import DecisionIn, FiltersIn, GalleryIn, NextIn, UndoIn
from annotator.web.seats import Seat, Seats
from annotator.web.upload import take_upload

PAGE_SIZE = 60
LONGEST_SIGHT = timedelta(days=1)


def seat_of(request: Request) -> Seat:
    """The seat that asks; the guard has put the curator there."""
    return Seat(request.state.curator, request.headers.get("x-window", "")[:64])


Sitting = Annotated[Seat, Depends(seat_of)]


def make_api(project: Project, *, signed_in: bool) -> APIRouter:
    """The routes below /api."""
    router = APIRouter(prefix="/api")
    seats = Seats(project)
    importing = asyncio.Lock()

    def arrival(seat: Seat, wanted: FiltersIn, after: int | None) -> dict[str, Any]:
        view, following = seats.next(seat, wanted.filters(), after)
        return {
            "candidate": candidate_json(view) if view else None,
            "upcoming": [brief_json(other) for other in following],
        }

    @router.get("/project")
    def about(seat: Sitting) -> dict[str, Any]:
        rules = project.rules
        return {
            "curator": seat.curator,
            "signed_in": signed_in,
            "project": project.identity,
            "rules": {"least": rules.crop_min_side, "aspect": rules.crop_aspect, "votes": rules.votes_required},
            "reasons": [asdict(reason) for reason in active_reasons(project)],
            "reasons_version": reasons_version(project),
            "labels": reason_labels(project),
            "flags": flag_counts(project),
        }

    @router.get("/next")
    def next_(seat: Sitting, wanted: Annotated[NextIn, Query()]) -> dict[str, Any]:
        return arrival(seat, wanted, wanted.after)

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
            return stale(conflict, given.candidate)
        seats.decided(seat, given.candidate)
        answer: dict[str, Any] = {"decided": brief_json(decided) | {"version": decided.version}}
        # What is not taken out of the queue by a decision is leafed through, or the same photo would come for ever.
        after = None if given.filters.state == "pending" else given.candidate
        with suppress(AnnotatorError):  # the decision is written: the page asks what follows by itself
            answer |= arrival(seat, given.filters, after)
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
            return stale(conflict, given.candidate)
        try:
            return {"candidate": candidate_json(seats.open(seat, given.candidate)), "unopened": None}
        except AnnotatorError as error:  # taken back all the same
            return {"candidate": candidate_json(view), "unopened": str(error)}

    def stale(conflict: Conflict, candidate: int) -> JSONResponse:
        """The conflict with the candidate as it is now."""
        view = candidate_json(candidates.candidate_view(project, candidate))
        if view["decision"]:
            view["decision"]["decided_at"] = view["decision"]["decided_at"].isoformat()
        return JSONResponse({"error": str(conflict), "candidate": view}, 409)

    @router.get("/gallery")
    def gallery(wanted: Annotated[GalleryIn, Query()]) -> dict[str, Any]:
        found = review.gallery(project, wanted.filters(), wanted.page, PAGE_SIZE, latest_first=wanted.order == "latest")
        return {
            "views": [candidate_json(view) for view in found.views],
            "page": found.page,
            "pages": -(-found.total // found.size),
            "total": found.total,
        }

    @router.get("/progress")
    def progress(seat: Sitting) -> dict[str, Any]:
        return asdict(progress_of(project, seat.curator)) | {"reasons": reasons_version(project)}

    @router.post("/upload")
    async def upload(request: Request) -> dict[str, Any]:
        async with importing:
            report = await take_upload(project, request)
        return {"taken": report.taken, "known": report.known, "refused": report.refused}

    return router
