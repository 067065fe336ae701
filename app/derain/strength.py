"""How much of what the network took out is taken out: one strength, and a map of it that was painted."""

from pathlib import Path

import cv2
import numpy as np

from app.uploads import read_within_caps
from core.errors import UserError

MOST = 2.0
"""Largest strength: twice what the network took out."""
AS_CHOSEN = 128
"""Value of a strength map where the strength is the chosen one; 0 leaves the photo as it is, 255 about doubles it."""


def check_strength(strength: float) -> float:
    """The strength.

    Raises:
        UserError: it is not a number from 0 to `MOST`.
    """
    if not 0 <= strength <= MOST:
        raise UserError(
            f"The strength must be a number from 0 to {MOST:.0f}, where 1 is all that was found, not {strength}."
        )
    return strength


def read_strength_map(path: Path) -> np.ndarray:
    """A strength map from a file, (h, w) uint8: grey, or the mean of its colours.

    Raises:
        UserError: it cannot be read.
    """
    photo = read_within_caps(path)
    grey = photo.pixels.astype(np.float32).mean(2) * (255 / np.iinfo(photo.pixels.dtype).max)
    return np.rint(grey).astype(np.uint8)


def blend(
    rainy: np.ndarray, derained: np.ndarray, strength: float, strength_map: np.ndarray | None = None
) -> np.ndarray:
    """x + s(ỹ − x), rounded to the integers of x and kept in their range; s = 1 gives ỹ itself.

    Args:
        rainy, derained: x and ỹ, (H, W, c) integers of one kind.
        strength: s, 0 … `MOST`.
        strength_map: (h, w) uint8 of any size, enlarged to the photo's; s is multiplied by its value / `AS_CHOSEN`.
    """
    if strength_map is None and strength == 1:
        return np.asarray(derained)
    height, width = rainy.shape[:2]
    top = np.iinfo(rainy.dtype).max
    factors = (
        None if strength_map is None else cv2.resize(strength_map, (width, height), interpolation=cv2.INTER_LINEAR)
    )
    blended = np.empty_like(rainy)
    for row, (x, y) in enumerate(zip(rainy, derained, strict=True)):  # so that no copy in floats is made
        s = np.float32(strength)
        if factors is not None:
            s = np.minimum(s / AS_CHOSEN * factors[row, :, None].astype(np.float32), np.float32(MOST))
        blended[row] = np.clip(np.rint(x + s * (y.astype(np.float32) - x)), 0, top)
    return blended
