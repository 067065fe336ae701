"""Turning pixels upright by EXIF's orientation."""

import numpy as np

from core.images.photo import Pixels


def turn_upright(pixels: Pixels, orientation: int) -> Pixels:
    """Applies an EXIF orientation (tag 0x0112, 1…8) to (H, W) or (H, W, C); 5…8 exchange H and W. Contiguous."""
    if orientation in (5, 6, 7, 8):
        pixels = np.swapaxes(pixels, 0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)
