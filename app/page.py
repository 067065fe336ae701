"""The demo's page: what stands where, and what each event does."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from app import api, measures, outcome, settings
from app.examples import Example
from app.outcome import Outcome
from core.errors import UserError
from core.inference import Derainer

GREY, COLOURS = "Grey", "Colours on photo"
GENERATORS = {"gs": "trained on rendered rain", "gr": "for real photos"}

HEADER = f"""
<header>
  <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
    <path class="rain" d="M10 3 7 12M18 3l-4 12M8 18l-3 9"/><path class="dry" d="M20 11c4 5 6 7 6 10a6 6 0 0 1-12 0c0-3 2-5 6-10Z"/>
  </svg>
  <div><h1>{settings.TITLE}</h1><p>Takes the rain out of a single photo, and shows where it was.</p></div>
  <button type="button" class="lamp" aria-label="Switch between light and dark"
    onclick="document.body.classList.toggle('dark')">
    <svg viewBox="0 0 18 18"><path d="M9 1a8 8 0 1 0 0 16A8 8 0 0 0 9 1Zm0 2v12A6 6 0 0 1 9 3Z"/></svg></button>
</header>
"""
LIMITS = f"Up to {settings.MAX_PIXELS // 10**6} megapixels and {settings.MAX_BYTES // 10**6} MB: JPEG, PNG, WebP, TIFF, BMP."

SAVE = "(file) => { const a = document.createElement('a'); a.href = file.url; a.download = file.orig_name; a.click(); }"
SHOW_ORIGIN = f"""() => {json.dumps([api.PYTHON, api.CURL])}.map((text) => text.replaceAll(
  {json.dumps(api.ORIGIN)}, (location.origin + location.pathname).replace(/\\/$/, '')))"""

picture = partial(gr.Image, format="png", interactive=False, show_label=False, container=False, buttons=["fullscreen"])
private = {"api_visibility": "private"}
on_network = {"concurrency_id": "network", "concurrency_limit": 1, **private}


def build(derainer: Derainer, examples: list[Example]) -> gr.Blocks:
    """The whole page, its events and the endpoint `/derain`, around one loaded model."""
    model = derainer.model
    with gr.Blocks(
        title=f"{settings.TITLE}: rain out of a photo",
        analytics_enabled=False,
        delete_cache=(settings.KEEP_SECONDS, settings.KEEP_SECONDS),
        fill_width=True,
    ) as page:
        session = gr.State(None, time_to_live=settings.KEEP_SECONDS)
        gr.HTML(HEADER)
        with gr.Row(elem_id="triptych"):
            with gr.Column(elem_id="panel-rainy", min_width=300):
                rainy_caption = gr.HTML(caption("Rainy image", "x"))
                rainy = gr.Image(
                    type="filepath",
                    image_mode=None,
                    format="png",
                    sources=["upload", "clipboard"],
                    placeholder="# Drop a rainy photo\nor click to choose one",
                    show_label=False,
                    container=False,
                    buttons=["fullscreen"],
                    elem_id="rainy",
                    alt_text="Rainy image",
                )
                with gr.Row():
                    run = gr.Button("Derain", variant="primary", interactive=False, elem_id="run", min_width=100)
                    clear = gr.Button("Clear", interactive=False, elem_id="clear", min_width=100)
                generator = gr.Radio(
                    [(f"G_{name[1]}, {GENERATORS[name]}", name) for name in model.generators],
                    value=model.default_generator,
                    label="Generator",
                    visible=len(model.generators) > 1,
                    elem_id="generator",
                )
            with gr.Column(elem_id="panel-mask", min_width=300):
                gr.HTML(caption("Rain mask", "m"))
                mask = picture(elem_id="mask", alt_text="Rain mask")
                with gr.Row():
                    view = gr.Radio([GREY, COLOURS], value=GREY, label="Show as", elem_id="view", scale=2, min_width=0)
                    save_mask = gr.Button("Download mask", interactive=False, elem_id="save-mask", min_width=130)
            with gr.Column(elem_id="panel-derained", min_width=300):
                derained_caption = gr.HTML(caption("Derained image", "ỹ"))
                derained = picture(elem_id="derained", alt_text="Derained image")
                with gr.Row():
                    strength = gr.Slider(0, 100, 100, step=1, label="Strength (%)", elem_id="strength", buttons=[])
                    save = gr.Button("Download photo", variant="primary", interactive=False, elem_id="save", min_width=100)
        cards = gr.HTML(elem_id="measures", visible=False)
        with gr.Tabs(elem_id="closer", visible=False) as closer:
            with gr.Tab("Before and after"):
                slider = gr.ImageSlider(
                    format="png", show_label=False, container=False, interactive=False, max_height=600, buttons=["fullscreen"], elem_id="slider"
                )
            with gr.Tab("Mask at each step"):
                steps = gr.Gallery(
                    format="png", show_label=False, container=False, columns=4, height="auto", buttons=[], elem_id="steps"
                )
        if examples:
            gr.HTML("<h2>Or try one of these</h2>")
            gallery = gr.Gallery(
                [(str(example.path), example.label) for example in examples],
                show_label=False,
                container=False,
                columns=len(examples),
                height="auto",
                object_fit="cover",
                allow_preview=False,
                interactive=False,
                buttons=[],
                format="png",
                elem_id="examples",
            )
        with gr.Accordion("Use it from a script", open=False, elem_id="api"):
            with gr.Row():
                python = gr.Code(api.PYTHON, language="python", label="Python", interactive=False)
                curl = gr.Code(api.CURL, language="shell", label="curl", interactive=False)
        gr.HTML(f'<p class="limits">{LIMITS} What is uploaded is forgotten after an hour.</p>')
        mask_file, derained_file = gr.File(visible=False), gr.File(visible=False)

        shown = [session, rainy, rainy_caption, mask, derained_caption, derained, run, clear, save_mask, save]
        shown += [cards, closer, slider, steps]
        cleared: dict[Any, Any] = {
            session: None,
            rainy: None,
            rainy_caption: caption("Rainy image", "x"),
            mask: None,
            derained: None,
            derained_caption: caption("Derained image", "ỹ"),
            cards: gr.update(visible=False),
            closer: gr.update(visible=False),
            slider: None,
            steps: None,
            **{button: gr.update(interactive=False) for button in (run, clear, save_mask, save)},
        }

        def show(path: Path, name: str, colouring: str, percent: float, progress: gr.Progress) -> Iterator[dict[Any, Any]]:
            """The photo at once, the outcome when it is there; a photo that cannot be worked with clears the page."""
            try:
                opened = outcome.open_photo(path)
                yield {
                    **cleared,
                    rainy: str(opened.rainy),
                    rainy_caption: caption("Rainy image", "x", opened.facts),
                    clear: gr.update(interactive=True),
                }
                done = outcome.derain(opened, derainer, name, lambda tile, of: progress((tile, of), unit="tiles"))
            except UserError as error:
                yield cleared
                raise gr.Error(str(error), print_exception=False) from error
            before_and_after = (str(done.rainy), str(done.derained_preview(percent / 100)))
            yield {
                session: done,
                mask: str(done.colours if colouring == COLOURS else done.mask),
                derained: before_and_after[1],
                derained_caption: caption("Derained image", "ỹ", f"G<sub>{done.generator[1]}</sub>, {GENERATORS[done.generator]}"),
                cards: gr.update(value=measures.cards(done.measures), visible=True),
                closer: gr.update(visible=True),
                slider: before_and_after,
                steps: [(str(step), f"Step {number}") for number, step in enumerate(done.steps, 1)],
                **{button: gr.update(interactive=True) for button in (run, save_mask, save)},
            }

        def derain_upload(
            upload: dict[str, Any], name: str, colouring: str, percent: float, progress: gr.Progress = gr.Progress()  # noqa: B008
        ) -> Iterator[dict[Any, Any]]:
            yield from show(Path(upload["path"]), name, colouring, percent, progress)

        def derain_again(
            done: Outcome | None, name: str, colouring: str, percent: float, progress: gr.Progress = gr.Progress()  # noqa: B008
        ) -> Iterator[dict[Any, Any]]:
            yield from show(held(done).source, name, colouring, percent, progress)

        def derain_example(
            chosen: gr.SelectData, name: str, colouring: str, percent: float, progress: gr.Progress = gr.Progress()  # noqa: B008
        ) -> Iterator[dict[Any, Any]]:
            yield from show(examples[chosen.index].path, name, colouring, percent, progress)

        choices = [generator, view, strength]
        tracked = {"outputs": shown, "show_progress_on": derained, **on_network}
        running = [
            rainy.upload(derain_upload, [rainy, *choices], preprocess=False, **tracked),
            run.click(derain_again, [session, *choices], **tracked),
        ]
        if examples:
            running.append(gallery.select(derain_example, choices, **tracked))
        gr.on([clear.click, rainy.clear], lambda: cleared, outputs=shown, cancels=running, queue=False, **private)

        def blend_again(done: Outcome | None, percent: float) -> tuple[str, tuple[str, str]] | tuple[Any, Any]:
            if done is None:
                return gr.skip(), gr.skip()
            derained_path = str(done.derained_preview(percent / 100))
            return derained_path, (str(done.rainy), derained_path)

        strength.change(
            blend_again, [session, strength], [derained, slider], trigger_mode="always_last", show_progress="hidden", **private
        )
        view.change(
            lambda done, colouring: done and str(done.colours if colouring == COLOURS else done.mask),
            [session, view],
            mask,
            show_progress="hidden",
            **private,
        )
        save.click(
            lambda done, percent: str(held(done).derained_file(percent / 100)), [session, strength], derained_file, **private
        ).success(None, derained_file, js=SAVE, **private)
        save_mask.click(lambda done: str(held(done).mask_file), session, mask_file, **private).success(
            None, mask_file, js=SAVE, **private
        )
        page.load(None, None, [python, curl], js=SHOW_ORIGIN, **private)
        add_endpoint(derainer)
    return page


def add_endpoint(derainer: Derainer) -> None:
    """The endpoint `/derain`; its components are not on the page."""
    model = derainer.model

    def derain(image: str, strength: float = 1.0, generator: str = model.default_generator) -> tuple[str, str, dict[str, Any]]:
        try:
            return api.derain_file(derainer, Path(image), strength, generator)
        except UserError as error:
            raise gr.Error(str(error), print_exception=False) from error

    gr.Button(visible=False).click(
        derain,
        [
            gr.File(label="image", visible=False),
            gr.Number(1.0, label="strength", minimum=0, maximum=1, visible=False),
            gr.Dropdown(list(model.generators), value=model.default_generator, label="generator", visible=False),
        ],
        [
            gr.File(label="derained", visible=False),
            gr.File(label="mask", visible=False),
            gr.JSON(label="measures", visible=False),
        ],
        api_name="derain",
        api_description="Takes the rain out of one photo: derained photo in the input's format, rain mask, rain measures.",
        concurrency_id="network",
        concurrency_limit=1,
    )


def caption(name: str, symbol: str, facts: str = "") -> str:
    """Heading over a picture: its name, the paper's symbol and a few facts."""
    return f'<div class="caption"><h2>{name} <i>{symbol}</i></h2><span>{facts}</span></div>'


def held(done: Outcome | None) -> Outcome:
    """The session's outcome.

    Raises:
        gr.Error: it is gone, because the page was left alone for too long.
    """
    if done is None:
        raise gr.Error("This photo is no longer held here; please drop it again.", title="Gone", print_exception=False)
    return done
