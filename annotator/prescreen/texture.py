"""The directions of a photo's fine texture, from the structure tensor: rain makes smooth regions streaky."""

from dataclasses import dataclass

import cv2
import numpy as np

from annotator.prescreen.working_copy import WorkingCopy, patch_means

COHERENT = 0.2
"""A patch has a direction where the tensor's eigenvalues differ by at least this share of their sum."""

NEAR_VERTICAL = 30.0
"""Degrees from the vertical that streaks of rain rarely leave."""

_FINE, _COARSE = 0.7, 6.0
_SMALLEST = 1e-7


@dataclass(frozen=True)
class Texture:
    """Directions patch by patch, arrays (rows, columns) of working_copy.PATCH pixels.

    Attributes:
        energy: mean squared gradient of fine detail.
        coherence: 0 no direction … 1 all gradients parallel.
        angle: direction of the streaks in degrees from the vertical, above −90 and up to 90, positive where their upper
            ends lean to the right (/).
        roughness: mean gradient after blurring away what is as fine as rain: low in smooth regions.
    """

    energy: np.ndarray
    coherence: np.ndarray
    angle: np.ndarray
    roughness: np.ndarray

    @property
    def smooth(self) -> np.ndarray:
        """The smoother half of the patches, as a mask."""
        return self.roughness <= np.median(self.roughness)

    @property
    def streaky(self) -> np.ndarray:
        """Patches with a direction near the vertical, as a mask."""
        return (self.coherence > COHERENT) & (np.abs(self.angle) < NEAR_VERTICAL)

    @property
    def agreement(self) -> float:
        """How far smooth patches run in one direction, weighted by their coherence: 0 not at all … 1 all parallel."""
        weight = self.coherence[self.smooth]
        doubled = np.exp(2j * np.radians(self.angle[self.smooth]))
        return float(abs((weight * doubled).sum()) / max(float(weight.sum()), 1e-9))


def measure_texture(copy: WorkingCopy) -> Texture:
    """The structure tensor J of the grey copy, averaged over patches, as energy, coherence and direction."""
    fine = cv2.GaussianBlur(copy.grey, (0, 0), _FINE)
    gx, gy = _gradient(fine)
    xx, yy, xy = patch_means(gx * gx), patch_means(gy * gy), patch_means(gx * gy)
    energy = xx + yy
    coherence = np.hypot(xx - yy, 2 * xy) / (energy + _SMALLEST)
    angle = 0.5 * np.degrees(np.arctan2(2 * xy, xx - yy))
    coarse = np.hypot(*_gradient(cv2.GaussianBlur(copy.grey, (0, 0), _COARSE)))
    return Texture(energy, coherence, angle, patch_means(coarse))


def _gradient(grey: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return cv2.Scharr(grey, cv2.CV_32F, 1, 0) / 32, cv2.Scharr(grey, cv2.CV_32F, 0, 1) / 32
