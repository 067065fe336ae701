"""How much rain a method takes out of a real photo, without ground truth: docs/real-rain.md tells why like this."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DETAIL_SIGMA = 1.0
"""Scale of gradients, pixels."""
SCENE_SIGMA = 7.0
"""What is coarser than this is the scene."""
WINDOW_SIGMA = 8.0
"""Neighbourhood in which detail has one direction or not."""
FLATTEST = 2.0
"""Smooth is where the scene's slope is below this all around, as far as its scale reaches; grey levels a pixel."""
COHERENCE = 0.3
"""Least coherence of rain's detail, 0…1."""
FAINTEST = 0.5
"""Least root mean square of the detail's gradient, grey levels a pixel: less cannot be seen."""
LARGEST_TILT = 40.0
"""Largest tilt of rain from the vertical, degrees."""
EDGE_SIGMA = 2.5
"""Edges of the scene are sought at this scale, pixels …"""
EDGE_SHARE = 0.1
"""… where the steepest tenth of the photo lies."""
LEAST_AREA = 0.005
"""Share of the photo that must be smooth and rainy for there to be a figure."""
LOSS_WEIGHT = 3.0
"""What lost structure counts against removed rain."""


@dataclass(frozen=True)
class Regions:
    """Where to look, found in the rainy photo alone and so the same for every method.

    Attributes:
        rain: smooth places whose detail has one, near-vertical direction, (H, W) bool.
        cos, sin: direction across the streaks, twice its angle, (H, W) float32.
        edges: the scene's edges outside `rain`, (H, W) bool.
    """

    rain: NDArray[np.bool_]
    cos: NDArray[np.float32]
    sin: NDArray[np.float32]
    edges: NDArray[np.bool_]


@dataclass(frozen=True)
class RealRain:
    """What a method did to one real photo.

    Attributes:
        removed: share of the rain-like energy that is gone, at most 1; below 0 where there is more than before.
        lost: share of the gradient at the scene's edges that is gone, 0…1; 0 where there are no edges.
        score: removed − `LOSS_WEIGHT` · lost.
    """

    removed: float
    lost: float

    @property
    def score(self) -> float:
        """Removed rain less what it cost."""
        return self.removed - LOSS_WEIGHT * self.lost


def find_regions(photo: NDArray) -> Regions:
    """Smooth places with rain, and the scene's edges, of a rainy photo (H, W, 3), 0…255."""
    import cv2

    grey = _grey(photo)
    scene = cv2.GaussianBlur(grey, (0, 0), SCENE_SIGMA)
    across, down = _gradient(grey - scene, DETAIL_SIGMA)
    xx, yy, xy = (cv2.GaussianBlur(product, (0, 0), WINDOW_SIGMA) for product in (across**2, down**2, across * down))
    difference, size = np.hypot(xx - yy, 2 * xy), xx + yy + 1e-6
    cos, sin = (xx - yy) / (difference + 1e-6), 2 * xy / (difference + 1e-6)
    tilt = np.degrees(0.5 * np.abs(np.arctan2(sin, cos)))
    reach = 2 * round(2 * SCENE_SIGMA) + 1
    flat = cv2.dilate(np.hypot(*_gradient(scene, DETAIL_SIGMA)), np.ones((reach, reach))) < FLATTEST
    rain = flat & (size > FAINTEST**2) & (difference / size > COHERENCE) & (tilt < LARGEST_TILT)
    slope = np.hypot(*_gradient(grey, EDGE_SIGMA))
    return Regions(rain, cos, sin, (slope > np.quantile(slope, 1 - EDGE_SHARE)) & ~rain)


def measure_real_rain(photo: NDArray, derained: NDArray, regions: Regions | None = None) -> RealRain | None:
    """Compares a derained photo with the rainy one; None where the photo has too little rain over smooth ground.

    Rain-like energy is the gradient's energy across the streaks less that along them, summed over `Regions.rain`: noise
    and texture without direction cancel. Structure is what of the photo's gradient at the scene's edges is found again:
    Σ∇x·∇ỹ / Σ|∇x|².

    photo, derained: (H, W, 3), 0…255, any number type; regions: the photo's, where they are known.

    Raises:
        ValueError: the two differ in shape.
    """
    if photo.shape != derained.shape:
        raise ValueError(f"A derained photo has its photo's shape {photo.shape}, not {derained.shape}.")
    regions = regions or find_regions(photo)
    if regions.rain.mean() < LEAST_AREA:
        return None
    before, after = (_gradient(_grey(image), DETAIL_SIGMA) for image in (photo, derained))
    kept = sum(float((b * a)[regions.edges].sum()) for b, a in zip(before, after))
    whole = sum(float((b**2)[regions.edges].sum()) for b in before)
    return RealRain(
        removed=1 - _rain_energy(*after, regions) / _rain_energy(*before, regions),
        lost=float(np.clip(1 - kept / whole, 0, 1)) if whole else 0.0,
    )


def _rain_energy(across: NDArray, down: NDArray, regions: Regions) -> float:
    energy = (across**2 - down**2) * regions.cos + 2 * across * down * regions.sin
    return float(energy[regions.rain].sum())


def _grey(image: NDArray) -> NDArray[np.float32]:
    import cv2

    return cv2.cvtColor(np.asarray(image, np.float32), cv2.COLOR_RGB2GRAY).astype(np.float32)


def _gradient(image: NDArray, sigma: float) -> tuple[NDArray, NDArray]:
    """(across, down) of the image at a scale; 0 along a side of one pixel."""
    import cv2

    smooth = cv2.GaussianBlur(image, (0, 0), sigma)
    down, across = (
        np.gradient(smooth, axis=axis) if smooth.shape[axis] > 1 else np.zeros_like(smooth) for axis in (0, 1)
    )
    return across, down
