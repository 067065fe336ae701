"""Contact sheets: pictures beside each other, for a person to look at."""

import cv2
import numpy as np

from core.images import Photo
from core.images.encode import encode_photo

INNER, OUTER = (400, 300), (408, 308)
"""Largest size of a picture, and the size of its tile, pixels (width, height)."""


def tile(image: np.ndarray) -> np.ndarray:
    """(H, W, 3) -> fitted into 400×300 on grey."""
    factor = min(INNER[0] / image.shape[1], INNER[1] / image.shape[0])
    size = (max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
    on_grey = np.full((OUTER[1], OUTER[0], 3), 128, np.uint8)
    top, left = (OUTER[1] - small.shape[0]) // 2, (OUTER[0] - small.shape[1]) // 2
    on_grey[top : top + small.shape[0], left : left + small.shape[1]] = small
    return on_grey


def contact_sheet(tiles: list[list[np.ndarray]], suffix: str) -> bytes:
    """A row of tiles a photo, two photos beside each other where there are no more than three tiles; an image file."""
    rows = [np.concatenate(row, 1) for row in tiles]
    if len(tiles[0]) <= 3 and len(rows) > 1:
        rows += [np.full_like(rows[0], 128)] * (len(rows) % 2)
        rows = [np.concatenate(pair, 1) for pair in zip(rows[::2], rows[1::2])]
    return encode_photo(Photo(np.concatenate(rows, 0)), suffix, name="The contact sheet")
