"""How far long work is: a bar on a terminal, elsewhere a line a minute, as a log can take it."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SECONDS = 60.0

Show = Callable[[int, int | None], None]
"""Called with (done, all); None where nobody knows how many there are."""


@contextmanager
def progress_bar(unit: str, *, seconds: float = SECONDS) -> Iterator[Show]:
    """Shows on standard error how much is done, until the work ends.

    Args:
        unit: what is counted, such as "photo".
        seconds: between two lines where standard error is no terminal.
    """
    if sys.stderr.isatty():
        from tqdm import tqdm

        with tqdm(unit=unit, leave=False) as bar:

            def move(done: int, total: int | None) -> None:
                bar.total = total
                bar.update(done - bar.n)

            yield move
        return
    begun = told = time.monotonic()

    def tell(done: int, total: int | None) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told < seconds or not done:
            return
        told = now
        rate = 60 * done / max(now - begun, 1e-9)
        of = "" if total is None else f" of {total}"
        print(f"{done}{of} {unit}s, {rate:.3g} a minute", file=sys.stderr, flush=True)

    yield tell
