"""What the use cases give, as JSON; and their errors as answers of one sentence."""

import logging
from dataclasses import asdict
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from annotator.candidate import CandidateView
from core.errors import UserError


def candidate_json(view: CandidateView) -> dict[str, Any]:
    """A candidate as the page takes it."""
    return asdict(view)


def brief_json(view: CandidateView) -> dict[str, Any]:
    """What the page needs to load a photo ahead."""
    return {"id": view.id, "sha256": view.sha256, "width": view.width, "height": view.height}


def add_errors(app: FastAPI) -> None:
    """Every error leaves as {"error": sentence}; what nobody foresaw is logged and answered without details."""

    @app.exception_handler(UserError)
    def refused(request: Request, error: UserError) -> JSONResponse:
        return JSONResponse({"error": str(error)}, 400)

    @app.exception_handler(RequestValidationError)
    def misshapen(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        return JSONResponse({"error": f"The request is not as it should be: {where}: {first['msg']}."}, 422)

    @app.exception_handler(HTTPException)
    def failed(request: Request, error: HTTPException) -> JSONResponse:
        return JSONResponse({"error": str(error.detail)}, error.status_code)

    @app.exception_handler(Exception)
    def unforeseen(request: Request, error: Exception) -> JSONResponse:
        logging.getLogger("annotator").error("%s %s", request.method, request.url.path, exc_info=error)
        return JSONResponse({"error": "Something went wrong in the server; its log says what."}, 500)
