"""Faint streaks that are left before smooth places of a derained real photo: its pseudo-label goes without them."""

import cv2
import numpy as np

from core.metrics.real_rain import LARGEST_TILT, Regions, find_regions

FINE_SIGMA = 3.0
"""Streaks left are finer than this, pixels; what is coarser, such as people out of focus, is the scene."""
ALONG_SIGMA = 5.0
"""They go on along the rain for about this long, pixels; grain does not."""
LARGEST = 6.0
"""At most so much is taken, grey levels: what stands out more may be a post or a branch."""
MARGIN = 9
"""Side of the window that must be smooth and rainy all over, pixels."""
FEATHER = 3.0
"""Blur of the border of what is cleaned, pixels."""
DIRECTIONS = 17
"""Between the largest tilts to either side."""


def without_residual_streaks(photo: np.ndarray, derained: np.ndarray) -> np.ndarray:
    """The derained photo without fine detail along the rain's direction, wherever the photo is smooth and rains.

    Where a scene is smooth all detail is rain (as for the rain layers of `datasets.rain.transplant`); what goes on
    along the direction that the rainy photo's detail has there is taken out, grain stays.

    photo, derained: (H, W, 3) uint8 -> the same.
    """
    regions = find_regions(photo)
    image = derained.astype(np.float32)
    left = _along_the_rain(image - cv2.GaussianBlur(image, (0, 0), FINE_SIGMA), regions)
    inside = cv2.erode(regions.rain.astype(np.float32), np.ones((MARGIN, MARGIN)))
    share = cv2.GaussianBlur(inside, (0, 0), FEATHER)[..., None]
    return np.clip(np.rint(image - share * np.clip(left, -LARGEST, LARGEST)), 0, 255).astype(np.uint8)


def _along_the_rain(detail: np.ndarray, regions: Regions) -> np.ndarray:
    """Means of the detail (H, W, 3) along the direction of the streaks at each pixel."""
    tilts = np.linspace(-LARGEST_TILT, LARGEST_TILT, DIRECTIONS)
    tilt = np.degrees(0.5 * np.arctan2(regions.sin, regions.cos))
    nearest = np.clip(np.rint((tilt - tilts[0]) / (tilts[1] - tilts[0])), 0, DIRECTIONS - 1)
    along = np.empty_like(detail)
    for index, degrees in enumerate(tilts):
        here = nearest == index
        along[here] = cv2.filter2D(detail, -1, _line(degrees))[here]
    return along


def _line(degrees: float) -> np.ndarray:
    """A Gaussian along a line, that many degrees clockwise from the vertical, sum 1."""
    size = 2 * round(3 * ALONG_SIGMA) + 1
    line = np.zeros((size, size), np.float32)
    line[:, size // 2] = cv2.getGaussianKernel(size, ALONG_SIGMA)[:, 0]
    turned = cv2.warpAffine(line, cv2.getRotationMatrix2D((size // 2, size // 2), -degrees, 1), (size, size))
    return turned / turned.sum()
