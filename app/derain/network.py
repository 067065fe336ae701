"""The network's call, as the page makes it: in a thread of its own that tells how far it is, on a rented GPU if any."""

import importlib
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any, TypeVar

import numpy as np

from core.inference import AUTO, Derainer, Result, derain_in_stages

T = TypeVar("T")
Progress = Callable[[int, int], None]


class _Stopped(Exception):
    """Nobody waits for the outcome any more."""


class Network:
    """Derains photos by one loaded model.

    On a Space with ZeroGPU (where the package `spaces` is) each call borrows a GPU; such a call runs in another
    process, so it tells nothing of its progress. Anywhere else it is the model's own call.
    """

    def __init__(self, derainer: Derainer) -> None:
        self.derainer = derainer
        self.borrowed = on_borrowed_gpu(derainer)

    def __call__(
        self,
        pixels: np.ndarray,
        *,
        generator: str | None,
        scale: int | str = AUTO,
        steps: bool = False,
        progress: Progress | None = None,
    ) -> Result:
        """See `Derainer`; strength is 1."""
        if self.borrowed is None:
            return self.derainer(pixels, generator=generator, scale=scale, steps=steps, progress=progress)
        if progress:
            progress(0, 1)
        result: Result = self.borrowed(pixels, generator=generator, scale=scale, steps=steps)
        if progress:
            progress(1, 1)
        return result

    def first_look(self, small: np.ndarray, generator: str | None) -> np.ndarray:
        """A preview, (h, w, 3 or 4) uint8, about as it will be: the network sees it small.

        It is the first stage of the preview, not of the photo, which takes three times as long at 12 megapixels.
        """
        looked, colours = small.copy(), np.ascontiguousarray(small[..., :3])
        if self.borrowed is None:
            first = next(derain_in_stages(self.derainer, colours, generator=generator)).result
        else:
            first = self(colours, generator=generator)
        assert first is not None
        looked[..., :3] = first.pixels
        return looked


def on_borrowed_gpu(derainer: Derainer) -> Callable[..., Any] | None:
    """The model's call decorated by `spaces.GPU`, or None where there is no such package."""
    try:
        spaces = importlib.import_module("spaces")
    except ImportError:
        return None

    def derain(pixels: np.ndarray, generator: str | None, scale: int | str, steps: bool) -> Result:
        return derainer(pixels, generator=generator, scale=scale, steps=steps)

    decorated: Callable[..., Any] = spaces.GPU(derain)
    return decorated


def stepwise(work: Callable[[Progress], T]) -> Iterator[tuple[int, int] | T]:
    """Runs `work` in a thread; gives the newest of what it tells of its progress, then what it returns.

    When the iterator is closed before, the work ends at its next step.

    Raises:
        Exception: what `work` raises.
    """
    heard: SimpleQueue[tuple[str, Any]] = SimpleQueue()
    left = Event()

    def tell(done: int, total: int) -> None:
        if left.is_set():
            raise _Stopped
        heard.put(("step", (done, total)))

    def run() -> None:
        try:
            heard.put(("done", work(tell)))
        except BaseException as error:
            heard.put(("failed", error))

    Thread(target=run, daemon=True).start()
    try:
        while True:
            kind, what = heard.get()
            while kind == "step" and not heard.empty():  # who listens slowly hears the newest alone
                kind, what = heard.get()
            if kind == "failed":
                raise what
            yield what
            if kind == "done":
                return
    finally:
        left.set()
