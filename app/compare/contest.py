"""Runs the methods on a photo, one after another, and keeps what each gave."""

import hashlib
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

import numpy as np

from app import previews
from app.compare.subject import Subject
from core.errors import UserError
from core.metrics import Scores, measure
from core.metrics.ssim import WINDOW

PROTOCOLS = ("y", "rgb")
AT_WORK = Lock()
"""Held while a peer's network runs: they are slow and take photos whole, so one at a time for all visitors."""


@dataclass(frozen=True)
class Entry:
    """A method that takes part, for one photo.

    Attributes:
        key, label: short name and shown name.
        source: where its outputs come from, in a few words.
        missing: why it cannot take part, one sentence; None where it can.
        derain: gives the output, (h, w, 3) uint8.
        turn: 0 for outputs that are at hand; networks, whose time means something, from 1 in the order of their cost.
        scores: its figures where they are known; None to measure them.
    """

    key: str
    label: str
    source: str
    missing: str | None
    derain: Callable[[], np.ndarray]
    turn: int = 0
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
        scores: PSNR and SSIM by key and protocol; "rainy" is the photo itself. Empty without a clean photo.
        running: key of the method at work.
    """

    subject: Subject
    entries: Sequence[Entry]
    folder: TemporaryDirectory[str]
    given: dict[str, Given] = field(default_factory=dict)
    scores: dict[str, dict[str, Scores]] = field(default_factory=dict)
    running: str = ""

    def file(self, key: str) -> Path:
        """Where the picture of a method, of "rainy" or of "clean" lies."""
        name = re.sub("[^A-Za-z0-9-]", "_", key)
        own = name if name == key else f"{name}-{hashlib.sha256(key.encode()).hexdigest()[:12]}"
        return Path(self.folder.name) / f"{own[-100:]}.png"


def open_contest(subject: Subject, entries: Sequence[Entry], before: Contest | None = None) -> Contest:
    """A contest with nothing run yet; what the same photo got in the contest `before` is taken over."""
    contest = Contest(subject, entries, TemporaryDirectory(prefix="compare-"))
    previews.save_png(subject.rainy, contest.file("rainy"))
    if subject.clean is not None:
        previews.save_png(subject.clean, contest.file("clean"))
    add_scores(contest, "rainy", subject.rainy)
    if before and before.subject.key == subject.key:
        for entry in entries:
            known = before.given.get(entry.key)
            if entry.turn and known and known.pixels is not None:
                keep(contest, entry, known.pixels, known.seconds)
    return contest


def run(contest: Contest) -> Iterator[Contest]:
    """Runs every method that has given nothing yet, the quick ones first; yields before and after each."""
    waiting = [entry for entry in contest.entries if entry.missing is None and entry.key not in contest.given]
    for entry in sorted(waiting, key=lambda entry: entry.turn):
        if entry.turn:
            yield with_running(contest, entry.key)
        try:
            with AT_WORK if entry.turn > 1 else nullcontext():
                start = time.perf_counter()
                pixels = entry.derain()
                seconds = time.perf_counter() - start
        except (UserError, MemoryError) as error:
            contest.given[entry.key] = Given(failed=str(error) or "There was not enough memory for this photo.")
            continue
        keep(contest, entry, pixels, seconds if entry.turn else None)
    yield with_running(contest, "")


def keep(contest: Contest, entry: Entry, pixels: np.ndarray, seconds: float | None) -> None:
    """Notes what a method gave, (h, w, 3) uint8: its picture, and its figures where there is a clean photo."""
    contest.given[entry.key] = Given(pixels, previews.save_png(pixels, contest.file(entry.key)), seconds)
    if entry.scores:
        contest.scores[entry.key] = entry.scores
    else:
        add_scores(contest, entry.key, pixels)


def add_scores(contest: Contest, key: str, pixels: np.ndarray) -> None:
    """Measures `pixels` against the clean photo, if there is one and it is not smaller than SSIM's window."""
    clean = contest.subject.clean
    if clean is not None and min(clean.shape[:2]) >= WINDOW:
        contest.scores[key] = {protocol: measure(protocol, clean, pixels) for protocol in PROTOCOLS}


def with_running(contest: Contest, key: str) -> Contest:
    """The same contest with another method at work; what was given is shared."""
    return Contest(contest.subject, contest.entries, contest.folder, contest.given, contest.scores, key)
