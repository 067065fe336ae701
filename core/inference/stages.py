"""Derains a large photo in stages, for a page that shows something at once: a first look, then the finished photo."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from core.inference.derainer import Derainer, Result
from core.inference.working_scale import LARGEST_SCALE

FIRST_LOOK = 160_000
"""Pixels that a first look may take: about what a photo of 481×321 has, which is done in a second."""

FRACTIONS = {2: "half", 3: "a third of", 4: "a quarter of"}


@dataclass(frozen=True)
class Stage:
    """One stage of a photo's deraining.

    Attributes:
        words: what there is, or what is being done until the next stage; one line for people.
        result: the photo derained so far, in its own size; None where only the words are new.
        final: whether this is the finished photo, the last stage.
    """

    words: str
    result: Result | None = None
    final: bool = False


def derain_in_stages(
    derainer: Derainer,
    pixels: np.ndarray,
    *,
    generator: str | None = None,
    strength: float = 1.0,
    steps: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Stage]:
    """Derains a photo at the scale that its rain asks for; a large one is first shown as a small scale gives it.

    Args:
        progress: as in `Derainer`, told of the finished photo's tiles only. The others are those of `Derainer`, too.

    Yields:
        For a photo of at most `FIRST_LOOK` pixels the final stage alone. Otherwise a first look, a stage without
        result that says what is being done, and the final stage.

    Raises:
        InferenceError: as `Derainer`.
    """
    settings = {"generator": generator, "strength": strength, "steps": steps}
    height, width = pixels.shape[:2] if isinstance(pixels, np.ndarray) and pixels.ndim == 3 else (0, 0)
    first = min(math.ceil(math.sqrt(height * width / FIRST_LOOK)), LARGEST_SCALE)
    if first > 1:
        look = derainer(pixels, scale=first, **settings)  # type: ignore[arg-type]
        yield Stage(f"A first look, from {width // first} × {height // first} pixels", look)
        scale = derainer.choose_scale(pixels)
        yield Stage(f"Deraining at {_size(scale)} …")
    else:
        scale = 1
    result = derainer(pixels, scale=scale, progress=progress, **settings)  # type: ignore[arg-type]
    yield Stage(f"Derained at {_size(scale)}.", result, final=True)


def _size(scale: int) -> str:
    return f"{FRACTIONS[scale]} its size" if scale > 1 else "its full size"
