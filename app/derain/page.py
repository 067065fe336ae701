"""The page Derain as it behaves: what each event does."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from app import settings
from app.derain import api, measures, outcome
from app.derain.layout import COLOURS, Layout, derained_caption, rainy_caption
from app.derain.outcome import Outcome
from app.events import PRIVATE, SAVE, TO_TOP, Changes
from app.examples import Example
from core.errors import UserError
from core.inference import Derainer

SHOW_ORIGIN = f"""() => {json.dumps([api.PYTHON, api.CURL])}.map((text) => text.replaceAll(
  {json.dumps(api.ORIGIN)}, (location.origin + location.pathname).replace(/\\/$/, '')))"""


def add_page(pages: gr.Blocks, derainer: Derainer, examples: Sequence[Example]) -> None:
    """Adds the page, around one loaded model, to the demo's pages, which are open."""
    session = gr.State(None, time_to_live=settings.KEEP_SECONDS)
    ui = Layout(derainer.generators, derainer.default_generator, examples)
    runs = Runs(derainer, examples, ui, session)
    runs.connect()
    add_showing(session, ui, runs)
    add_saving(session, ui)
    api.add_endpoint(derainer)
    pages.load(None, None, [ui.python, ui.curl], js=SHOW_ORIGIN, **PRIVATE)


class Runs:
    """What runs the network: an upload, an example, the button. Clearing ends it."""

    def __init__(self, derainer: Derainer, examples: Sequence[Example], ui: Layout, session: gr.State) -> None:
        self.derainer, self.examples, self.ui, self.session = derainer, examples, ui, session
        self.buttons = (ui.run, ui.clear, ui.save_mask, ui.save)
        self.cleared: Changes = {
            session: None,
            **dict.fromkeys((ui.rainy, ui.mask, ui.derained, ui.slider, ui.steps)),
            ui.rainy_caption: rainy_caption(),
            ui.derained_caption: derained_caption(),
            **dict.fromkeys((ui.measures, ui.closer), gr.update(visible=False)),
            **dict.fromkeys(self.buttons, gr.update(interactive=False)),
        }

    def connect(self) -> None:
        """Ties the runs to the page."""
        ui = self.ui
        work: dict[str, Any] = {"outputs": list(self.cleared), "show_progress_on": ui.derained}
        work |= {**api.ON_NETWORK, **PRIVATE}
        self.events = [
            ui.rainy.upload(self.upload, [ui.rainy, ui.generator], preprocess=False, trigger_mode="multiple", **work),
            ui.examples.select(self.example, ui.generator, trigger_mode="multiple", **work),
            ui.run.click(self.again, [self.session, ui.generator], **work),
        ]
        ui.examples.select(None, js=TO_TOP, **PRIVATE)
        clear: dict[str, Any] = {"outputs": list(self.cleared), "cancels": self.events, "queue": False, **PRIVATE}
        gr.on([ui.clear.click, ui.rainy.clear], lambda: self.cleared, None, **clear)

    def upload(self, file: dict[str, Any], generator: str, progress: gr.Progress = gr.Progress()) -> Iterator[Changes]:  # noqa: B008
        """A photo that was dropped or chosen."""
        yield from self.derain(Path(file["path"]), generator, progress)

    def example(
        self,
        chosen: gr.SelectData,
        generator: str,
        progress: gr.Progress = gr.Progress(),  # noqa: B008
    ) -> Iterator[Changes]:
        """One of the photos on offer."""
        yield from self.derain(self.examples[chosen.index].path, generator, progress)

    def again(
        self,
        done: Outcome | None,
        generator: str,
        progress: gr.Progress = gr.Progress(),  # noqa: B008
    ) -> Iterator[Changes]:
        """The photo that is there, with what is chosen now."""
        yield from self.derain(held(done).source, generator, progress)

    def derain(self, path: Path, generator: str, progress: gr.Progress) -> Iterator[Changes]:
        """Shows the photo, then what the network makes of it; an error leaves the page empty."""
        try:
            opened = outcome.open_photo(path)
            yield self.shown(opened)
            done = outcome.derain(
                opened, self.derainer, generator, lambda tile, of: progress((tile, of), desc="Deraining", unit="tiles")
            )
        except UserError:
            yield self.cleared
            raise
        yield self.finished(done)

    def shown(self, opened: outcome.Opened) -> Changes:
        """The photo alone, while the network works."""
        ui = self.ui
        return {
            **self.cleared,
            ui.rainy: str(opened.rainy),
            ui.rainy_caption: rainy_caption(opened.facts),
            ui.clear: gr.update(interactive=True),
        }

    def finished(self, done: Outcome) -> Changes:
        """What is known once the network is done."""
        ui = self.ui
        return {
            self.session: done,
            ui.derained_caption: derained_caption(done.generator),
            ui.measures: gr.update(value=measures.cards(done.measures), visible=True),
            ui.closer: gr.update(visible=True),
            ui.steps: [(str(step), f"Step {number}") for number, step in enumerate(done.steps, 1)],
            **dict.fromkeys(self.buttons, gr.update(interactive=True)),
        }


def add_showing(session: gr.State, ui: Layout, runs: Runs) -> None:
    """Strength and view change what is shown of an outcome, without the network."""

    def show_derained(done: Outcome | None, percent: float) -> tuple[Any, Any]:
        if done is None:
            return gr.skip(), gr.skip()
        derained = str(done.derained_preview(percent / 100))
        return derained, (str(done.rainy), derained)

    def show_mask(done: Outcome | None, view: str) -> str | None:
        return str(done.colours if view == COLOURS else done.mask) if done else None

    showing: dict[str, Any] = {"show_progress": "hidden", "trigger_mode": "always_last", **PRIVATE}
    finished: list[Callable[..., Any]] = [run.success for run in runs.events]
    for trigger in (ui.strength.change, *finished):
        trigger(show_derained, [session, ui.strength], [ui.derained, ui.slider], **showing)
    for trigger in (ui.view.change, *finished):
        trigger(show_mask, [session, ui.view], ui.mask, **showing)


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


def held(done: Outcome | None) -> Outcome:
    """The session's outcome.

    Raises:
        UserError: it is gone, because the page was left alone for too long.
    """
    if done is None:
        raise UserError("This photo is no longer held here; please drop it again.")
    return done
