"""The demo's page as it behaves: what each event does, and the endpoint `/derain`."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from app import api, measures, outcome, settings
from app.events import PRIVATE, SAVE, TO_TOP, Changes
from app.examples import Example
from app.layout import COLOURS, Layout, derained_caption, rainy_caption
from app.outcome import Outcome
from core.errors import UserError
from core.inference import Derainer

SHOW_ORIGIN = f"""() => {json.dumps([api.PYTHON, api.CURL])}.map((text) => text.replaceAll(
  {json.dumps(api.ORIGIN)}, (location.origin + location.pathname).replace(/\\/$/, '')))"""

ON_NETWORK: dict[str, Any] = {"concurrency_id": "network", "concurrency_limit": 1}


def build(derainer: Derainer, examples: Sequence[Example]) -> gr.Blocks:
    """The whole page around one loaded model."""
    with gr.Blocks(
        title=f"{settings.TITLE}: rain out of a photo",
        analytics_enabled=False,
        delete_cache=(settings.SWEEP_SECONDS, settings.KEEP_SECONDS),
        fill_width=True,
    ) as page:
        session = gr.State(None, time_to_live=settings.KEEP_SECONDS)
        ui = Layout(derainer.model.generators, derainer.model.default_generator, examples)
        add_deraining(derainer, examples, session, ui)
        add_saving(session, ui)
        add_endpoint(derainer)
        page.load(None, None, [ui.python, ui.curl], js=SHOW_ORIGIN, **PRIVATE)
    return page


def add_deraining(derainer: Derainer, examples: Sequence[Example], session: gr.State, ui: Layout) -> None:
    """Upload, example and button run the network; strength and view change what is shown of its outcome."""
    buttons = (ui.run, ui.clear, ui.save_mask, ui.save)
    cleared: Changes = {
        session: None,
        **dict.fromkeys((ui.rainy, ui.mask, ui.derained, ui.slider, ui.steps)),
        ui.rainy_caption: rainy_caption(),
        ui.derained_caption: derained_caption(),
        **dict.fromkeys((ui.measures, ui.closer), gr.update(visible=False)),
        **dict.fromkeys(buttons, gr.update(interactive=False)),
    }

    def derain(path: Path, generator: str, progress: gr.Progress) -> Iterator[Changes]:
        try:
            opened = outcome.open_photo(path)
            yield {
                **cleared,
                ui.rainy: str(opened.rainy),
                ui.rainy_caption: rainy_caption(opened.facts),
                ui.clear: gr.update(interactive=True),
            }
            done = outcome.derain(
                opened, derainer, generator, lambda tile, of: progress((tile, of), desc="Deraining", unit="tiles")
            )
        except UserError as error:
            yield cleared
            raise gr.Error(str(error), print_exception=False) from error
        yield {
            session: done,
            ui.derained_caption: derained_caption(done.generator),
            ui.measures: gr.update(value=measures.cards(done.measures), visible=True),
            ui.closer: gr.update(visible=True),
            ui.steps: [(str(step), f"Step {number}") for number, step in enumerate(done.steps, 1)],
            **dict.fromkeys(buttons, gr.update(interactive=True)),
        }

    def derain_upload(
        upload: dict[str, Any],
        generator: str,
        progress: gr.Progress = gr.Progress(),  # noqa: B008
    ) -> Iterator[Changes]:
        yield from derain(Path(upload["path"]), generator, progress)

    def derain_example(
        chosen: gr.SelectData,
        generator: str,
        progress: gr.Progress = gr.Progress(),  # noqa: B008
    ) -> Iterator[Changes]:
        yield from derain(examples[chosen.index].path, generator, progress)

    def derain_again(
        done: Outcome | None,
        generator: str,
        progress: gr.Progress = gr.Progress(),  # noqa: B008
    ) -> Iterator[Changes]:
        yield from derain(held(done).source, generator, progress)

    def show_derained(done: Outcome | None, percent: float) -> tuple[Any, Any]:
        if done is None:
            return gr.skip(), gr.skip()
        derained = str(done.derained_preview(percent / 100))
        return derained, (str(done.rainy), derained)

    def show_mask(done: Outcome | None, view: str) -> str | None:
        return str(done.colours if view == COLOURS else done.mask) if done else None

    work: dict[str, Any] = {"outputs": list(cleared), "show_progress_on": ui.derained, **ON_NETWORK, **PRIVATE}
    runs = [
        ui.rainy.upload(derain_upload, [ui.rainy, ui.generator], preprocess=False, trigger_mode="multiple", **work),
        ui.examples.select(derain_example, ui.generator, trigger_mode="multiple", **work),
        ui.run.click(derain_again, [session, ui.generator], **work),
    ]
    ui.examples.select(None, js=TO_TOP, **PRIVATE)
    showing: dict[str, Any] = {"show_progress": "hidden", "trigger_mode": "always_last", **PRIVATE}
    finished: list[Callable[..., Any]] = [run.success for run in runs]
    for trigger in (ui.strength.change, *finished):
        trigger(show_derained, [session, ui.strength], [ui.derained, ui.slider], **showing)
    for trigger in (ui.view.change, *finished):
        trigger(show_mask, [session, ui.view], ui.mask, **showing)
    gr.on([ui.clear.click, ui.rainy.clear], lambda: cleared, None, list(cleared), cancels=runs, queue=False, **PRIVATE)


def add_saving(session: gr.State, ui: Layout) -> None:
    """The downloads: a full-size file is written when its button is pressed, then handed to the browser."""

    def write_derained(done: Outcome | None, percent: float) -> str:
        return str(held(done).derained_file(percent / 100))

    def find_mask(done: Outcome | None) -> str:
        return str(held(done).mask_file)

    written = ui.save.click(write_derained, [session, ui.strength], ui.derained_file, **PRIVATE)
    written.success(None, ui.derained_file, js=SAVE, **PRIVATE)
    found = ui.save_mask.click(find_mask, session, ui.mask_file, **PRIVATE)
    found.success(None, ui.mask_file, js=SAVE, **PRIVATE)


def add_endpoint(derainer: Derainer) -> None:
    """The endpoint `/derain`; its components are not on the page."""
    model = derainer.model

    def derain(image: str, strength: float = 1.0, generator: str | None = None) -> tuple[str, str, dict[str, Any]]:
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
        api_description="One photo in: the derained photo in its format, the rain mask (PNG), the rain measures.",
        **ON_NETWORK,
    )


def held(done: Outcome | None) -> Outcome:
    """The session's outcome.

    Raises:
        gr.Error: it is gone, because the page was left alone for too long.
    """
    if done is None:
        raise gr.Error("This photo is no longer held here; please drop it again.", print_exception=False)
    return done
