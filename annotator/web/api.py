"""The page's questions and writes, thin over the use cases."""

import asyncio
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from annotator.project import Project
from annotator.usecases import review
from annotator.usecases.progress import progress_of
from annotator.usecases.vocabulary import active_reasons, flag_counts, reason_labels, reasons_version
from annotator.web.answers import candidate_json
from annotator.web.deciding import Sitting, add_deciding, add_looking
from annotator.web.learning import Learning
from annotator.web.requests import GalleryIn
from annotator.web.seats import Seats
from annotator.web.upload import take_upload
from core.images import IMAGE_SUFFIXES

PAGE_SIZE = 60


def make_api(project: Project, learning: Learning, *, signed_in: bool) -> APIRouter:
    """The routes below /api."""
    router = APIRouter(prefix="/api")
    seats = Seats(project)
    importing = asyncio.Lock()
    add_looking(router, project, seats)
    add_deciding(router, project, seats, learning)

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
            "suffixes": sorted(IMAGE_SUFFIXES),
        }

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
        found = asdict(progress_of(project, seat.curator))
        return found | {"reasons": reasons_version(project), "learnt": learning.said}

    @router.post("/upload")
    async def upload(request: Request) -> dict[str, Any]:
        async with importing:
            report = await take_upload(project, request)
        return {"taken": report.taken, "known": report.known, "refused": report.refused}

    return router
