"""Local features: they find cropped, squashed and mirrored copies, where whole-picture hashes no longer agree."""

from dataclasses import dataclass

import cv2
import numpy as np

from annotator.prescreen.working_copy import WorkingCopy

MOST_FEATURES = 400
_SIDE = 512
_LEAST_MATCHES = 8
_RATIO = 0.8
_TOLERANCE = 4.0
_MOST_SQUASHED = 3.0
_LEAST_AREA = 0.05


@dataclass(frozen=True)
class LocalFeatures:
    """SIFT features of a photo.

    Attributes:
        points: (n, 2) float32, x and y in pixels of a copy whose longest side is at most 512.
        descriptors: (n, 128) uint8, of length about 512 (square roots of SIFT's: RootSIFT).
        size: (width, height) of that copy.
    """

    points: np.ndarray
    descriptors: np.ndarray
    size: tuple[int, int]

    def mirrored(self) -> "LocalFeatures":
        """The features of the photo mirrored left to right, without looking at it again.

        A SIFT descriptor is 4 × 4 cells of 8 directions in a frame turned with the feature; mirroring reverses the
        cells across that frame's axis and the sense of the directions.
        """
        cells = self.descriptors.reshape(-1, 4, 4, 8)[:, ::-1][..., (-np.arange(8)) % 8]
        points = self.points.copy()
        points[:, 0] = self.size[0] - 1 - points[:, 0]
        return LocalFeatures(points, np.ascontiguousarray(cells).reshape(-1, 128), self.size)


NO_FEATURES = LocalFeatures(np.zeros((0, 2), np.float32), np.zeros((0, 128), np.uint8), (1, 1))
"""Of a photo that cannot be read: it is like no other."""


def find_features(copy: WorkingCopy) -> LocalFeatures:
    """The strongest features of a photo, at most MOST_FEATURES."""
    height, width = copy.grey.shape
    scale = min(1.0, _SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    grey = np.rint(cv2.resize(copy.grey, size, interpolation=cv2.INTER_AREA) * 255).astype(np.uint8)
    keypoints, found = cv2.SIFT.create(MOST_FEATURES).detectAndCompute(cv2.GaussianBlur(grey, (0, 0), 1.0), None)
    if found is None:
        return LocalFeatures(np.zeros((0, 2), np.float32), np.zeros((0, 128), np.uint8), size)
    order = np.argsort([-point.response for point in keypoints], kind="stable")[:MOST_FEATURES]
    points = np.array([keypoints[n].pt for n in order], np.float32)
    return LocalFeatures(points, _root(found[order]), size)


def count_agreeing(first: LocalFeatures, second: LocalFeatures) -> int:
    """Number of features that one affine map takes from the first photo to the second; 0 where there is no such map.

    The map may scale and squash, but not turn the picture inside out or flatten it, and the features have to lie over
    a part of one photo, not over a logo only.
    """
    pairs = _matches(first.descriptors, second.descriptors)
    if len(pairs) < _LEAST_MATCHES:
        return 0
    start, end = first.points[pairs[:, 0]], second.points[pairs[:, 1]]
    affine, inside = cv2.estimateAffine2D(start, end, ransacReprojThreshold=_TOLERANCE, maxIters=2000, confidence=0.999)
    if affine is None or np.linalg.det(affine[:, :2]) <= 0:
        return 0
    large, small = np.linalg.svd(affine[:, :2], compute_uv=False)
    if large > _MOST_SQUASHED * small:
        return 0
    kept = inside[:, 0].astype(bool)
    if max(_share(start[kept], first.size), _share(end[kept], second.size)) < _LEAST_AREA:
        return 0
    return int(kept.sum())


def _root(descriptors: np.ndarray) -> np.ndarray:
    """RootSIFT (Arandjelović and Zisserman, 2012) as bytes: square roots of shares, times 512."""
    shares = descriptors / np.maximum(descriptors.sum(1, keepdims=True), 1e-9)
    return np.clip(np.rint(512 * np.sqrt(shares)), 0, 255).astype(np.uint8)


def _matches(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Mutual nearest neighbours that are clearly nearer than the second nearest: (n, 2) indices."""
    if min(len(first), len(second)) < _LEAST_MATCHES:
        return np.zeros((0, 2), np.intp)
    a, b = first.astype(np.float32), second.astype(np.float32)
    squared = (a * a).sum(1)[:, None] + (b * b).sum(1)[None] - 2 * a @ b.T
    nearest = squared.argmin(1)
    two = np.partition(squared, 1, axis=1)[:, :2]
    clear = two[:, 0] < _RATIO**2 * two[:, 1]
    mutual = squared.argmin(0)[nearest] == np.arange(len(a))
    rows = np.flatnonzero(clear & mutual)
    return np.stack((rows, nearest[rows]), 1)


def _share(points: np.ndarray, size: tuple[int, int]) -> float:
    """Area of the points' convex hull as a share of the picture's."""
    if len(points) < 3:
        return 0.0
    return float(cv2.contourArea(cv2.convexHull(points))) / max(1, size[0] * size[1])
