"""What the events of every page share, and how a photo comes in."""

from pathlib import Path
from typing import Any

import gradio as gr

from core.images import IMAGE_SUFFIXES

SAVE = "(file) => { const a = document.createElement('a'); a.href = file.url; a.download = file.orig_name; a.click(); }"
"""JavaScript that hands the file of a hidden `gr.File` to the browser's downloads."""

TO_TOP = "() => scrollTo(0, 0)"
"""JavaScript that shows what is made of a photo that was chosen further down the page."""

SCRIPTS = [Path(__file__).with_name(name) for name in ("intake.js", "mend.js")]
"""JavaScript for every page: what is dropped anywhere, or pasted, goes to the page's `intake`; names of pictures."""

PRIVATE: dict[str, Any] = {"api_visibility": "private"}
QUIET: dict[str, Any] = {"show_progress": "hidden", **PRIVATE}
Changes = dict[Any, Any]


def intake(label: str, scale: int = 1) -> gr.UploadButton:
    """The button that takes a photo; what is dropped anywhere on its page, or pasted, comes in through it too."""
    with gr.Column(elem_classes="intake", scale=scale, min_width=130):
        return gr.UploadButton(label, file_types=sorted(IMAGE_SUFFIXES), variant="primary")
