"""Pseudo-labels: squares of real rainy photos, each with what weights made of it, where that is surely rain."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from core.images.screen import shrink

SQUARE = 128
"""Side of a square, pixels."""
LONGEST_SIDES = (800, 500)
"""Larger photos are shrunk to these longer sides, pixels: their rain comes in two sizes."""
LEAST_RAIN = 1.0
"""Mean of R = x − ỹ in a square, grey levels: less is no label."""
LEAST_SKEWNESS = 0.65
"""Of R's detail in a square: streaks are few and bright, where smeared leaves are bright and dark alike."""
DETAIL_SIGMA = 8.0
"""R's detail is what is finer than this many pixels."""


@dataclass(frozen=True)
class PseudoPair:
    """A square of a rainy photo and its pseudo-label, each (SQUARE, SQUARE, 3) uint8, and where it lies, pixels.

    `longest` is the longer side of the photo that it was cut from, pixels.
    """

    longest: int
    top: int
    left: int
    rainy: np.ndarray
    derained: np.ndarray


def pseudo_pairs(photo: np.ndarray, derain: Callable[[np.ndarray], np.ndarray]) -> Iterator[PseudoPair]:
    """The squares of a photo, side by side, whose R is surely rain, with their pseudo-labels (Lee 2013).

    photo: (H, W, 3) uint8; derain: such a photo -> ỹ of its size, uint8.
    """
    for small in {max(x.shape): x for x in (shrink(photo, side) for side in LONGEST_SIDES)}.values():
        derained = derain(small)
        rain = (small.astype(np.float32) - derained).mean(2)
        for top in range(0, small.shape[0] - SQUARE + 1, SQUARE):
            for left in range(0, small.shape[1] - SQUARE + 1, SQUARE):
                square = np.s_[top : top + SQUARE, left : left + SQUARE]
                if surely_rain(rain[square]):
                    yield PseudoPair(max(small.shape), top, left, small[square], derained[square])


def surely_rain(layer: np.ndarray) -> bool:
    """Whether there is enough of R (H, W), grey levels, and its detail is skewed as that of streaks is."""
    detail = layer - cv2.GaussianBlur(layer, (0, 0), DETAIL_SIGMA)
    skewness = float((detail**3).mean()) / max(float((detail**2).mean()) ** 1.5, 1e-6)
    return float(layer.mean()) > LEAST_RAIN and skewness > LEAST_SKEWNESS
