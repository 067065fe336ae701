"""The page Compare as it looks: every component in its place, without behaviour."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from app.events import intake
from app.frame import BARE, HEADER, HOME, footer
from app.viewer import viewer
from core.images import IMAGE_SUFFIXES

PHOTO, GALLERY, BLIND = "photo", "gallery", "blind"
RAINY = "rainy"

BLIND_TEXT = """
<p>You see one rainy photo and what each method made of it, under letters, in an order that changes with every photo.
Pick the best one: click its button or press its digit; 0 is for no difference. Then the names are shown, and your pick
is counted.</p>
"""
PICTURES = sorted(IMAGE_SUFFIXES)


class Layout:
    """Makes the page's components inside an open route; the attributes are those that events read or change."""

    def __init__(
        self,
        methods: Sequence[tuple[str, str]],
        ticked: Sequence[str],
        judged: Sequence[str],
        with_outputs: Sequence[tuple[str, str]],
        items: int,
        tally_place: str,
    ) -> None:
        gr.Navbar(main_page_name=HOME)
        gr.HTML(HEADER)
        with gr.Tabs(selected=PHOTO, elem_id="compare") as self.tabs:
            with gr.Tab("One photo", id=PHOTO):
                self._make_photo(methods, ticked)
            with gr.Tab("Gallery", id=GALLERY):
                self._make_gallery(with_outputs, items)
            with gr.Tab("Blind test", id=BLIND):
                self._make_blind(methods, judged, tally_place)
        gr.HTML(footer())
        self.file = gr.File(visible=False)

    def _make_photo(self, methods: Sequence[tuple[str, str]], ticked: Sequence[str]) -> None:
        with gr.Row(elem_id="given"):
            self.rainy = drop("Rainy photo", "given-rainy")
            self.clean = drop("Clean photo, for figures (optional)", "given-clean")
            self.others = drop("Other methods’ outputs of it (optional)", "given-others", file_count="multiple")
        with gr.Row(elem_id="choose"):
            self.intake = intake("Choose a photo", scale=0)
            self.methods = gr.CheckboxGroup(list(methods), value=list(ticked), label="Methods", elem_id="methods")
            self.stop = gr.Button("Stop", interactive=False, elem_id="stop", scale=0, min_width=100)
            self.clear = gr.Button("Clear", interactive=False, elem_id="clear-comparison", scale=0, min_width=100)
        self.facts = gr.HTML(elem_id="facts")
        self.viewer = viewer("viewer")
        self.figures = gr.HTML(elem_id="figures")
        gr.HTML("<h2>Or try one of these</h2>")
        self.examples = thumbnails("compare-examples")

    def _make_gallery(self, with_outputs: Sequence[tuple[str, str]], items: int) -> None:
        with gr.Row(elem_id="browse"):
            self.shown = gr.Dropdown(
                [("Rainy images", RAINY), *with_outputs], value=RAINY, label="Show", elem_id="shown", filterable=False
            )
            self.page = gr.Slider(1, max(2, items), 1, step=1, label="Page", visible=items > 1, elem_id="gallery-page")
        self.gallery = thumbnails("outputs")

    def _make_blind(self, methods: Sequence[tuple[str, str]], judged: Sequence[str], tally_place: str) -> None:
        gr.HTML(BLIND_TEXT)
        with gr.Row(elem_id="judge"):
            self.judged = gr.CheckboxGroup(
                list(methods), value=list(judged), label="Methods to judge", elem_id="judged"
            )
            self.begin = gr.Button("Begin", variant="primary", elem_id="begin", scale=0, min_width=130)
        self.blind_status = gr.HTML(elem_id="blind-status")
        self.blind_viewer = viewer("blind-viewer")
        with gr.Accordion("Tally", open=False, elem_id="tally"):
            self.standings = gr.HTML()
            with gr.Row():
                self.save_standings = gr.Button("Download tally (CSV)", elem_id="save-tally", min_width=180)
                self.save_picks = gr.Button("Download every pick (CSV)", elem_id="save-picks", min_width=180)
            gr.HTML(f"<p class='limits'>Kept in {tally_place} on the machine that serves this page.</p>")


def drop(label: str, elem_id: str, **options: Any) -> gr.File:
    """A place to drop photos on."""
    return gr.File(label=label, file_types=PICTURES, height=120, elem_id=elem_id, **options)


def thumbnails(elem_id: str) -> gr.Gallery:
    """Small pictures that open the comparison."""
    return gr.Gallery(
        columns=4,
        height="auto",
        object_fit="cover",
        allow_preview=False,
        interactive=False,
        buttons=[],
        elem_id=elem_id,
        elem_classes="thumbnails",
        **BARE,
    )
