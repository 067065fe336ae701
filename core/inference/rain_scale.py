"""Chooses the working scale of a photo by how wide its rain is: docs/scale.md tells why like this."""

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from core.inference.working_scale import shrink, shrunk_size

SCALES = (1, 2, 3, 4)
"""What is chosen among, and what the photo is looked at."""
SIDE = 96
"""Side of a crop in the shrunk photo, pixels."""
PLACES = ((1 / 6, 5 / 12), (1 / 2, 1 / 4), (5 / 6, 11 / 12), (1 / 4, 4 / 5), (3 / 4, 1 / 5))
"""Middles of the crops, shares of height and width."""
LEAST_SIDE = 192
"""Photos that are narrower than this many pixels stay as they are: shrunk by 4 they say nothing of their rain."""
LEAST_PIXELS = 80_000
"""No photo is shrunk to fewer pixels: there is nothing to gain in time, and 481×321 stays as it is."""
CONSTANTS = Path(__file__).with_name("rain_scale.json")
"""What depends on the weights; made by scripts/fit_rain_scale.py for the weights that they name."""

HALF_PRESENCE = 2.0
"""A crop of that mean mask, of 255, counts half as much as one full of rain."""
FEATURES = (
    "mask 1 over mean",
    "mask 2 over 1",
    "mask 4 over 2",
    "mask across over along",
    "mask mean",
    "photo 2 over 1",
    "photo 4 over 2",
    "photo across over 1",
    "photo along over across",
    "photo 1, rain over all",
    "photo 2, rain over all",
    "all 2 over 1",
    "mask across over 2",
)
"""Natural logarithms of ratios of root mean squares: of a band (1: finer than σ = 1 pixel, 2: up to σ = 2, 4: up to 4)
or of the differences between neighbours (across and along the vertical); of the mask, of the photo where the mask is
set, or of all of the photo. What depends on the weights is in CONSTANTS."""
FLOOR = 0.05
"""Added to what logarithms are taken of, of 255."""

MaskOf = Callable[[np.ndarray], np.ndarray]
"""(h, w, channels) integers -> the rain mask, (h, w), 0…1."""


def choose_scale(pixels: np.ndarray, mask_of: MaskOf) -> int:
    """The working scale of a photo (H, W, channels), integers: one of `SCALES`.

    The mask is looked at in a few crops, at every scale that the photo's size allows. It is cheap beside deraining:
    the network sees at most 20 × 96 × 96 pixels.
    """
    largest = largest_scale(*pixels.shape[:2])
    if largest == 1:
        return 1
    width = rain_width(*look(pixels, mask_of))
    if width is None:
        return largest
    return min(range(1, largest + 1), key=lambda scale: abs(np.log2(scale / width)))


def largest_scale(height: int, width: int) -> int:
    """The largest of `SCALES` at which the shrunk photo still has `LEAST_PIXELS`."""
    allowed = [scale for scale in SCALES if shrunk_size(height, scale) * shrunk_size(width, scale) >= LEAST_PIXELS]
    return max(allowed, default=1) if min(height, width) >= LEAST_SIDE else 1


def look(pixels: np.ndarray, mask_of: MaskOf) -> tuple[np.ndarray, np.ndarray]:
    """Looks at crops of the photo, no side shorter than `LEAST_SIDE`, each place at every scale.

    Returns:
        features (places, scales, features); mean of the mask (places, scales), 0…255.
    """
    height, width = pixels.shape[:2]
    features = np.empty((len(PLACES), len(SCALES), len(FEATURES)))
    presence = np.empty((len(PLACES), len(SCALES)))
    for i, (down, across) in enumerate(PLACES):
        for j, scale in enumerate(SCALES):
            side = SIDE * scale
            top = int(np.clip(down * height - side / 2, 0, max(0, height - side)))
            left = int(np.clip(across * width - side / 2, 0, max(0, width - side)))
            crop = pixels[top : top + side, left : left + side]
            tall, wide = (length // scale // 16 * 16 for length in crop.shape[:2])
            small = shrink(crop[: tall * scale, : wide * scale], scale)
            mask = mask_of(small) * np.float32(255)
            grey = small.astype(np.float32).mean(2) * np.float32(255 / np.iinfo(small.dtype).max)
            features[i, j], presence[i, j] = _describe(mask, grey), mask.mean()
    return features, presence


def rain_width(features: np.ndarray, presence: np.ndarray) -> float | None:
    """How many times wider the rain is than what the network knows best; None where there is no rain to be seen.

    features, presence: as from `look`.
    """
    constants = _constants()
    if presence[:, 1:].max() < constants["least_presence"]:
        return None
    units = np.tanh(np.array(constants["weights"]) @ summary(features, presence) + constants["biases"])
    return float(2 ** (constants["intercept"] + units @ constants["slopes"]))


def summary(features: np.ndarray, presence: np.ndarray) -> np.ndarray:
    """What the crops say of the whole photo: (scales · features + scales − 1,).

    At each scale the mean of each feature over the places, those with rain first; then how the mask grows from each
    scale to the next, logarithms of ratios: streaks that are too wide for a scale leave it dark.
    """
    weight = (presence / (presence + HALF_PRESENCE) + 1e-3)[:, :, None]
    means = (features * weight).sum(0) / weight.sum(0)
    return np.concatenate((means.ravel(), np.diff(np.log(presence.mean(0) + FLOOR))))


def _describe(mask: np.ndarray, grey: np.ndarray) -> np.ndarray:
    """FEATURES of a crop: mask and grey (h, w) float32, 0…255."""
    weight = cv2.GaussianBlur(mask, (0, 0), 1.5) + np.float32(0.02)
    weight /= weight.mean()
    parts = _parts(grey)
    m, mean = np.log(_sizes(_parts(mask)) + FLOOR), np.log(mask.mean() + FLOOR)
    everywhere, w = np.log(_sizes(parts) + FLOOR), np.log(_sizes(parts, weight) + FLOOR)
    one, two, four, across, along = range(5)
    return np.array(
        (
            m[one] - mean,
            m[two] - m[one],
            m[four] - m[two],
            m[across] - m[along],
            mean,
            w[two] - w[one],
            w[four] - w[two],
            w[across] - w[one],
            w[along] - w[across],
            w[one] - everywhere[one],
            w[two] - everywhere[two],
            everywhere[two] - everywhere[one],
            m[across] - m[two],
        )
    )


def _parts(values: np.ndarray) -> list[np.ndarray]:
    """Three bands, finest first, then the differences across and along the vertical: each (h, w)."""
    fine, middle, coarse = (cv2.GaussianBlur(values, (0, 0), sigma) for sigma in (1, 2, 4))
    across, along = np.zeros_like(values), np.zeros_like(values)
    across[:, 1:], along[1:] = np.diff(values, axis=1), np.diff(values, axis=0)
    return [values - fine, fine - middle, middle - coarse, across, along]


def _sizes(parts: list[np.ndarray], weight: np.ndarray | None = None) -> np.ndarray:
    squares = (part**2 if weight is None else weight * part**2 for part in parts)
    return np.sqrt([float(square.mean()) for square in squares])


@functools.cache
def _constants() -> dict[str, Any]:
    return json.loads(CONSTANTS.read_text())
