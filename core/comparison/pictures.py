"""Pictures for a report in one file: reduced, compressed, as data URIs; and the part of a photo worth enlarging."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image


@dataclass(frozen=True)
class Quality:
    """How large and how good pictures are.

    Attributes:
        side: longest side of a picture, pixels.
        quality: WebP's, 0…100.
    """

    side: int
    quality: int


QUALITIES = (
    Quality(1000, 88),
    Quality(720, 85),
    Quality(560, 80),
    Quality(420, 75),
    Quality(320, 70),
    Quality(200, 50),
)
"""From the best on; a report takes the first that fits into its limit."""
THUMBNAILS = (Quality(200, 60), Quality(160, 60), Quality(128, 60), Quality(96, 60))
"""The same for the contact sheet."""


@dataclass(frozen=True)
class Part:
    """A square of a photo: pixels from the left and the top, and its side."""

    x: int
    y: int
    side: int

    def cut(self, pixels: np.ndarray) -> np.ndarray:
        """(H, W, 3) -> (side, side, 3)."""
        return pixels[self.y : self.y + self.side, self.x : self.x + self.side]


def data_uri(pixels: np.ndarray, side: int, quality: int) -> str:
    """(H, W, 3) uint8 as a WebP data URI, reduced to a longest side of at most `side` pixels."""
    height, width = pixels.shape[:2]
    factor = side / max(height, width)
    if factor < 1:
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "WEBP", quality=quality, method=4)
    return "data:image/webp;base64," + base64.b64encode(content.getvalue()).decode("ascii")


def find_part(pictures: Sequence[np.ndarray]) -> Part:
    """The square where pictures of one photo, (H, W, 3) uint8, differ most: a third of the shorter side, at least 32.

    Difference is each pixel's standard deviation over the pictures, averaged over channels and the square.
    """
    height, width = pictures[0].shape[:2]
    side = min(max(32, min(height, width) // 3), height, width)
    grey = np.stack([picture.mean(axis=2, dtype=np.float32) for picture in pictures])
    sums = cv2.integral(grey.std(axis=0))
    inside = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    y, x = np.unravel_index(int(np.argmax(inside)), inside.shape)
    return Part(int(x), int(y), side)
