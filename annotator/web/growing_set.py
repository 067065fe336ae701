"""The page's look at the set as it grows: its figures, and the pictures that an export's card would have."""

import io
import threading
from typing import Any

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from annotator.project import Project
from annotator.usecases.growing_set import GrowingSet, growing_set

_SHOWN = ("photos", "rejected", "waiting", "crops", "sides", "megapixels", "patches", "measured", "licences")


class _Drawn:
    """The pictures of the set that was asked for last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pictures: dict[str, bytes] = {}

    def draw(self, found: GrowingSet) -> list[str]:
        """Draws them anew and gives their names."""
        from annotator.export.card import statistics_pictures

        pictures = {}
        for name, picture in statistics_pictures(found.views, found.tables).items():
            stream = io.BytesIO()
            picture.save(stream, "PNG")
            pictures[name] = stream.getvalue()
        with self._lock:
            self._pictures = pictures
        return list(pictures)

    def get(self, name: str) -> bytes | None:
        with self._lock:
            return self._pictures.get(name)


def make_growing_set(project: Project) -> APIRouter:
    """The routes below /api/set."""
    router = APIRouter(prefix="/api/set")
    drawn = _Drawn()

    @router.get("")
    def figures() -> dict[str, Any]:
        found = growing_set(project)
        agreement = found.tables["agreement"].astype(object)
        return {
            **{name: getattr(found, name) for name in _SHOWN},
            "pictures": drawn.draw(found),
            "agreement": agreement.where(agreement.notna(), None).to_dict("records"),
        }

    @router.get("/pictures/{name}")
    def picture(name: str) -> Response:
        content = drawn.get(name)
        if content is None:
            raise HTTPException(404, "There is no such picture.")
        return Response(content, media_type="image/png")

    return router
