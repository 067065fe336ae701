"""The tab One photo: a dropped photo or a chosen one goes through every chosen method; each shows once it is done."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gradio as gr

from app import handover, settings
from app.compare.collection import Item, recognise
from app.compare.contest import Contest, open_contest, run
from app.compare.layout import PHOTO, Layout
from app.compare.methods import Methods
from app.compare.show import facts, show, table
from app.compare.subject import Subject, make_subject, read
from app.events import PRIVATE, Changes
from app.viewer import viewer_value
from core.errors import UserError

TO_CONTEST = "() => innerWidth < 1000 ? document.querySelector('#facts').scrollIntoView() : scrollTo(0, 0)"
"""JavaScript that shows where the methods' outputs will be."""
AT_ONCE: dict[str, Any] = {"concurrency_id": "comparison", "concurrency_limit": 4}


@dataclass
class Desk:
    """What a visitor compares: the photo as it was chosen, without what was brought along later, and its contest.

    Attributes:
        turns: how often the visitor began, stopped or cleared something; what belongs to an earlier turn shows no more.
        unticked: methods that the visitor wants left out, of any photo.
    """

    base: Subject | None = None
    contest: Contest | None = None
    turns: int = 0
    unticked: set[str] = field(default_factory=set)

    def begin(self) -> int:
        """The next turn's number; the contest of the last one ends."""
        if self.contest:
            self.contest.stop()
        self.turns += 1
        return self.turns


class Comparing:
    """The events of the tab; each begins a new turn at the visitor's desk."""

    def __init__(self, methods: Methods, items: Sequence[Item], desk: gr.State, ui: Layout) -> None:
        self.methods, self.items, self.desk, self.ui = methods, items, desk, ui
        self.files = [ui.rainy, ui.clean, ui.others]
        self.cleared: Changes = {
            ui.viewer: None,
            ui.figures: "",
            ui.facts: "",
            ui.stop: gr.update(interactive=False),
            ui.clear: gr.update(interactive=False),
        }

    def connect(self, pages: gr.Blocks) -> None:
        """Ties the events to the page, one of `pages`."""
        ui, desk, chosen = self.ui, self.desk, self.ui.methods
        outputs = [desk, *self.cleared, *self.files, ui.tabs, chosen]
        work: dict[str, Any] = {"outputs": outputs, "show_progress": "hidden", "trigger_mode": "multiple"}
        work |= {**AT_ONCE, **PRIVATE}
        ui.intake.upload(self.anew, [ui.intake, *self.files[1:], desk], **work)
        pages.load(self.handed, desk, **work)
        ui.rainy.upload(self.upload, [*self.files, desk], **work)
        ui.examples.select(self.example, desk, **work)
        ui.gallery.select(self.from_gallery, [ui.page, desk], **work)
        gr.on(
            [ui.intake.upload, ui.rainy.upload, ui.examples.select, ui.gallery.select], None, js=TO_CONTEST, **PRIVATE
        )
        changed = [ui.clean.upload, ui.clean.clear, ui.others.upload, ui.others.clear, ui.others.delete, chosen.input]
        gr.on(changed, self.again, [ui.clean, ui.others, chosen, desk], **work)
        # Not by Gradio's `cancels`: it would take along the visitor's next comparison, which shares the stream of
        # messages.
        gr.on([ui.clear.click, ui.rainy.clear], self.clear, desk, outputs, queue=False, **PRIVATE)
        ui.stop.click(self.stop, desk, outputs, queue=False, **PRIVATE)

    def upload(self, rainy: str, clean: str | None, others: list[str] | None, desk: Desk) -> Iterator[Changes]:
        """A photo that was dropped or chosen, with what lies beside it."""

        def changes() -> Iterator[Changes]:
            path = Path(rainy)
            base = recognise(make_subject(path.stem, read(path), None), self.items)
            yield from self.compare_anew(desk, base, clean, others)

        yield from self.in_turn(desk, changes(), self.cleared)

    def anew(self, rainy: str, clean: str | None, others: list[str] | None, desk: Desk) -> Iterator[Changes]:
        """A photo that was dropped anywhere, pasted or chosen. What lay beside the photo before goes with that one."""
        if desk.base is not None:
            clean = others = None
        yield {self.desk: desk, self.ui.rainy: rainy, self.ui.clean: clean, self.ui.others: others}
        yield from self.upload(rainy, clean, others, desk)

    def handed(self, desk: Desk, request: gr.Request) -> Iterator[Changes]:
        """A photo that the other page hands over, by its key in the page's address."""
        if key := request.query_params.get(handover.PARAMETER):
            path = handover.take(key).path
            yield {self.desk: desk, self.ui.rainy: str(path)}
            yield from self.upload(str(path), None, None, desk)
        else:
            yield {self.desk: desk}

    def item(self, index: int, desk: Desk) -> Iterator[Changes]:
        """A photo on offer."""

        def changes() -> Iterator[Changes]:
            yield {**dict.fromkeys(self.files), self.ui.tabs: gr.update(selected=PHOTO)}
            yield from self.compare_anew(desk, self.items[index].read(), None, None)

        yield from self.in_turn(desk, changes(), self.cleared)

    def example(self, at: gr.SelectData, desk: Desk) -> Iterator[Changes]:
        """A photo on offer below the comparison."""
        yield from self.item(at.index, desk)

    def from_gallery(self, at: gr.SelectData, page: float, desk: Desk) -> Iterator[Changes]:
        """A photo on offer in the gallery."""
        yield from self.item((int(page) - 1) * settings.THUMBNAILS + at.index, desk)

    def again(self, clean: str | None, others: list[str] | None, chosen: list[str], desk: Desk) -> Iterator[Changes]:
        """The photo that is there, with other methods or with what was brought along."""
        desk.unticked = (desk.unticked | set(self.methods.able(desk.base))) - set(chosen)
        if desk.base is None:
            yield {self.desk: desk}
            return
        changes = self.compare(desk, desk.base, clean, others, chosen)
        yield from self.in_turn(desk, changes, {self.ui.stop: gr.update(interactive=False)})

    def stop(self, desk: Desk) -> Changes:
        """Keeps what is there and says what was stopped."""
        desk.begin()
        still = {self.desk: desk, self.ui.stop: gr.update(interactive=False)}
        return {**still, self.ui.viewer: viewer_value(show(desk.contest, working=False))} if desk.contest else still

    def clear(self, desk: Desk) -> Changes:
        """Takes everything off the page."""
        desk.begin()
        desk.base = desk.contest = None
        return {self.desk: desk, **self.cleared, **dict.fromkeys(self.files)}

    def compare_anew(self, desk: Desk, base: Subject, clean: str | None, others: list[str] | None) -> Iterator[Changes]:
        """Another photo, by every method that can take part for it and that the visitor has not left out."""
        chosen = [key for key in self.methods.able(base) if key not in desk.unticked]
        yield {self.ui.methods: chosen}
        yield from self.compare(desk, base, clean, others, chosen)

    def compare(
        self, desk: Desk, base: Subject, clean: str | None, others: list[str] | None, chosen: list[str]
    ) -> Iterator[Changes]:
        """Runs the methods on one photo; the page after each."""
        ui, turn = self.ui, desk.turns
        subject = base.with_clean(Path(clean)) if clean else base
        if others:
            subject = subject.with_others([Path(file) for file in others])
        opened = open_contest(subject, self.methods.entries(subject, chosen), desk.contest)
        if desk.turns == turn:
            desk.base, desk.contest = base, opened
        yield {ui.facts: facts(opened), ui.clear: gr.update(interactive=True), ui.stop: gr.update(interactive=True)}
        for contest in run(opened):
            yield {
                ui.viewer: viewer_value(show(contest, working=bool(contest.running))),
                ui.figures: table(contest),
            }
        yield {ui.stop: gr.update(interactive=False)}

    def in_turn(self, desk: Desk, changes: Iterator[Changes], otherwise: Changes) -> Iterator[Changes]:
        """The changes of a new turn, as long as it lasts; `otherwise` where an error ends it."""
        turn = desk.begin()
        try:
            for change in changes:
                if desk.turns != turn:
                    break
                yield {self.desk: desk, **change}
        except UserError:
            if desk.turns == turn:
                yield otherwise
                raise
        if desk.turns != turn:
            yield {self.desk: desk}  # the browser gets the last changes twice: these do nothing to another turn's
