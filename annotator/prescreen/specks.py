"""Small bright things (streaks, flakes, sparkle) and large blurred ones (drops on the lens): how many, how long."""

from dataclasses import dataclass

import cv2
import numpy as np

from annotator.prescreen.working_copy import WorkingCopy

_SPECK_WINDOW = 11
_SPECK_CONTRAST = 25
_SPECK_PIXELS = (5, 120)
_ROUND = 1.6

_DROP_SCALES = (4.0, 6.0, 9.0)
_DROP_CONTRAST = 0.04
_ISOTROPY = 0.5


@dataclass(frozen=True)
class Specks:
    """What is small and bright, and what is large, round and blurred.

    Attributes:
        density: bright specks to 10,000 pixels of the working copy.
        upright: mean logarithm of their height over their width: above 0 for streaks, about 0 for flakes.
        round_share: share of specks that are about as wide as high.
        blurred_drops: round blobs of the size of drops on a lens to 10,000 pixels, as far as they have no fine detail.
    """

    density: float
    upright: float
    round_share: float
    blurred_drops: float


def measure_specks(copy: WorkingCopy) -> Specks:
    """Counts specks and blurred drops in the working copy."""
    grey = np.rint(copy.grey * 255).astype(np.uint8)
    window = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_SPECK_WINDOW, _SPECK_WINDOW))
    bright = (cv2.morphologyEx(grey, cv2.MORPH_TOPHAT, window) > _SPECK_CONTRAST).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(bright, connectivity=8)
    area = stats[1:, cv2.CC_STAT_AREA]
    specks = stats[1:][(area >= _SPECK_PIXELS[0]) & (area < _SPECK_PIXELS[1])]
    width, height = specks[:, cv2.CC_STAT_WIDTH], specks[:, cv2.CC_STAT_HEIGHT]
    some = len(specks) > 0
    return Specks(
        density=len(specks) / (grey.size / 1e4),
        upright=float(np.log((height + 1) / (width + 1)).mean()) if some else 0.0,
        round_share=float((np.maximum(width, height) < _ROUND * np.minimum(width, height)).mean()) if some else 0.0,
        blurred_drops=_count_drops(copy.grey) / (grey.size / 1e4),
    )


def _count_drops(grey: np.ndarray) -> int:
    """Maxima of |σ²∇²| over space where both curvatures have one sign and are alike: round blobs, bright or dark.

    A blob counts where it is smoother inside than its contrast: drops on a lens are out of focus.
    """
    gx, gy = cv2.Sobel(grey, cv2.CV_32F, 1, 0) / 8, cv2.Sobel(grey, cv2.CV_32F, 0, 1) / 8
    detail = cv2.GaussianBlur(np.hypot(gx, gy), (0, 0), 3.0)
    count = 0
    for scale in _DROP_SCALES:
        smooth = cv2.GaussianBlur(grey, (0, 0), scale)
        xx = cv2.Sobel(smooth, cv2.CV_32F, 2, 0) * scale**2 / 4
        yy = cv2.Sobel(smooth, cv2.CV_32F, 0, 2) * scale**2 / 4
        xy = cv2.Sobel(smooth, cv2.CV_32F, 1, 1) * scale**2 / 4
        trace, determinant = xx + yy, xx * yy - xy * xy
        strength = np.abs(trace)
        side = 2 * round(scale) + 1
        peak = strength >= cv2.dilate(strength, np.ones((side, side), np.uint8))
        isotropic = 4 * determinant > _ISOTROPY * trace**2
        blurred = detail * scale < strength
        count += int(np.count_nonzero(peak & isotropic & blurred & (strength > _DROP_CONTRAST)))
    return count
