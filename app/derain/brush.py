"""The brush: a photo on which strength is painted, region by region. Its event `painted` brings the map."""

from base64 import b64decode
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import gradio as gr
import numpy as np

from app.derain.outcome import Outcome
from app.derain.strength import read_strength_map
from app.widget import script_beside
from core.errors import UserError

START = "data:image/png;base64,"


def brush(elem_id: str) -> gr.HTML:
    """The component, for values of `brush_value`. Its event `painted` has `map`: a PNG as data URL, "" for none."""
    return gr.HTML(
        html_template='<div class="brush" role="group" aria-label="Brush"></div>',
        js_on_load=script_beside(__file__),
        elem_id=elem_id,
    )


def brush_value(done: Outcome, strength: float) -> dict[str, Any]:
    """What is painted on, as JSON; Gradio serves the files in it."""
    height, width = done.small_rainy.shape[:2]
    return {
        "id": done.folder.name,
        "width": width,
        "height": height,
        "strength": strength,
        **{name: file(path) for name, path in (("rainy", done.rainy), ("derained", done.full_preview))},
    }


def file(path: Path) -> dict[str, Any]:
    """A file that Gradio knows how to serve."""
    return {"path": str(path), "meta": {"_type": "gradio.FileData"}}


def painted_map(sent: object) -> np.ndarray | None:
    """The map that the event brought, (h, w) uint8; None where nothing is painted.

    Raises:
        UserError: it is no PNG.
    """
    if sent == "":
        return None
    if not isinstance(sent, str) or not sent.startswith(START):
        raise UserError("What was painted did not arrive as a picture; please try again.")
    with TemporaryDirectory(prefix="brush-") as folder:
        path = Path(folder) / "strength.png"
        try:
            path.write_bytes(b64decode(sent[len(START) :], validate=True))
        except ValueError as error:
            raise UserError("What was painted did not arrive whole; please try again.") from error
        return read_strength_map(path)
