"""The whole screen as one ASGI application: page, API, pictures, and the guard before them."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from annotator.project import Project
from annotator.web.access import COOKIE, SESSION_SECONDS, Access, TooMany
from annotator.web.answers import add_errors
from annotator.web.api import make_api
from annotator.web.cache import DiskCache
from annotator.web.grid import make_grid
from annotator.web.growing_set import make_growing_set
from annotator.web.guard import Guard
from annotator.web.learning import Learning
from annotator.web.photos import make_photos
from annotator.web.prescreening import Prescreening, make_prescreening
from annotator.web.previews import Previews
from annotator.web.requests import SignInIn

STATIC = Path(__file__).with_name("static")
FONTS = {"IBMPlexSans-Regular.woff2": "IBMPlexSans", "IBMPlexSans-Bold.woff2": "IBMPlexSans"}
"""File -> folder, of those that come with Gradio."""


def make_application(
    project: Project,
    *,
    default_curator: str,
    access: Access | None = None,
    names: Iterable[str] = (),
    any_address: bool = False,
    frames: Sequence[str] = (),
) -> ASGIApp:
    """The application of one project.

    Args:
        project: an open project.
        default_curator: the handle of a page that names none; without `access` only.
        access: who may come in; None where nobody signs in.
        names: host names that the server is reached by, besides localhost.
        any_address: whether it may be reached by addresses other than loopback.
        frames: origins of the pages that may show the screen in a frame.
    """
    prescreening, learning = Prescreening(project), Learning(project)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        await run_in_threadpool(prescreening.end)
        await run_in_threadpool(learning.wait)

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    add_errors(app)
    app.include_router(make_api(project, learning, signed_in=access is not None))
    app.include_router(make_prescreening(prescreening))
    app.include_router(make_growing_set(project))
    app.include_router(make_grid(project, learning))
    app.include_router(make_photos(Previews(project.blobs, DiskCache(project.folder / "previews"))))
    app.mount("/static", StaticFiles(directory=STATIC))

    @app.get("/")
    def page() -> Response:
        return FileResponse(STATIC / "index.html")

    @app.get("/fonts/{name}")
    def font(name: str) -> Response:
        spec = find_spec("gradio")
        if name not in FONTS or spec is None or spec.origin is None:
            return JSONResponse({"error": "There is no such font."}, 404)
        fonts = Path(spec.origin).parent / "templates" / "frontend" / "static" / "fonts"
        return FileResponse(fonts / FONTS[name] / name, headers={"cache-control": "public, max-age=86400"})

    if access is not None:
        _add_sign_in(app, access, framed=bool(frames))
    return Guard(
        app, names=names, any_address=any_address, access=access, default_curator=default_curator, frames=frames
    )


def _add_sign_in(app: FastAPI, access: Access, *, framed: bool) -> None:
    @app.get("/login")
    def login_page() -> Response:
        return FileResponse(STATIC / "login.html")

    @app.post("/login")
    def login(given: SignInIn, request: Request) -> Response:
        address = request.client.host if request.client else ""
        try:
            token = access.sign_in(given.curator, given.password, address)
        except TooMany as error:
            return JSONResponse({"error": str(error)}, 429)
        response = JSONResponse({"curator": given.curator})
        _set_cookie(response, request, token, SESSION_SECONDS, framed=framed)
        return response

    @app.post("/logout")
    def logout(request: Request) -> Response:
        access.sign_out(request.state.token)
        response = JSONResponse({})
        _set_cookie(response, request, "", 0, framed=framed)
        return response


def _set_cookie(response: Response, request: Request, token: str, seconds: int, *, framed: bool) -> None:
    """The session's cookie. In another site's frame browsers keep it only with SameSite=None, which needs https; that
    no other site can write with it is the guard's doing."""
    secure = request.url.scheme == "https"
    across = framed and secure
    response.set_cookie(
        COOKIE, token, max_age=seconds, httponly=True, samesite="none" if across else "strict", secure=secure
    )
    if across:
        response.headers["set-cookie"] += "; Partitioned"
