"""Rain layers taken out of real photos: where a photo is smooth but for its streaks, what is not smooth is rain."""

import cv2
import numpy as np

STREAK_SIGMA = 7.0
"""Detail finer than this many pixels can be rain; what is coarser is the scene."""
FLATTEST = 2.0
"""Largest slope of the scene, grey levels a pixel, in all but a twentieth of a window that rain is taken from."""
COHERENCE = 0.35
"""Least share of a window's gradient that has one direction, 0…1."""
LARGEST_TILT = 40.0
"""Largest tilt of the streaks from the vertical, degrees."""
STRENGTH = (2.0, 30.0)
"""Standard deviation of a layer, grey levels: less is noise, more is no rain."""


def rain_layers(photo: np.ndarray, side: int) -> list[np.ndarray]:
    """The rain of every window of a real rainy photo that is smooth but for rain.

    A layer is the photo's grey detail finer than `STREAK_SIGMA`, raised so that a tenth of it lies below 0, and cut off
    there: rain adds light. The windows overlap by half.

    photo: (H, W, 3) uint8; side: of the windows, pixels -> layers (side, side) float32, 0…1; none where there is no
    such window or the photo is smaller than one.
    """
    grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY).astype(np.float32)
    scene = cv2.GaussianBlur(grey, (0, 0), STREAK_SIGMA)
    detail = grey - scene
    slope = np.hypot(*np.gradient(scene))
    layers = []
    for top in range(0, photo.shape[0] - side + 1, side // 2):
        for left in range(0, photo.shape[1] - side + 1, side // 2):
            window = np.s_[top : top + side, left : left + side]
            if np.quantile(slope[window], 0.95) < FLATTEST and _is_rain(detail[window]):
                layer = detail[window] - np.quantile(detail[window], 0.1)
                layers.append(np.clip(layer / 255, 0, 1).astype(np.float32))
    return layers


def _is_rain(detail: np.ndarray) -> bool:
    if not STRENGTH[0] < detail.std() < STRENGTH[1]:
        return False
    down, across = np.gradient(cv2.GaussianBlur(detail, (0, 0), 1.0))
    xx, yy, xy = float((across**2).mean()), float((down**2).mean()), float((across * down).mean())
    coherence = np.hypot(xx - yy, 2 * xy) / (xx + yy + 1e-9)
    tilt = np.degrees(0.5 * np.arctan2(2 * xy, xx - yy))
    return bool(coherence > COHERENCE and abs(tilt) < LARGEST_TILT)
