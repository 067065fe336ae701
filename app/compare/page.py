"""The page Compare as it behaves: what each event does."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import gradio as gr
from gradio.utils import get_upload_folder

from app import settings
from app.compare import blind, standings
from app.compare.collection import Item, recognise
from app.compare.contest import Contest, open_contest, run
from app.compare.gallery import Thumbnails
from app.compare.layout import PHOTO, RAINY, Layout
from app.compare.methods import Methods
from app.compare.show import facts, show, table
from app.compare.subject import Subject, make_subject, read
from app.compare.tally import Tally, picks_csv, standings_csv
from app.compare.viewer import viewer_value
from app.events import PRIVATE, SAVE, TO_TOP, Changes
from core.errors import UserError

AT_ONCE: dict[str, Any] = {"concurrency_id": "comparison", "concurrency_limit": 4}
QUIET: dict[str, Any] = {"show_progress": "hidden", **PRIVATE}


@dataclass
class Desk:
    """What a visitor compares: the photo as it was chosen, without what was brought along later, and its contest.

    Attributes:
        turns: how often the visitor began, stopped or cleared something; what belongs to an earlier turn shows no more.
    """

    base: Subject | None = None
    contest: Contest | None = None
    turns: int = 0

    def begin(self) -> int:
        """The next turn's number; the contest of the last one ends."""
        if self.contest:
            self.contest.stop()
        self.turns += 1
        return self.turns


def add_page(demo: gr.Blocks, methods: Methods, items: list[Item], tally: Tally) -> None:
    """Adds the page to the demo, beside the one that is there."""
    with demo.route("Compare", "/compare"):
        gallery = Thumbnails(items, methods)
        session = gr.State(Desk(), time_to_live=settings.KEEP_SECONDS)
        visit = gr.State(None, time_to_live=settings.KEEP_SECONDS)
        ui = Layout(methods.choices, methods.with_outputs, gallery.pages, standings.place(tally))
        add_comparing(methods, items, session, ui)
        add_gallery(gallery, ui)
        add_blind_test(methods, items, tally, visit, ui)
        demo.load(
            lambda: (gallery.page(RAINY, 1)[:8], gallery.page(RAINY, 1)), None, [ui.examples, ui.gallery], **QUIET
        )


def add_comparing(methods: Methods, items: list[Item], session: gr.State, ui: Layout) -> None:
    """A dropped photo or a chosen one goes through every chosen method; each shows as soon as it is done."""
    files = [ui.rainy, ui.clean, ui.others]
    cleared: Changes = {
        ui.viewer: None,
        ui.figures: "",
        ui.facts: "",
        ui.stop: gr.update(interactive=False),
        ui.clear: gr.update(interactive=False),
    }
    outputs = [session, *cleared, *files, ui.tabs]

    def compare(
        desk: Desk, base: Subject, clean: str | None, others: list[str] | None, chosen: list[str]
    ) -> Iterator[Changes]:
        turn = desk.turns
        subject = base.with_clean(Path(clean)) if clean else base
        if others:
            subject = subject.with_others([Path(file) for file in others])
        opened = open_contest(subject, methods.entries(subject, chosen), desk.contest)
        if desk.turns == turn:
            desk.base, desk.contest = base, opened
        yield {ui.facts: facts(opened), ui.clear: gr.update(interactive=True), ui.stop: gr.update(interactive=True)}
        for contest in run(opened):
            yield {
                ui.viewer: viewer_value(show(contest, working=bool(contest.running))),
                ui.figures: table(contest),
            }
        yield {ui.stop: gr.update(interactive=False)}

    def in_turn(desk: Desk, changes: Iterator[Changes], otherwise: Changes) -> Iterator[Changes]:
        """The changes of a new turn, as long as it lasts; `otherwise` where an error ends it."""
        turn = desk.begin()
        try:
            for change in changes:
                if desk.turns != turn:
                    break
                yield {session: desk, **change}
        except UserError as error:
            if desk.turns == turn:
                yield otherwise
                raise gr.Error(str(error), print_exception=False) from error
        if desk.turns != turn:
            yield {session: desk}  # the browser gets the last changes twice: these do nothing to another turn's

    def compare_upload(
        rainy: str, clean: str | None, others: list[str] | None, chosen: list[str], desk: Desk
    ) -> Iterator[Changes]:
        def changes() -> Iterator[Changes]:
            path = Path(rainy)
            base = recognise(make_subject(path.stem, read(path), None), items)
            yield from compare(desk, base, clean, others, chosen)

        yield from in_turn(desk, changes(), cleared)

    def compare_item(index: int, chosen: list[str], desk: Desk) -> Iterator[Changes]:
        def changes() -> Iterator[Changes]:
            yield {**dict.fromkeys(files), ui.tabs: gr.update(selected=PHOTO)}
            yield from compare(desk, items[index].read(), None, None, chosen)

        yield from in_turn(desk, changes(), cleared)

    def compare_example(at: gr.SelectData, chosen: list[str], desk: Desk) -> Iterator[Changes]:
        yield from compare_item(at.index, chosen, desk)

    def compare_from_gallery(at: gr.SelectData, page: float, chosen: list[str], desk: Desk) -> Iterator[Changes]:
        yield from compare_item((int(page) - 1) * settings.THUMBNAILS + at.index, chosen, desk)

    def compare_again(clean: str | None, others: list[str] | None, chosen: list[str], desk: Desk) -> Iterator[Changes]:
        if desk.base is None:
            yield {session: desk}
            return
        changes = compare(desk, desk.base, clean, others, chosen)
        yield from in_turn(desk, changes, {ui.stop: gr.update(interactive=False)})

    def stop(desk: Desk) -> Changes:
        desk.begin()
        still = {session: desk, ui.stop: gr.update(interactive=False)}
        return {**still, ui.viewer: viewer_value(show(desk.contest, working=False))} if desk.contest else still

    def clear(desk: Desk) -> Changes:
        desk.begin()
        desk.base = desk.contest = None
        return {session: desk, **cleared, **dict.fromkeys(files)}

    work: dict[str, Any] = {"outputs": outputs, "show_progress": "hidden", "trigger_mode": "multiple"}
    work |= {**AT_ONCE, **PRIVATE}
    ui.rainy.upload(compare_upload, [*files, ui.methods, session], **work)
    ui.examples.select(compare_example, [ui.methods, session], **work)
    ui.gallery.select(compare_from_gallery, [ui.page, ui.methods, session], **work)
    gr.on([ui.examples.select, ui.gallery.select], None, js=TO_TOP, **PRIVATE)
    changed = [ui.clean.upload, ui.clean.clear, ui.others.upload, ui.others.clear, ui.others.delete, ui.methods.input]
    gr.on(changed, compare_again, [ui.clean, ui.others, ui.methods, session], **work)
    # Not by Gradio's `cancels`: it would take along the visitor's next comparison, which shares the stream of messages.
    gr.on([ui.clear.click, ui.rainy.clear], clear, session, outputs, queue=False, **PRIVATE)
    ui.stop.click(stop, session, outputs, queue=False, **PRIVATE)


def add_gallery(gallery: Thumbnails, ui: Layout) -> None:
    """The gallery shows the rainy photos or a method's outputs, a page at a time."""

    def turn(shown: str, page: float) -> list[tuple[str, str]]:
        try:
            return gallery.page(shown, int(page))
        except UserError as error:
            raise gr.Error(str(error), print_exception=False) from error

    gr.on(
        [ui.shown.input, ui.page.release], turn, [ui.shown, ui.page], ui.gallery, trigger_mode="always_last", **PRIVATE
    )


def add_blind_test(methods: Methods, items: list[Item], tally: Tally, visit: gr.State, ui: Layout) -> None:
    """Rounds of the blind test, one photo each; nothing that names a method is sent before the pick."""

    def begin(chosen: list[str]) -> Iterator[Changes]:
        queue = list(range(len(items)))
        random.shuffle(queue)
        yield from next_round(blind.Visit(queue), chosen)

    def next_round(now: blind.Visit | None, chosen: list[str]) -> Iterator[Changes]:
        if now is None:
            yield from begin(chosen)
            return
        while now.queue:
            index = now.queue.pop()
            yield {ui.blind_viewer: None, ui.blind_status: status(now, "The photo is being derained by every method …")}
            try:
                subject = items[index].read()
                for contest in run(open_contest(subject, methods.judged(subject, chosen))):
                    opened = None if contest.running else blind.open_round(contest)
            except UserError as error:
                raise gr.Error(str(error), print_exception=False) from error
            if opened:
                now.round = opened
                now.rounds += 1
                yield {
                    visit: now,
                    ui.blind_viewer: viewer_value(blind.show_round(opened)),
                    ui.blind_status: status(now),
                }
                return
        over = "That was the last photo. Begin starts again." if now.rounds else NO_CHOICE
        yield {visit: None, ui.blind_viewer: None, ui.blind_status: f"<p role='status'>{over}</p>"}

    def pick(now: blind.Visit | None, event: gr.EventData) -> Changes:
        if now is None or now.round is None:
            raise gr.Error("This photo is no longer held here; please begin again.", print_exception=False)
        try:
            now.round = blind.decide(now.round, int(event.index))
            tally.add(blind.pick_of(now.round, now.visitor))
            rows = standings.html(tally)
        except UserError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return {visit: now, ui.blind_viewer: viewer_value(blind.show_round(now.round)), ui.standings: rows}

    def status(now: blind.Visit, then: str = "") -> str:
        number = now.rounds + (1 if then else 0)
        return f"<p role='status'>Photo {number} of {now.rounds + len(now.queue) + (1 if then else 0)}. {then}</p>"

    def standings_file() -> str:
        return csv_file("tally.csv", standings_csv(tally.standings()))

    def picks_file() -> str:
        return csv_file("picks.csv", picks_csv(tally.rows()))

    outputs = [visit, ui.blind_viewer, ui.blind_status, ui.standings]
    work: dict[str, Any] = {"outputs": outputs, "show_progress_on": ui.blind_status, **AT_ONCE, **PRIVATE}
    ui.begin.click(begin, ui.judged, **work)
    ui.blind_viewer.next(next_round, [visit, ui.judged], **work)
    ui.blind_viewer.pick(pick, visit, outputs, **QUIET)
    ui.tabs.select(lambda: standings.html(tally), None, ui.standings, **QUIET)
    for button, write in ((ui.save_standings, standings_file), (ui.save_picks, picks_file)):
        button.click(write, None, ui.file, **PRIVATE).success(None, ui.file, js=SAVE, **PRIVATE)


NO_CHOICE = "There is no photo with outputs of two methods: choose more methods."


def csv_file(name: str, text: str) -> str:
    """Writes a download into Gradio's own cache, which forgets it in time."""
    cache = Path(get_upload_folder())
    cache.mkdir(parents=True, exist_ok=True)
    path = Path(mkdtemp(dir=cache)) / name
    path.write_text(text, encoding="utf-8")
    return str(path)
