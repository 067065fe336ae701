"""Depth of pixels: 16 bits or floating point to 8 bits."""

import numpy as np


def round_to_8_bits(pixels: np.ndarray) -> np.ndarray:
    """Pixels as uint8 by rounding, never truncating: uint8 as it is, uint16 over 257, floats of 0…1 times 255, clipped.

    Raises:
        ValueError: another kind of number.
    """
    if pixels.dtype == np.uint8:
        return pixels
    if pixels.dtype == np.uint16:
        return ((pixels.astype(np.uint32) + 128) // 257).astype(np.uint8)
    if np.issubdtype(pixels.dtype, np.floating):
        return np.rint(np.clip(pixels, 0.0, 1.0) * 255.0).astype(np.uint8)
    raise ValueError(f"Pixels are uint8, uint16 or floats of 0…1, got {pixels.dtype}.")
