"""The viewer on the page: pictures of one size side by side or under a wipe, moved and zoomed as one."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from app.widget import script_beside


@dataclass(frozen=True)
class Pane:
    """One picture of the viewer, or what stands in its place.

    Attributes:
        id: short name, unique in the viewer; the browser learns it, so in the blind test it is a letter.
        label: the words under the picture.
        role: "rainy", "clean" or "derained".
        state: "ready", "waiting", "running", "stopped", "failed", or "missing" for a method that cannot run here.
        picture: file of the picture where the state is "ready".
        facts: time and figures in a few words.
        sentence: what to say where the state is "stopped", "failed" or "missing".
    """

    id: str
    label: str
    role: str
    state: str = "ready"
    picture: Path | None = None
    facts: str = ""
    sentence: str = ""


@dataclass(frozen=True)
class Blind:
    """The blind test's part: the picked pane's id ("" for none), whether it is done, and what is then said."""

    picked: str = ""
    done: bool = False
    said: str = ""


@dataclass(frozen=True)
class Show:
    """What the viewer shows. Another `id` means another photo: zoom and choices begin anew, under a wipe if `wipe`."""

    id: str
    name: str
    width: int
    height: int
    panes: list[Pane]
    blind: Blind | None = None
    wipe: bool = False


def viewer(elem_id: str) -> gr.HTML:
    """The component, for values of `viewer_value`. It has events `pick` (index: 0 for no difference) and `next`."""
    return gr.HTML(
        html_template='<div class="viewer" role="group" aria-label="Comparison"></div>',
        js_on_load=script_beside(__file__),
        elem_id=elem_id,
    )


def viewer_value(show: Show) -> dict[str, Any]:
    """A `Show` as JSON; Gradio serves the files in it."""
    return {
        **vars(show),
        "panes": [pane_json(pane) for pane in show.panes],
        "blind": vars(show.blind) if show.blind else None,
    }


def pane_json(pane: Pane) -> dict[str, Any]:
    """A pane as JSON, its picture as a file that Gradio knows how to serve."""
    picture = {"path": str(pane.picture), "meta": {"_type": "gradio.FileData"}} if pane.picture else None
    return {**vars(pane), "picture": picture}
