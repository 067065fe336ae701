"""Reads a photo as every set gives it: upright, RGB, 8-bit."""

from pathlib import Path

import numpy as np

from core.depth import round_to_8_bits
from core.images import read_photo


def read_rgb(path: Path) -> np.ndarray:
    """(H, W, 3) uint8 RGB. Grey becomes three equal channels, 16-bit is rounded to 8, alpha is left out.

    Raises:
        core.images.ImageFileError: the file cannot be read as a photo.
    """
    pixels = round_to_8_bits(read_photo(path).pixels)
    return np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels
