"""The page Derain as it looks: every component in its place, without behaviour."""

from collections.abc import Sequence
from functools import partial

import gradio as gr

from app.derain import api, words
from app.derain.brush import brush
from app.events import intake
from app.examples import Example
from app.frame import BARE, HEADER, HOME, footer
from app.viewer import viewer
from core.inference import AUTO

REMOVED, MASK, COLOURS = "removed", "mask", "colours"
VIEWS = [("Taken out", REMOVED), ("Mask", MASK), ("On the photo", COLOURS)]
GENERATORS = [("Photos of real rain", "gr"), ("Rendered rain, as in test sets", "gs")]
SCALES = [("As small as its rain asks", AUTO), ("As it is", "1"), ("Half", "2"), ("A third", "3"), ("A quarter", "4")]

DROP = """
<button type="button" class="drop" onclick="document.querySelector('.intake input').click()">
  <b>Drop a rainy photo anywhere</b><span>or paste it, or click here to choose one</span></button>
"""

picture = partial(gr.Image, format="png", buttons=["fullscreen"], interactive=False, **BARE)


class Layout:
    """Makes the page's components inside an open `gr.Blocks`; the attributes are those that events read or change."""

    def __init__(self, generators: Sequence[str], default_generator: str, examples: Sequence[Example]) -> None:
        gr.Navbar(main_page_name=HOME)
        gr.HTML(HEADER)
        with gr.Row(elem_id="triptych"):
            with gr.Column(min_width=290, elem_id="rainy-panel"):
                self._make_rainy_panel(generators, default_generator)
            with gr.Column(min_width=290, elem_id="mask-panel"):
                self._make_mask_panel()
            with gr.Column(min_width=290, elem_id="derained-panel"):
                self._make_derained_panel()
        self.viewer = viewer("closer")
        self.measures = gr.HTML(elem_id="measures")
        self.brush = brush("brush")
        self._make_examples(examples)
        with gr.Accordion("For researchers", open=False, elem_id="researchers"):
            gr.HTML(words.RESEARCHERS)
            self.steps = gr.Gallery(
                format="png",
                columns=4,
                height="auto",
                object_fit="contain",
                buttons=[],
                visible=False,
                elem_id="steps",
                **BARE,
            )
        with gr.Accordion("Use it from a script", open=False, elem_id="api"), gr.Row():
            self.python = gr.Code(api.PYTHON, language="python", label="Python", interactive=False, wrap_lines=True)
            self.curl = gr.Code(api.CURL, language="shell", label="curl", interactive=False, wrap_lines=True)
        gr.HTML(footer())
        self.mask_file = gr.File(visible=False)
        self.derained_file = gr.File(visible=False)
        self.handed = gr.Textbox(visible=False)

    def _make_rainy_panel(self, generators: Sequence[str], default_generator: str) -> None:
        self.rainy_caption = gr.HTML(words.caption("Photo"))
        gr.HTML(DROP)
        self.rainy = picture(elem_id="rainy", alt_text="The photo as it came")
        with gr.Row():
            self.intake = intake("Choose a photo")
            self.clear = gr.Button("Clear", interactive=False, elem_id="clear", min_width=80)
        with gr.Accordion("Advanced", open=False, elem_id="advanced"):
            self.generator = gr.Radio(
                [(label, name) for label, name in GENERATORS if name in generators],
                value=default_generator,
                label="Made for",
                visible=len(generators) > 1,
                elem_id="generator",
            )
            self.scale = gr.Radio(SCALES, value=AUTO, label="The network sees the photo", elem_id="scale")

    def _make_mask_panel(self) -> None:
        self.found_caption = gr.HTML(words.caption(words.FOUND))
        self.found = picture(elem_id="mask", alt_text="The rain that was found in the photo")
        with gr.Row():
            self.view = gr.Radio(VIEWS, value=REMOVED, label="Show", elem_id="view", min_width=0)
        with gr.Row():
            self.save_mask = gr.Button("Download mask", interactive=False, elem_id="save-mask", min_width=130)

    def _make_derained_panel(self) -> None:
        self.derained_caption = gr.HTML(words.caption("Without rain"))
        self.derained = picture(elem_id="derained", alt_text="The photo without its rain")
        self.status = gr.HTML(words.EMPTY, elem_id="status")
        with gr.Row():
            self.strength = gr.Slider(0, 2, 1, step=0.05, label="Strength", elem_id="strength", buttons=["reset"])
        with gr.Row():
            self.save = gr.Button("Download photo", variant="primary", interactive=False, elem_id="save", min_width=100)
            self.hand_over = gr.Button("Compare methods", interactive=False, elem_id="hand-over", min_width=100)

    def _make_examples(self, examples: Sequence[Example]) -> None:
        gr.HTML("<h2>Or try one of these</h2>", visible=bool(examples))
        self.examples = gr.Gallery(
            [(str(example.path), example.label) for example in examples],
            columns=4,
            height="auto",
            object_fit="cover",
            allow_preview=False,
            interactive=False,
            buttons=[],
            format="png",
            visible=bool(examples),
            elem_id="examples",
            **BARE,
        )
