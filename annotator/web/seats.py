"""Which window looks at which candidate: a lease keeps other curators away, a seat the same curator's other windows."""

import threading
import time
from dataclasses import dataclass

from annotator.candidate import CandidateView
from annotator.errors import Held
from annotator.project import Project
from annotator.usecases import queue
from annotator.usecases.queue import Filters

QUIET_SECONDS = 30
"""A window not heard of for so long is gone: what it showed is free for the curator's others. A page is heard of every
10 seconds (desk.js), and deciding on what another window decided on meanwhile is a conflict, so nothing is lost."""

AHEAD = 8
"""How many candidates after the present one a page is told of."""


@dataclass(frozen=True)
class Seat:
    """A curator's window: his handle, and a name that the window made up for itself."""

    curator: str
    window: str


class Seats:
    """Hands out candidates, no candidate to two seats. Threads may share it."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._taken: dict[Seat, tuple[int, float]] = {}
        self._lock = threading.Lock()

    def next(
        self, seat: Seat, filters: Filters, after: int | None = None
    ) -> tuple[CandidateView | None, list[CandidateView]]:
        """The seat's next candidate (the one that it has already, while it waits), and those likely to follow.

        Args:
            seat: whose.
            filters: which candidates are wanted.
            after: a candidate to leaf on from, in the queue's order.
        """
        with self._lock:
            elsewhere = self._elsewhere(seat)
            mine = self._taken.get(seat, (0, 0.0))[0]
            n = AHEAD + 1 + len(elsewhere)
            while free := [
                view
                for view in queue.upcoming(self._project, seat.curator, filters, n, after=after)
                if view.id not in elsewhere
            ]:
                free.sort(key=lambda view: view.id != mine)
                for view in free:
                    try:
                        queue.hold(self._project, seat.curator, view.id)
                    except Held:  # another server's curator was faster
                        continue
                    self._sit(seat, view.id)
                    return view, [other for other in free if other is not view][:AHEAD]
            self._sit(seat, None)
            return None, []

    def decided(self, seat: Seat, candidate: int) -> None:
        """The seat has decided on a candidate: where it still waits, as for other votes, others come first now."""
        with self._lock:
            if self._taken.get(seat, (None, 0.0))[0] == candidate:
                del self._taken[seat]

    def open(self, seat: Seat, candidate: int) -> CandidateView:
        """A given candidate for this seat.

        Raises:
            Held: somebody else looks at it.
            AnnotatorError: there is no such candidate.
        """
        with self._lock:
            if candidate in self._elsewhere(seat):
                raise Held("Another window of yours shows this photo just now.")
            view = queue.hold(self._project, seat.curator, candidate)
            self._sit(seat, candidate)
            return view

    def stay(self, seat: Seat, candidate: int) -> bool:
        """The window still shows a candidate; False where it was given to another window meanwhile.

        Raises:
            Held: another curator has it.
        """
        with self._lock:
            if candidate in self._elsewhere(seat):
                return False
            queue.hold(self._project, seat.curator, candidate)
            self._sit(seat, candidate)
            return True

    def leave(self, seat: Seat) -> None:
        """The window is closed: what it showed is free for others."""
        with self._lock:
            self._sit(seat, None)

    def _elsewhere(self, seat: Seat) -> set[int]:
        """What the curator's other windows show; those not heard of for QUIET_SECONDS are forgotten."""
        now = time.monotonic()
        self._taken = {other: held for other, held in self._taken.items() if held[1] > now - QUIET_SECONDS}
        return {held[0] for other, held in self._taken.items() if other.curator == seat.curator and other != seat}

    def _sit(self, seat: Seat, candidate: int | None) -> None:
        before = self._taken.pop(seat, (None, 0.0))[0]
        if before is not None and before != candidate:
            queue.release(self._project, seat.curator, before)
        if candidate is not None:
            self._taken[seat] = (candidate, time.monotonic())
