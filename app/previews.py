"""Small pictures for the page: shrunk copies of photos and masks as PNG. No download passes through here."""

from pathlib import Path

import cv2
import numpy as np

from core.images.screen import BACKDROP, colours_over, preview, shrink, to_srgb

__all__ = ["BACKDROP", "colours_over", "preview", "save_png", "shrink", "to_srgb"]

FAST_PNG = (cv2.IMWRITE_PNG_COMPRESSION, 1)


def save_png(pixels: np.ndarray, path: Path) -> Path:
    """Writes (h, w), (h, w, 3) or (h, w, 4) uint8 quickly rather than small; returns `path`."""
    if pixels.ndim == 3:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_RGBA2BGRA if pixels.shape[2] == 4 else cv2.COLOR_RGB2BGR)
    path.write_bytes(cv2.imencode(".png", pixels, FAST_PNG)[1].tobytes())
    return path
