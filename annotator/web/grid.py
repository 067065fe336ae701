"""The grid's questions and writes: many candidates at once, an event for each of them."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from annotator.candidate import CandidateView, Crop
from annotator.errors import AnnotatorError
from annotator.project import Project
from annotator.usecases import decisions
from annotator.usecases.candidates import candidate_view
from annotator.usecases.decisions import Decision
from annotator.usecases.grid import grid, measurement_names
from annotator.web.learning import Learning
from annotator.web.requests import GridIn, ManyIn, UndoManyIn

PAGE_SIZE = 60


def make_grid(project: Project, learning: Learning) -> APIRouter:
    """The routes below /api/grid."""
    router = APIRouter(prefix="/api/grid")

    @router.get("")
    def page(wanted: Annotated[GridIn, Query()]) -> dict[str, Any]:
        found = grid(
            project,
            wanted.filters(),
            wanted.page,
            PAGE_SIZE,
            order=wanted.order,
            like=wanted.like,
            ascending=wanted.ascending,
        )
        return {
            "views": [_tile(view, value) for view, value in zip(found.views, found.values)],
            "page": wanted.page,
            "pages": -(-found.total // PAGE_SIZE),
            "total": found.total,
            "measurements": measurement_names(project),
        }

    @router.post("/decide")
    def decide(given: ManyIn, request: Request) -> dict[str, Any]:
        def write(item: Any) -> CandidateView:
            crops: tuple[Crop, ...] = ()
            if given.verdict == "accept":
                view = candidate_view(project, item.candidate)
                crops = (Crop(0, 0, view.width, view.height),)
            decision = Decision(
                uuid=item.uuid,
                candidate=item.candidate,
                curator=request.state.curator,
                verdict=given.verdict,
                reasons=tuple(given.reasons),
                crops=crops,
                base_version=item.base_version,
                batch=given.batch,
            )
            return decisions.decide(project, decision)

        answer = _each(project, given.items, write)
        learning.decided(len(answer["done"]))
        return answer

    @router.post("/undo")
    def undo(given: UndoManyIn, request: Request) -> dict[str, Any]:
        curator = request.state.curator
        return _each(
            project,
            given.items,
            lambda item: decisions.undo(project, item.uuid, item.candidate, curator, item.base_version),
        )

    return router


def _each(project: Project, items: list[Any], write: Callable[[Any], CandidateView]) -> dict[str, Any]:
    """Writes one after the other; what one of them meets stops none of the others."""
    done, refused = [], []
    for item in items:
        try:
            view = write(item)
        except AnnotatorError as error:
            refused.append({"candidate": item.candidate, "name": _name(project, item.candidate), "error": str(error)})
        else:
            done.append({"candidate": view.id, "version": view.version, "state": view.state})
    return {"done": done, "refused": refused}


def _name(project: Project, candidate: int) -> str:
    try:
        return candidate_view(project, candidate).name
    except AnnotatorError:
        return str(candidate)


def _tile(view: CandidateView, value: float | None) -> dict[str, Any]:
    shown = ("id", "version", "sha256", "name", "width", "height", "state", "flags", "duplicates")
    decision = None if view.decision is None else asdict(view.decision)
    return {**{name: getattr(view, name) for name in shown}, "decision": decision, "value": value}
