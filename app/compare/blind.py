"""The blind test: the methods' outputs under letters in a hidden order, until one is picked."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random, SystemRandom
from shutil import copyfile
from string import ascii_uppercase
from tempfile import TemporaryDirectory

from app.compare.contest import Contest
from app.compare.show import RAINY, facts_of
from app.compare.tally import Pick, Shown
from app.viewer import Blind, Pane, Show

FEWEST = 2


@dataclass(frozen=True)
class Round:
    """One photo to judge: the contest, and the methods' keys in the order of the letters. Lives on the server alone.

    Attributes:
        picked: key of the picked method, "" for no difference, None before the pick.
    """

    id: str
    contest: Contest
    order: Sequence[str]
    folder: TemporaryDirectory[str]
    picked: str | None = None

    @property
    def letters(self) -> Sequence[str]:
        """A, B, … for the methods in their hidden order."""
        return ascii_uppercase[: len(self.order)]

    def label(self, key: str) -> str:
        """The name of a method."""
        return next(entry.label for entry in self.contest.entries if entry.key == key)

    def file(self, letter: str) -> Path:
        """The output behind a letter; the file's name tells nothing either."""
        return Path(self.folder.name) / f"{letter}.png"


@dataclass
class Visit:
    """One visitor's blind test: a random name, the photos still to come, and the round that is on."""

    queue: list[int]
    visitor: str = field(default_factory=lambda: secrets.token_hex(8))
    round: Round | None = None
    rounds: int = 0


def open_round(contest: Contest, random: Random | None = None) -> Round | None:
    """A round with every output that the contest has; None where there are fewer than two to choose from."""
    order = [entry.key for entry in contest.entries if (given := contest.given.get(entry.key)) and given.picture]
    if len(order) < FEWEST:
        return None
    (random or SystemRandom()).shuffle(order)
    opened = Round(secrets.token_hex(8), contest, tuple(order), TemporaryDirectory(prefix="blind-"))
    for letter, key in zip(opened.letters, order):
        copyfile(contest.file(key), opened.file(letter))
    return opened


def decide(round_: Round, index: int) -> Round:
    """The round with its pick: the number of a letter, or 0 for no difference. The first pick stands.

    Raises:
        ValueError: there is no such letter.
    """
    if round_.picked is not None:
        return round_
    if not 0 <= index <= len(round_.order):
        raise ValueError(f"There is no picture number {index}.")
    return replace(round_, picked=round_.order[index - 1] if index else "")


def pick_of(round_: Round, visitor: str) -> Pick:
    """The row for the tally of a decided round.

    Raises:
        ValueError: it is not decided.
    """
    if round_.picked is None:
        raise ValueError("the round is not decided")
    entries = {entry.key: entry for entry in round_.contest.entries}
    shown = tuple(Shown(key, entries[key].label, entries[key].source) for key in round_.order)
    subject = round_.contest.subject
    return Pick(round_.id, visitor, subject.name, subject.key, shown, round_.picked)


def show_round(round_: Round) -> Show:
    """The rainy photo and the lettered outputs; names and figures only once the pick is made."""
    contest, done = round_.contest, round_.picked is not None
    height, width = contest.subject.rainy.shape[:2]
    panes = [Pane("rainy", RAINY, "rainy", picture=contest.file("rainy"))]
    for letter, key in zip(round_.letters, round_.order):
        label = f"{letter}: {round_.label(key)}" if done else letter
        facts = facts_of(contest, key) if done else ""
        panes.append(Pane(letter, label, "derained", picture=round_.file(letter), facts=facts))
    picked = round_.letters[round_.order.index(round_.picked)] if round_.picked else ""
    said = f"You picked {round_.label(round_.picked)}." if round_.picked else "You saw no difference."
    return Show(round_.id, "this photo", width, height, panes, Blind(picked, done, said if done else ""))
