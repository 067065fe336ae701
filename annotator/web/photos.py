"""The pictures: previews, what the model makes of a photo, original tiles; asked for by sha256 and nothing else."""

from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException
from fastapi import Path as InPath
from starlette.responses import Response

from annotator.web.previews import Previews

FOREVER = {"cache-control": "private, max-age=31536000, immutable"}
Sha256 = Annotated[str, InPath(pattern="^[0-9a-f]{64}$")]


def make_photos(previews: Previews) -> APIRouter:
    """The routes below /photos. An address names content, so a browser may keep what it gave."""
    router = APIRouter(prefix="/photos")

    @router.get("/{sha256}/tile/{column}/{row}")
    def tile(sha256: Sha256, column: int, row: int) -> Response:
        content = previews.tile(sha256, column, row)
        if content is None:
            raise HTTPException(404, "The photo does not reach there.")
        return Response(content, media_type="image/jpeg", headers=FOREVER)

    @router.get("/{sha256}/{view}")
    def picture(sha256: Sha256, view: Literal["preview", "thumb", "mask", "rain", "derained", "layer"]) -> Response:
        return Response(getattr(previews, view)(sha256), media_type="image/jpeg", headers=FOREVER)

    return router
