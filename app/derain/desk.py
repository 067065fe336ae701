"""What the page holds for one visitor."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from app.derain.layout import REMOVED
from app.derain.outcome import Opened, Outcome
from app.events import Changes
from core.errors import UserError


@dataclass
class Desk:
    """A visitor's photo and what became of it.

    Attributes:
        opened: the photo that came last.
        done: its outcome, once there is one.
        strength_map: what was painted over it, (h, w) uint8; None where nothing was.
        strength, view: what the visitor chose last, also while the network is at work.
        turns: how often a run was asked for or ended; what belongs to an earlier turn shows no more.
        taken: the turn that a run has taken up.
    """

    opened: Opened | None = None
    done: Outcome | None = None
    strength_map: np.ndarray | None = None
    strength: float = 1.0
    view: str = REMOVED
    turns: int = 0
    taken: int = 0

    def turn(self, opened: Opened | None) -> None:
        """A run over `opened` is asked for, or with None none any more; the run before ends at its next step."""
        self.turns += 1
        self.opened, self.done, self.strength_map = opened, None, None

    def in_turn(self, changes: Iterator[Changes]) -> Iterator[Changes]:
        """The changes of the turn that was asked for last, as long as it lasts; nothing where a run has it already."""
        if self.taken == self.turns:
            return
        turn = self.taken = self.turns
        for change in changes:
            if self.turns != turn:
                return
            yield change


def held(desk: Desk) -> Outcome:
    """The visitor's outcome.

    Raises:
        UserError: it is gone, because the page was left alone for too long, or not there yet.
    """
    if desk.done is None:
        raise UserError("This photo is not held here (any more); please drop it again.")
    return desk.done
