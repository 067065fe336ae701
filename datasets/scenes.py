"""The same scene in two sets: photos of one origin, whatever their size or compression."""

from collections.abc import Sequence

import cv2
import numpy as np

SIZE = (16, 12)
"""Width and height of the thumbnails that are compared."""

ALIKE = 0.95
"""Correlation of two thumbnails from which on they are one scene. The photos that BSDS500 and Rain800 share correlate
to 0.999 and more; others, a bright sky over dark ground, up to 0.94."""


def shows_a_scene_of(photos: Sequence[np.ndarray], others: Sequence[np.ndarray]) -> np.ndarray:
    """Which of `photos` shows the scene of one of `others`; each (H, W, 3) uint8 -> (len(photos),) bool.

    Compared are grey thumbnails by their correlation: cuts of a scene and mirrored copies are not found.
    """
    if not len(photos) or not len(others):
        return np.zeros(len(photos), bool)
    return (_thumbnails(photos) @ _thumbnails(others).T).max(1) > ALIKE


def _thumbnails(photos: Sequence[np.ndarray]) -> np.ndarray:
    """Each of mean 0 and norm 1; a photo of one colour is like no other."""
    small = [cv2.resize(cv2.cvtColor(np.ascontiguousarray(p), cv2.COLOR_RGB2GRAY), SIZE, interpolation=cv2.INTER_AREA)
             for p in photos]  # fmt: skip
    flat = np.stack(small).reshape(len(small), -1).astype(np.float64)
    flat -= flat.mean(1, keepdims=True)
    return flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-9)
