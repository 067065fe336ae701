"""The tab Blind test: rounds of one photo each; nothing that names a method is sent before the pick."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import gradio as gr
from gradio.utils import get_upload_folder

from app.compare import blind, standings
from app.compare.collection import Item
from app.compare.comparing import AT_ONCE
from app.compare.contest import open_contest, run
from app.compare.layout import Layout
from app.compare.methods import Methods
from app.compare.tally import Tally, picks_csv, standings_csv
from app.events import PRIVATE, QUIET, SAVE, Changes
from app.viewer import viewer_value
from core.errors import UserError

NO_CHOICE = "There is no photo with outputs of two methods: choose more methods."
OVER = "That was the last photo. Begin starts again."


class Judging:
    """The events of the tab."""

    def __init__(self, methods: Methods, items: Sequence[Item], tally: Tally, visit: gr.State, ui: Layout) -> None:
        self.methods, self.items, self.tally, self.visit, self.ui = methods, items, tally, visit, ui

    def connect(self) -> None:
        """Ties the events to the page."""
        ui, visit = self.ui, self.visit
        outputs = [visit, ui.blind_viewer, ui.blind_status, ui.standings]
        work: dict[str, Any] = {"outputs": outputs, "show_progress_on": ui.blind_status, **AT_ONCE, **PRIVATE}
        ui.begin.click(self.begin, ui.judged, **work)
        ui.blind_viewer.next(self.next_round, [visit, ui.judged], **work)
        ui.blind_viewer.pick(self.pick, visit, outputs, **QUIET)
        ui.tabs.select(lambda: standings.html(self.tally), None, ui.standings, **QUIET)
        for button, write in ((ui.save_standings, self.standings_file), (ui.save_picks, self.picks_file)):
            button.click(write, None, ui.file, **PRIVATE).success(None, ui.file, js=SAVE, **PRIVATE)

    def begin(self, chosen: list[str]) -> Iterator[Changes]:
        """A new visit, with every photo in a random order."""
        queue = list(range(len(self.items)))
        random.shuffle(queue)
        yield from self.next_round(blind.Visit(queue), chosen)

    def next_round(self, now: blind.Visit | None, chosen: list[str]) -> Iterator[Changes]:
        """The next photo of which two methods have an output."""
        if now is None:
            yield from self.begin(chosen)
            return
        ui = self.ui
        while now.queue:
            index = now.queue.pop()
            yield {ui.blind_viewer: None, ui.blind_status: status(now, "The photo is being derained by every method …")}
            if opened := self.open(index, chosen):
                now.round = opened
                now.rounds += 1
                yield {
                    self.visit: now,
                    ui.blind_viewer: viewer_value(blind.show_round(opened)),
                    ui.blind_status: status(now),
                }
                return
        over = OVER if now.rounds else NO_CHOICE
        yield {self.visit: None, ui.blind_viewer: None, ui.blind_status: f"<p role='status'>{over}</p>"}

    def open(self, index: int, chosen: list[str]) -> blind.Round | None:
        """A round over one photo, once every method has run; None where fewer than two gave something.

        Raises:
            UserError: the photo cannot be read.
        """
        subject, opened = self.items[index].read(), None
        for contest in run(open_contest(subject, self.methods.judged(subject, chosen))):
            opened = None if contest.running else blind.open_round(contest)
        return opened

    def pick(self, now: blind.Visit | None, event: gr.EventData) -> Changes:
        """Counts the pick, then shows the names."""
        if now is None or now.round is None:
            raise UserError("This photo is no longer held here; please begin again.")
        now.round = blind.decide(now.round, int(event.index))
        self.tally.add(blind.pick_of(now.round, now.visitor))
        shown = viewer_value(blind.show_round(now.round))
        return {self.visit: now, self.ui.blind_viewer: shown, self.ui.standings: standings.html(self.tally)}

    def standings_file(self) -> str:
        """The tally as a file."""
        return csv_file("tally.csv", standings_csv(self.tally.standings()))

    def picks_file(self) -> str:
        """Every pick as a file."""
        return csv_file("picks.csv", picks_csv(self.tally.rows()))


def status(now: blind.Visit, then: str = "") -> str:
    """How far the visitor is."""
    number = now.rounds + (1 if then else 0)
    return f"<p role='status'>Photo {number} of {now.rounds + len(now.queue) + (1 if then else 0)}. {then}</p>"


def csv_file(name: str, text: str) -> str:
    """Writes a download into Gradio's own cache, which forgets it in time."""
    cache = Path(get_upload_folder())
    cache.mkdir(parents=True, exist_ok=True)
    path = Path(mkdtemp(dir=cache)) / name
    path.write_text(text, encoding="utf-8")
    return str(path)
