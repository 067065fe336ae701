"""Measures of the rain that a rain mask shows: coverage, direction, spread and density (docs/rain-measures.md)."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

THRESHOLD = 10 / 255
"""A pixel is rainy where m is above this; the same limit as for |x − y| in the evaluation of masks."""

SMALLEST_STREAK = 12
"""Connected rainy pixels fewer than this are specks, not a streak, for the density."""

LEAST_ALIGNMENT = 0.2
"""Below this alignment (0 none … 1 all parallel) the rain has no direction."""

MOST_COVERED = 0.75
"""Above this share of covered pixels single streaks can no longer be told apart, and the density is unknown."""

TIP_WINDOW = (2, 7)
"""Rows and columns that must be free of other streaks for a streak's lower tip to be seen."""

_EDGE_SCALE, _WINDOW_SCALE = 1.0, 3.0
_BAND, _HALO = 1024, 24


@dataclass(frozen=True)
class RainMeasures:
    """What a rain mask shows.

    Attributes:
        coverage: rainy pixels, per cent.
        direction: mean direction of the streaks in degrees from the vertical, above −90 and up to 90, positive where
            their upper ends lean to the right (/); None without rain or without a direction.
        spread: axial standard deviation of the direction in degrees; None where the direction is.
        density: streaks a megapixel; None where the rain is too dense to tell them apart.
    """

    coverage: float
    direction: float | None
    spread: float | None
    density: float | None


def measure_rain(mask: np.ndarray) -> RainMeasures:
    """Measures the rain in a mask m, (H, W) float, 0…1. Works in bands of rows, so memory grows with the width only.

    Raises:
        ValueError: the mask is not a two-dimensional array of floats with at least one pixel.
    """
    if mask.ndim != 2 or mask.size == 0 or not np.issubdtype(mask.dtype, np.floating):
        raise ValueError(f"A rain mask must be (height, width) of floats, not {mask.shape} of {mask.dtype}.")
    rainy = covered = blocked = tips = 0
    doubled, length = np.zeros(2), 0.0
    for band, core in _bands(mask):
        rainy += int(np.count_nonzero(band[core] > THRESHOLD))
        smooth = cv2.GaussianBlur(band, (0, 0), _EDGE_SCALE, borderType=cv2.BORDER_REFLECT_101)
        vectors = _doubled_angles(np.maximum(smooth - THRESHOLD / 2, 0))[core]
        doubled += vectors.sum((0, 1), dtype=np.float64)
        length += float(np.hypot(vectors[..., 0], vectors[..., 1]).sum(dtype=np.float64))
        streaks = _without_specks(smooth > THRESHOLD)
        covered += int(np.count_nonzero(streaks[core]))
        blocked += int(np.count_nonzero(cv2.dilate(streaks.astype(np.uint8), np.ones(TIP_WINDOW, np.uint8))[core]))
        tips += _lower_tips(streaks, core)
    direction, spread = _axial_mean(doubled, length) if rainy else (None, None)
    tellable = covered <= MOST_COVERED * mask.size and blocked < mask.size
    density = tips / (1 - blocked / mask.size) / (mask.size / 1e6) if tellable else None
    return RainMeasures(100 * rainy / mask.size, direction, spread, density)


def _bands(mask: np.ndarray) -> Iterator[tuple[np.ndarray, slice]]:
    """Bands of rows with a halo above and below, float32, each with the slice of the rows that are its own."""
    for start in range(0, len(mask), _BAND):
        first = max(start - _HALO, 0)
        stop = min(start + _BAND, len(mask))
        yield mask[first : stop + _HALO].astype(np.float32), slice(start - first, stop - first)


def _doubled_angles(mask: np.ndarray) -> np.ndarray:
    """(H, W) -> (H, W, 2): the local structure tensor J as the vector (Jxx − Jyy, 2 Jxy).

    Its angle is twice that of the gradient, so opposite gradients (the two sides of a streak) agree; its length is the
    difference of J's eigenvalues: 0 where there is no direction.
    """
    gx = cv2.Scharr(mask, cv2.CV_32F, 1, 0, borderType=cv2.BORDER_REFLECT_101)
    gy = cv2.Scharr(mask, cv2.CV_32F, 0, 1, borderType=cv2.BORDER_REFLECT_101)
    tensor = np.stack((gx * gx - gy * gy, 2 * gx * gy), -1)
    return cv2.GaussianBlur(tensor, (0, 0), _WINDOW_SCALE, borderType=cv2.BORDER_REFLECT_101)


def _axial_mean(doubled: np.ndarray, length: float) -> tuple[float | None, float | None]:
    """Mean direction and axial standard deviation in degrees from the summed vectors and the sum of their lengths.

    Axial statistics (Mardia and Jupp, Directional Statistics, section 9.4): angles are doubled, averaged as vectors,
    and halved again; with the alignment r = |sum| / length the standard deviation is √(−2 ln r) / 2.
    """
    alignment = float(np.hypot(*doubled)) / length if length > 0 else 0.0
    if alignment < LEAST_ALIGNMENT:
        return None, None
    across = 0.5 * np.degrees(np.arctan2(doubled[1], doubled[0]))
    spread = 0.5 * np.degrees(np.sqrt(-2 * np.log(min(alignment, 1.0))))
    return float(across), float(spread)


def _without_specks(rainy: np.ndarray) -> np.ndarray:
    """(H, W) bool -> the same without connected groups of fewer than SMALLEST_STREAK pixels."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(rainy.astype(np.uint8), connectivity=8)
    kept = stats[:, cv2.CC_STAT_AREA] >= SMALLEST_STREAK
    kept[0] = False
    return kept[labels]


def _lower_tips(streaks: np.ndarray, core: slice) -> int:
    """Number of lower tips in the rows of `core`: horizontal runs of rainy pixels with nothing rainy below.

    Below means the pixels beneath the run and those at its two lower corners. A run in the last
    row of the photo is no tip, because its streak goes on outside.
    """
    stop = min(core.stop, len(streaks) - 1)
    here = streaks[core.start : stop]
    below = streaks[core.start + 1 : stop + 1]
    supported = (
        cv2.dilate(below.astype(np.uint8), np.ones((1, 3), np.uint8))[here] if here.size else np.empty(0, np.uint8)
    )
    starts = here.copy()
    starts[:, 1:] &= ~here[:, :-1]
    run = np.cumsum(starts[here]) - 1
    return int(np.count_nonzero(np.bincount(run, weights=supported) == 0)) if len(run) else 0
