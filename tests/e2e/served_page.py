"""The static page, built round a tiny network with random weights and served by a thread."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from tests.conftest import REPOSITORY, skip_or_fail

sys.path.insert(0, str(REPOSITORY / "scripts"))

import build_web
import serve_web

TILE = 832
"""Longest side of the page's tiles on a desktop."""


def built_page(folder: Path, weights: Path | None, demo: str = "") -> Path:
    """The page's folder below `folder`; weights None takes those that are shipped."""
    from core.export import ExportError, export_onnx

    if not (build_web.RUNTIME / "dist" / build_web.RUNTIME_WASM).is_file():
        skip_or_fail("onnxruntime-web is not installed (npm ci --ignore-scripts)")
    model = folder / "derain.onnx"
    try:
        export_onnx(model, weights, masks=True)
    except ExportError as error:
        skip_or_fail(str(error))
    build_web.build(folder / "dist", model, demo)
    return folder / "dist"


@contextmanager
def served_page(dist: Path) -> Iterator[str]:
    """The address of a built page; the server ends with the context."""
    server = serve_web.make_server(dist, "127.0.0.1", 0, quiet=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()
