"""Thin bright lines, as rain draws them: whether they share a direction, and how far bright ones outweigh dark ones."""

import math
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from annotator.prescreen.working_copy import WorkingCopy, patch_means

LENGTH, BESIDE = 13, 4
"""Length of the lines that are looked for, and how far beside them they are compared with, in pixels."""

DIRECTIONS = tuple(range(-90, 90, 15))
"""Degrees from the vertical."""

_FINE = 3.0
_SMALLEST = 1e-7


@dataclass(frozen=True)
class Lines:
    """What thin lines of a photo have in common.

    Attributes:
        concentration: log₁₀ of the strength of bright lines in their chief direction over the mean of all directions:
            0 for flakes and leaves, up to 1 where all lines are parallel.
        skewness: median over smooth patches of the fine detail's skewness: above 0 where thin things are bright.
    """

    concentration: float
    skewness: float


def measure_lines(copy: WorkingCopy, smooth: np.ndarray) -> Lines:
    """Measures lines in the working copy; `smooth` (rows, columns) is the mask of its smooth patches."""
    strengths = [_strength(copy.grey, angle) for angle in DIRECTIONS]
    detail = copy.grey - cv2.GaussianBlur(copy.grey, (0, 0), _FINE)
    spread = np.maximum(patch_means(detail**2), _SMALLEST)
    skewness = patch_means(detail**3) / spread**1.5
    return Lines(
        concentration=math.log10(max(max(strengths), 1e-4) / max(float(np.mean(strengths)), 1e-4)),
        skewness=float(np.median(skewness[smooth])),
    )


def _strength(grey: np.ndarray, angle: int) -> float:
    """Mean of how far lines in a direction are brighter than both sides of them."""
    middle, left, right = (cv2.filter2D(grey, cv2.CV_32F, kernel) for kernel in _kernels(angle))
    return float(np.maximum(np.minimum(middle - left, middle - right), 0).mean())


@cache
def _kernels(angle: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Means along a line, and along the parallels BESIDE pixels to its left and right."""
    along = np.array([math.sin(math.radians(angle)), -math.cos(math.radians(angle))])
    across = np.array([-along[1], along[0]])
    return _line(along, 0 * across), _line(along, -BESIDE * across), _line(along, BESIDE * across)


def _line(along: np.ndarray, offset: np.ndarray) -> np.ndarray:
    side = LENGTH + 2 * BESIDE + 4
    kernel = np.zeros((side, side), np.float32)
    for step in np.linspace(-LENGTH / 2, LENGTH / 2, 4 * LENGTH):
        x, y = side // 2 + step * along + offset
        column, row = math.floor(x), math.floor(y)
        for right in (0, 1):
            for below in (0, 1):
                share = (1 - abs(x - column - right)) * (1 - abs(y - row - below))
                kernel[row + below, column + right] += share
    return kernel / kernel.sum()
