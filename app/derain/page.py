"""The page Derain as it behaves: what each event does."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from app import handover, settings
from app.derain import api, measures, outcome, words
from app.derain.brush import brush_value, painted_map
from app.derain.desk import Desk, held
from app.derain.layout import COLOURS, MASK, Layout
from app.derain.network import Network, stepwise
from app.derain.outcome import Opened, Outcome
from app.events import PRIVATE, QUIET, SAVE, TO_TOP, Changes
from app.examples import Example
from app.viewer import Pane, Show, viewer_value
from core.inference import AUTO, Derainer

SHOW_ORIGIN = f"""() => {json.dumps([api.PYTHON, api.CURL])}.map((text) => text.replaceAll(
  {json.dumps(api.ORIGIN)}, (location.origin + location.pathname).replace(/\\/$/, '')))"""

TO_RESULT = """() => {
  const panel = document.querySelector('#derained-panel');
  const show = () => {
    if (innerWidth < 1000) panel.scrollIntoView({ block: 'start' });
    const nowhere = !document.activeElement || document.activeElement === document.body;
    if (nowhere) panel.querySelector('h2').focus({ preventScroll: true });
  };
  show();
  setTimeout(show, 300); // once the photo above it has its shape
}"""
"""JavaScript that shows where the result will be, and puts the keyboard's focus there if it is nowhere."""

TO_COMPARE = f"""(key) => {{
  location.href = location.pathname.replace(/\\/$/, '') + '/compare?{handover.PARAMETER}=' + key;
}}"""

ARRIVALS: dict[str, Any] = {"concurrency_id": "arrivals", "concurrency_limit": 4, "trigger_mode": "multiple"}


def add_page(pages: gr.Blocks, derainer: Derainer, examples: Sequence[Example]) -> None:
    """Adds the page, around one loaded model, to the demo's pages, which are open."""
    desk = gr.State(Desk(), time_to_live=settings.KEEP_SECONDS)
    ui = Layout(derainer.generators, derainer.default_generator, examples)
    network = Network(derainer)
    Runs(network, examples, ui, desk).connect()
    add_showing(desk, ui)
    add_taking_away(desk, ui)
    api.add_endpoint(network)
    pages.load(None, None, [ui.python, ui.curl], js=SHOW_ORIGIN, **PRIVATE)


class Runs:
    """What brings a photo, and the network's run over it. Another photo, another generator and Clear end a run."""

    def __init__(self, network: Network, examples: Sequence[Example], ui: Layout, desk: gr.State) -> None:
        self.network, self.examples, self.ui, self.desk = network, examples, ui, desk
        self.empty: Changes = {
            **dict.fromkeys((ui.found, ui.derained, ui.viewer, ui.brush)),
            ui.measures: "",
            ui.status: words.EMPTY,
            ui.found_caption: words.caption(words.FOUND),
            ui.derained_caption: words.caption("Without rain"),
            ui.steps: gr.update(value=None, visible=False),
            **dict.fromkeys((ui.save_mask, ui.save, ui.hand_over), gr.update(interactive=False)),
        }
        self.cleared: Changes = {
            **self.empty,
            ui.rainy: None,
            ui.rainy_caption: words.caption("Photo"),
            ui.clear: gr.update(interactive=False),
        }
        self.outputs = [desk, *self.cleared]

    def connect(self) -> None:
        """Ties the runs to the page."""
        ui, desk = self.ui, self.desk
        arrive: dict[str, Any] = {"outputs": self.outputs, **ARRIVALS, **QUIET}
        with_choices = [desk, ui.strength, ui.view]
        arrivals = [
            ui.intake.upload(self.upload, [ui.intake, *with_choices], preprocess=False, **arrive),
            ui.examples.select(self.example, with_choices, **arrive),
            ui.generator.input(self.again, with_choices, **arrive),
            ui.scale.input(self.again, with_choices, **arrive),
        ]
        ui.examples.select(None, js=TO_TOP, **PRIVATE)
        for arrival in arrivals[:2]:
            arrival.success(None, js=TO_RESULT, **PRIVATE)
        run: dict[str, Any] = {"outputs": self.outputs, "trigger_mode": "multiple", **api.ON_NETWORK, **QUIET}
        for arrival in arrivals:
            arrival.success(self.run, [desk, ui.generator, ui.scale], **run)
        ui.clear.click(self.clear, desk, self.outputs, **ARRIVALS, **QUIET)

    def upload(self, file: dict[str, Any], desk: Desk, strength: float, view: str) -> Changes:
        """A photo that was dropped, pasted or chosen."""
        return self.arrived(desk, outcome.open_photo(Path(file["path"])), strength, view)

    def example(self, chosen: gr.SelectData, desk: Desk, strength: float, view: str) -> Changes:
        """One of the photos on offer."""
        return self.arrived(desk, outcome.open_photo(self.examples[chosen.index].path), strength, view)

    def again(self, desk: Desk, strength: float, view: str) -> Changes:
        """The photo that is there once more; without one there is nothing to do."""
        return {self.desk: desk} if desk.opened is None else self.arrived(desk, desk.opened, strength, view)

    def arrived(self, desk: Desk, opened: Opened, strength: float, view: str) -> Changes:
        """The photo alone, until the network takes it up. One that cannot be read never comes so far: all stays."""
        ui = self.ui
        desk.turn(opened)
        desk.strength, desk.view = strength, view
        return {
            self.desk: desk,
            **self.empty,
            ui.rainy: str(opened.rainy),
            ui.rainy_caption: words.caption("Photo", opened.facts) + words.shape(*opened.small.shape[1::-1]),
            ui.clear: gr.update(interactive=True),
            ui.status: words.WAITING,
        }

    def clear(self, desk: Desk) -> Changes:
        """Takes everything off the page; a run ends at its next step."""
        desk.turn(None)
        return {self.desk: desk, **self.cleared}

    def run(self, desk: Desk, generator: str, scale: str) -> Iterator[Changes]:
        """What the network makes of the photo that came last, as far as nothing else comes meanwhile."""
        for change in desk.in_turn(self.derain(desk, generator, scale)):
            yield {self.desk: desk, **change}
        # A browser gets the last changes twice: these do nothing to what came meanwhile.
        yield {self.desk: desk}

    def derain(self, desk: Desk, generator: str, scale: str) -> Iterator[Changes]:
        """A first look at a large photo, then how far the network is, then its outcome."""
        ui, opened = self.ui, desk.opened
        chosen = scale if scale == AUTO else int(scale)
        if opened is None:
            return
        try:
            if opened.is_large:
                yield {ui.status: words.LOOKING}
                looked = self.network.first_look(opened.small, generator)
                yield {ui.derained: str(opened.save_look(looked)), ui.status: words.working(0, 1)}
            steps = stepwise(lambda progress: outcome.derain(opened, self.network, generator, chosen, progress))
            for step in steps:
                if isinstance(step, Outcome):
                    desk.done = step
                    yield self.finished(desk, step)
                else:
                    yield {ui.status: words.working(*step)}
        except Exception:
            yield {ui.status: words.EMPTY}
            raise

    def finished(self, desk: Desk, done: Outcome) -> Changes:
        """What is known once the network is done: all at once, since every further event is a wait of its own."""
        ui = self.ui
        steps = [(str(step), f"Step {number}") for number, step in enumerate(done.steps, 1)]
        return {
            **derained(ui, desk, done),
            **found(ui, desk, done),
            ui.brush: brush_value(done, desk.strength),
            ui.status: words.finished(done),
            ui.derained_caption: words.caption("Without rain", words.made_by(done.generator)),
            ui.measures: measures.cards(done.measures),
            ui.steps: gr.update(value=steps, visible=bool(steps)),
            **dict.fromkeys((ui.save_mask, ui.save, ui.hand_over), gr.update(interactive=True)),
        }


def add_showing(desk: gr.State, ui: Layout) -> None:
    """Strength, brush and view change what is shown of an outcome, without the network."""

    def show_derained(now: Desk, strength: float) -> Changes:
        now.strength = strength
        if now.done is None:
            return {desk: now}
        return {**derained(ui, now, now.done), ui.brush: brush_value(now.done, strength)}

    def paint(now: Desk, event: gr.EventData) -> Changes:
        done = held(now)
        now.strength_map = painted_map(event.map)
        return derained(ui, now, done)

    def show_found(now: Desk, view: str) -> Changes:
        now.view = view
        return {desk: now} if now.done is None else found(ui, now, now.done)

    showing: dict[str, Any] = {"trigger_mode": "always_last", **QUIET}
    ui.strength.change(show_derained, [desk, ui.strength], [desk, ui.derained, ui.viewer, ui.brush], **showing)
    ui.brush.painted(paint, desk, [ui.derained, ui.viewer], **showing)
    ui.view.change(show_found, [desk, ui.view], [desk, ui.found, ui.found_caption], **showing)


def derained(ui: Layout, desk: Desk, done: Outcome) -> Changes:
    """The photo without rain as the visitor wants it, alone and beside the photo as it came."""
    picture = done.derained_preview(desk.strength, desk.strength_map)
    return {ui.derained: str(picture), ui.viewer: viewer_value(closer(done, picture))}


def found(ui: Layout, desk: Desk, done: Outcome) -> Changes:
    """The rain that was found, as the visitor wants to see it."""
    if desk.view == COLOURS:
        picture, brightened = done.colours_preview(), ""
    elif desk.view == MASK:
        picture, brightened = done.mask_preview(), words.brightened(done.mask_gain)
    else:
        picture, brightened = done.removed, words.brightened(done.gain)
    return {ui.found: str(picture), ui.found_caption: words.caption(words.FOUND, brightened)}


def closer(done: Outcome, derained: Path) -> Show:
    """Before and after, under a wipe."""
    height, width = done.small_rainy.shape[:2]
    panes = [Pane("rainy", "Photo", "rainy", picture=done.rainy)]
    panes.append(Pane("derained", "Without rain", "derained", picture=derained))
    return Show(done.folder.name, done.source.name, width, height, panes, wipe=True)


def add_taking_away(desk: gr.State, ui: Layout) -> None:
    """The downloads, each written when its button is pressed; and the way to the other page with the photo."""

    def write_derained(now: Desk, strength: float) -> str:
        return str(held(now).derained_file(strength, now.strength_map))

    def find_mask(now: Desk) -> str:
        return str(held(now).mask_file())

    def hand_over(now: Desk) -> str:
        return handover.leave(held(now).source, keeper=now.opened)

    written = ui.save.click(write_derained, [desk, ui.strength], ui.derained_file, **PRIVATE)
    written.success(None, ui.derained_file, js=SAVE, **PRIVATE)
    found = ui.save_mask.click(find_mask, desk, ui.mask_file, **PRIVATE)
    found.success(None, ui.mask_file, js=SAVE, **PRIVATE)
    handed = ui.hand_over.click(hand_over, desk, ui.handed, **QUIET)
    handed.success(None, ui.handed, js=TO_COMPARE, **PRIVATE)
