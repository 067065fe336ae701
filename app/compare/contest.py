"""Runs the methods on a photo, one after another, and keeps what each gave."""

import hashlib
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Lock

import numpy as np

from app import previews
from app.compare.subject import Subject
from core.errors import UserError
from core.metrics import Scores, measure
from core.metrics.table import too_small

PROTOCOLS = ("y", "rgb")
AT_WORK = Lock()
"""Held while a peer's network runs: they are slow and take photos whole, so one at a time for all visitors."""
LOOK_SECONDS = 0.1
"""How often a contest that waits for another's network looks whether it was stopped."""

Made = tuple[np.ndarray, float]
"""A network's output, (h, w, 3) uint8, and its seconds."""


@dataclass(frozen=True)
class Entry:
    """A method that takes part, for one photo.

    Attributes:
        key, label: short name and shown name.
        source: where its outputs come from, in a few words.
        missing: why it cannot take part, one sentence; None where it can.
        derain: gives the output, (h, w, 3) uint8.
        cost: what a network's output costs, which then has a time that means something; 0 for outputs at hand.
        whole: whether it takes the photo whole, and so much memory.
        scores: its figures where they are known; None to measure them.
    """

    key: str
    label: str
    source: str
    missing: str | None
    derain: Callable[[], np.ndarray]
    cost: float = 0.0
    whole: bool = False
    scores: dict[str, Scores] | None = None


@dataclass(frozen=True)
class Given:
    """What a method gave: its output's file, seconds where a network ran, or the sentence that says what failed."""

    pixels: np.ndarray | None = None
    picture: Path | None = None
    seconds: float | None = None
    failed: str = ""


@dataclass(frozen=True)
class Contest:
    """A photo, the methods that take part, and what they gave so far; its files go when nothing refers to it.

    Attributes:
        subject: the photo.
        entries: the methods in the order in which they are shown.
        given: what each gave, by key.
        scores: figures by method and protocol; "rainy" is the photo itself. Empty without a clean photo.
        running: key of the method at work.
        made: what networks made of the photo, by key; shared by all contests of a visitor over this photo.
        stopped: set by `stop`.
    """

    subject: Subject
    entries: Sequence[Entry]
    folder: TemporaryDirectory[str]
    given: dict[str, Given] = field(default_factory=dict)
    scores: dict[str, dict[str, Scores]] = field(default_factory=dict)
    running: str = ""
    made: dict[str, Made] = field(default_factory=dict)
    stopped: Event = field(default_factory=Event)

    def stop(self) -> None:
        """Lets `run` end. A network at work goes on; a later contest over the photo has its output."""
        self.stopped.set()

    def file(self, key: str) -> Path:
        """Where the picture of a method, of "rainy" or of "clean" lies."""
        name = re.sub("[^A-Za-z0-9-]", "_", key)
        own = name if name == key else f"{name}-{hashlib.sha256(key.encode()).hexdigest()[:12]}"
        return Path(self.folder.name) / f"{own[-100:]}.png"


def open_contest(subject: Subject, entries: Sequence[Entry], before: Contest | None = None) -> Contest:
    """A contest with nothing run yet; what networks made of the same photo in the contest `before` is taken over."""
    made = before.made if before and before.subject.key == subject.key else {}
    contest = Contest(subject, entries, TemporaryDirectory(prefix="compare-"), made=made)
    previews.save_png(subject.rainy, contest.file("rainy"))
    if subject.clean is not None:
        previews.save_png(subject.clean, contest.file("clean"))
    add_scores(contest, "rainy", subject.rainy)
    for entry in entries:
        if entry.cost and entry.key in made:
            keep(contest, entry, *made[entry.key])
    return contest


def run(contest: Contest) -> Iterator[Contest]:
    """Runs every method that has given nothing yet, the quick ones first; yields before and after each.

    Once the contest is stopped it yields no more.
    """
    waiting = [entry for entry in contest.entries if entry.missing is None and entry.key not in contest.given]
    for entry in sorted(waiting, key=lambda entry: entry.cost):
        if entry.cost:
            yield with_running(contest, entry.key)
        try:
            done = run_network(contest, entry) if entry.cost else (entry.derain(), None)
        except (UserError, MemoryError) as error:
            contest.given[entry.key] = Given(failed=str(error) or "There was not enough memory for this photo.")
            continue
        if done is None or contest.stopped.is_set():
            return
        keep(contest, entry, *done)
    yield with_running(contest, "")


def run_network(contest: Contest, entry: Entry) -> Made | None:
    """What a network makes of the photo, once no other visitor's peer runs; None where the contest is stopped first."""
    while entry.whole and not AT_WORK.acquire(timeout=LOOK_SECONDS):
        if contest.stopped.is_set():
            return None
    try:
        if entry.key not in contest.made:
            start = time.perf_counter()
            pixels = entry.derain()
            contest.made[entry.key] = pixels, time.perf_counter() - start
        return contest.made[entry.key]
    finally:
        if entry.whole:
            AT_WORK.release()


def keep(contest: Contest, entry: Entry, pixels: np.ndarray, seconds: float | None) -> None:
    """Notes what a method gave, (h, w, 3) uint8: its picture, and its figures where there is a clean photo."""
    contest.given[entry.key] = Given(pixels, previews.save_png(pixels, contest.file(entry.key)), seconds)
    if entry.scores:
        contest.scores[entry.key] = entry.scores
    else:
        add_scores(contest, entry.key, pixels)


def add_scores(contest: Contest, key: str, pixels: np.ndarray) -> None:
    """Measures `pixels` against the clean photo, if there is one and it is not too small for that."""
    clean = contest.subject.clean
    if clean is not None and not too_small(clean.shape[1], clean.shape[0]):
        contest.scores[key] = {protocol: measure(protocol, clean, pixels) for protocol in PROTOCOLS}


def with_running(contest: Contest, key: str) -> Contest:
    """The same contest with another method at work; what was given is shared."""
    return replace(contest, running=key)
