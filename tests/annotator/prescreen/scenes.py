"""Pictures that tests draw: textures that are all their own, streaks at known angles, and copies."""

import cv2
import numpy as np


def texture(seed: int, height: int = 300, width: int = 400) -> np.ndarray:
    """(height, width, 3) uint8: blobs of all sizes, another picture for every seed."""
    draw = np.random.default_rng(seed)
    picture = np.zeros((height, width, 3))
    for scale in (2, 5, 12, 30):
        noise = draw.normal(size=(height, width, 3))
        picture += cv2.GaussianBlur(noise, (0, 0), scale) * scale
    picture -= picture.min()
    return np.rint(picture / picture.max() * 255).astype(np.uint8)


def smooth(height: int = 240, width: int = 320, grey: int = 90) -> np.ndarray:
    """(height, width, 3) uint8: an even grey with a little noise, the same every time."""
    noise = np.random.default_rng(1).normal(0, 1, (height, width, 1))
    return np.clip(np.rint(grey + noise), 0, 255).astype(np.uint8).repeat(3, 2)


def with_streaks(
    picture: np.ndarray, tilt: float, count: int = 400, seed: int = 0, columns: int | None = None
) -> np.ndarray:
    """The picture with bright streaks `tilt` degrees from the vertical, positive leaning right at the top (/).

    Args:
        picture: (h, w, 3) uint8.
        columns: streaks only in so many columns from the left; None everywhere.
    """
    draw = np.random.default_rng(seed)
    height, width = picture.shape[:2]
    rain = np.zeros((height, width), np.uint8)
    length = 26.0
    dx, dy = length * np.sin(np.radians(tilt)), -length * np.cos(np.radians(tilt))
    for _ in range(count):
        x, y = draw.uniform(0, columns or width), draw.uniform(0, height + length)
        ends = [(round(16 * x), round(16 * y)), (round(16 * (x + dx)), round(16 * (y + dy)))]
        cv2.line(rain, *ends, int(draw.integers(60, 120)), 1, cv2.LINE_AA, 4)
    if columns is not None:
        rain[:, columns:] = 0
    return np.clip(picture.astype(np.int16) + rain[..., None], 0, 255).astype(np.uint8)
