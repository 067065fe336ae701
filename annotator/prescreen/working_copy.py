"""The copy of a photo that is measured: 8-bit RGB and grey of moderate size."""

from dataclasses import dataclass

import cv2
import numpy as np

from core.depth import round_to_8_bits

SIDE = 480
"""Longest side of the working copy in pixels; smaller photos stay as they are."""

PATCH = 32
"""Side of the square patches that are compared with one another, in the working copy's pixels."""


@dataclass(frozen=True)
class WorkingCopy:
    """What the measures look at.

    Attributes:
        rgb: (h, w, 3) uint8.
        grey: (h, w) float32, 0…1.
        scale: original pixels to a pixel of the copy, at least 1.
    """

    rgb: np.ndarray
    grey: np.ndarray
    scale: float


def working_copy(pixels: np.ndarray, side: int = SIDE) -> WorkingCopy:
    """Makes the copy of a photo, (H, W, 3) or (H, W, 1) in uint8 or uint16.

    Raises:
        ValueError: something else than such an array, or one without pixels.
    """
    if (
        pixels.ndim != 3
        or pixels.shape[2] not in (1, 3)
        or pixels.dtype not in (np.uint8, np.uint16)
        or not pixels.size
    ):
        raise ValueError(f"A photo is (H, W, 3) or (H, W, 1) in uint8 or uint16, not {pixels.shape} {pixels.dtype}.")
    height, width = pixels.shape[:2]
    scale = max(1.0, max(height, width) / side)
    if scale > 1:
        size = (max(1, round(width / scale)), max(1, round(height / scale)))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0], -1)
    pixels = round_to_8_bits(pixels)
    rgb = np.ascontiguousarray(pixels) if pixels.shape[2] == 3 else np.repeat(pixels, 3, 2)
    return WorkingCopy(rgb, cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255, scale)


def patch_means(values: np.ndarray) -> np.ndarray:
    """(h, w) -> (rows, columns): means of PATCH × PATCH patches, as many as fit whole and at least one.

    A side shorter than PATCH gives one patch of that side. What is left over at the right and lower edge is not seen.
    """
    height, width = values.shape
    tall, wide = min(PATCH, height), min(PATCH, width)
    rows, columns = height // tall, width // wide
    cut = values[: rows * tall, : columns * wide]
    return cut.reshape(rows, tall, columns, wide).mean((1, 3))
