"""The page Derain as it looks: every component in its place, without behaviour."""

from collections.abc import Sequence
from functools import partial

import gradio as gr

from app.derain import api
from app.examples import Example
from app.frame import BARE, FOOTER, HEADER, HOME

GREY, COLOURS = "Grey", "Colours on photo"
GENERATORS = {"gs": "trained on rendered rain", "gr": "for real photos"}

picture = partial(gr.Image, format="png", buttons=["fullscreen"], **BARE)


class Layout:
    """Makes the page's components inside an open `gr.Blocks`; the attributes are those that events read or change."""

    def __init__(self, generators: Sequence[str], default_generator: str, examples: Sequence[Example]) -> None:
        gr.Navbar(main_page_name=HOME)
        gr.HTML(HEADER)
        with gr.Row(elem_id="triptych"):
            with gr.Column(min_width=300):
                self._make_rainy_panel(generators, default_generator)
            with gr.Column(min_width=300):
                self._make_mask_panel()
            with gr.Column(min_width=300):
                self._make_derained_panel()
        self.measures = gr.HTML(visible=False)
        self._make_closer_look()
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
        with gr.Accordion("Use it from a script", open=False, elem_id="api"), gr.Row():
            self.python = gr.Code(api.PYTHON, language="python", label="Python", interactive=False, wrap_lines=True)
            self.curl = gr.Code(api.CURL, language="shell", label="curl", interactive=False, wrap_lines=True)
        gr.HTML(FOOTER)
        self.mask_file = gr.File(visible=False)
        self.derained_file = gr.File(visible=False)

    def _make_rainy_panel(self, generators: Sequence[str], default_generator: str) -> None:
        self.rainy_caption = gr.HTML(rainy_caption())
        self.rainy = picture(
            type="filepath",
            image_mode=None,
            sources=["upload", "clipboard"],
            placeholder="# Drop a rainy photo\nor click to choose one",
            elem_id="rainy",
            alt_text="Rainy image",
        )
        with gr.Row():
            self.run = gr.Button("Derain", variant="primary", interactive=False, elem_id="run", min_width=100)
            self.clear = gr.Button("Clear", interactive=False, elem_id="clear", min_width=100)
        self.generator = gr.Radio(
            [(f"G_{name[1]}, {GENERATORS[name]}", name) for name in generators],
            value=default_generator,
            label="Generator",
            visible=len(generators) > 1,
            elem_id="generator",
        )

    def _make_mask_panel(self) -> None:
        gr.HTML(caption("Rain mask", "m"))
        self.mask = picture(interactive=False, elem_id="mask", alt_text="Rain mask")
        with gr.Row():
            self.view = gr.Radio([GREY, COLOURS], value=GREY, label="Show as", elem_id="view", scale=2, min_width=0)
            self.save_mask = gr.Button("Download mask", interactive=False, elem_id="save-mask", min_width=130)

    def _make_derained_panel(self) -> None:
        self.derained_caption = gr.HTML(derained_caption())
        self.derained = picture(interactive=False, elem_id="derained", alt_text="Derained image")
        with gr.Row():
            self.strength = gr.Slider(0, 100, 100, step=1, label="Strength (%)", elem_id="strength", buttons=[])
            self.save = gr.Button("Download photo", variant="primary", interactive=False, elem_id="save", min_width=100)

    def _make_closer_look(self) -> None:
        with gr.Tabs(elem_id="closer", visible=False) as self.closer:
            with gr.Tab("Before and after"):
                self.slider = gr.ImageSlider(
                    format="png", interactive=False, max_height=600, buttons=["fullscreen"], elem_id="slider", **BARE
                )
            with gr.Tab("Mask at each step"):
                self.steps = gr.Gallery(
                    format="png", columns=4, height="auto", object_fit="contain", buttons=[], elem_id="steps", **BARE
                )


def rainy_caption(facts: str = "") -> str:
    """Heading over the rainy image, with the facts of its file."""
    return caption("Rainy image", "x", facts)


def derained_caption(generator: str | None = None) -> str:
    """Heading over the derained image, naming the generator that made it."""
    return caption("Derained image", "ỹ", f"G<sub>{generator[1]}</sub>, {GENERATORS[generator]}" if generator else "")


def caption(name: str, symbol: str, facts: str = "") -> str:
    """Heading over a picture: its name, the paper's symbol and a few facts."""
    return f'<div class="caption"><h2>{name} <i>{symbol}</i></h2><span>{facts}</span></div>'
