"""One photo or zip archive dropped on the page: written to a folder of its own, imported, and the folder removed."""

import shutil
from pathlib import Path, PurePosixPath
from tempfile import mkdtemp
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request

from annotator.errors import AnnotatorError
from annotator.project import Project
from annotator.usecases.importing import ImportReport, import_photos
from core.images import IMAGE_SUFFIXES

LARGEST_UPLOAD = 4_000_000_000
LONGEST_NAME = 180
"""Bytes of a file's name; longer ones lose their beginning."""


async def take_upload(project: Project, request: Request) -> ImportReport:
    """Imports the request's body under the name in its header `x-name` (percent-encoded).

    Raises:
        AnnotatorError: neither a photo's name nor a zip's, too large, cut off, or the disk is full.
    """
    name = safe_name(unquote(request.headers.get("x-name", "")))
    try:
        (project.folder / "uploads").mkdir(exist_ok=True)
        folder = Path(mkdtemp(dir=project.folder / "uploads"))
        try:
            await _receive(request, folder / name, name)
            return await run_in_threadpool(import_photos, project, folder / name)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        raise AnnotatorError(f"{name} cannot be taken: {(error.strerror or str(error)).lower()}.") from error
    except ClientDisconnect as error:
        raise AnnotatorError(f"{name} was cut off.") from error


async def _receive(request: Request, path: Path, name: str) -> None:
    received = 0
    with open(path, "xb") as stream:
        async for piece in request.stream():
            received += len(piece)
            if received > LARGEST_UPLOAD:
                raise AnnotatorError(f"{name} is larger than the {LARGEST_UPLOAD / 1e9:.0f} GB that are allowed.")
            stream.write(piece)


def safe_name(name: str) -> str:
    """The last part of a name as a file may be called, in any script; only photos' and zips' suffixes are taken.

    Raises:
        AnnotatorError: another suffix.
    """
    last = PurePosixPath(name.replace("\\", "/").replace("\0", "")).name
    if Path(last).suffix.lower() not in IMAGE_SUFFIXES | {".zip"}:
        raise AnnotatorError(f"{last[:80] or 'A file without a name'} is neither a photo nor a zip archive.")
    return last.encode(errors="replace")[-LONGEST_NAME:].decode(errors="ignore")
