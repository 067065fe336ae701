"""Stops a training between two steps when it is asked to, by Ctrl-C or by SIGTERM."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stop:
    """Whether somebody asked."""

    def __init__(self) -> None:
        self.asked = False

    def ask(self, *_: Any) -> None:
        """Takes note; a second time ends the process at once, as without us."""
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True


@contextmanager
def stop_on_signals(wanted: bool = True) -> Iterator[Stop]:
    """Within it, `SIGNALS` set the `Stop` that it gives; where not `wanted`, they do what they did before."""
    stop = Stop()
    before = {number: signal.signal(number, stop.ask) for number in SIGNALS} if wanted else {}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def leave_signals(*_: Any) -> None:
    """Has this process, a maker of patches, leave `SIGNALS` to the training, which ends it."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
