"""Lays one frame of a clip over another: features that both show, and the homography that most of them agree on."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH = 640
"""Features are sought in frames that are shrunk to this width, pixels: finer ones are mostly rain and noise."""
COUNT = 2000
"""Most features of a frame."""
CONTRAST = 0.02
"""SIFT's contrast threshold: low, as wet scenes are dull."""
FARTHEST = 0.25
"""Largest move of a feature from frame to frame, as a share of the width."""
TOLERANCE = 1.0
"""Largest distance of a feature from where the homography puts it, pixels of the shrunk frame."""
FEWEST = 20
"""Features that must agree on the homography …"""
LEAST_SHARE = 0.12
"""… and share of all that seem to be in both frames."""


class Features(NamedTuple):
    """Points of a frame, (N, 2) float32 in its own pixels (x, y), and their SIFT descriptors, (N, 128) float32."""

    points: NDArray[np.float32]
    descriptors: NDArray[np.float32]


def find_features(frame: np.ndarray) -> Features:
    """The features of a frame, (H, W, 3) uint8."""
    grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
    scale = min(1.0, WIDTH / frame.shape[1])
    if scale < 1:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    found, descriptors = cv2.SIFT_create(  # type: ignore[attr-defined]
        COUNT, contrastThreshold=CONTRAST
    ).detectAndCompute(grey, None)
    if descriptors is None:
        return Features(np.empty((0, 2), np.float32), np.empty((0, 128), np.float32))
    points = np.array([feature.pt for feature in found], np.float32)
    return Features((points + 0.5) / np.float32(scale) - 0.5, np.asarray(descriptors, np.float32))


def find_homography(onto: Features, other: Features, width: int) -> np.ndarray | None:
    """The homography from places of one frame to those of another, (3, 3); None where too few features agree on one.

    Captions stay where they are while the scene moves: the homography is that of the larger number of features.
    """
    if min(len(onto.points), len(other.points)) < FEWEST:
        return None
    matches = cv2.BFMatcher(cv2.NORM_L2, crossCheck=True).match(onto.descriptors, other.descriptors)
    here = onto.points[[match.queryIdx for match in matches]]
    there = other.points[[match.trainIdx for match in matches]]
    near = np.linalg.norm(here - there, axis=1) < FARTHEST * width
    here, there = here[near], there[near]
    if len(here) < FEWEST:
        return None
    tolerance = TOLERANCE * max(1.0, width / WIDTH)
    homography, agreeing = cv2.findHomography(here, there, cv2.USAC_MAGSAC, tolerance)
    if homography is None or np.count_nonzero(agreeing) < max(FEWEST, LEAST_SHARE * len(matches)):
        return None
    kept = agreeing.ravel().astype(bool)
    return cv2.findHomography(here[kept], there[kept], 0)[0]


def lay_over(frame: np.ndarray, homography: np.ndarray) -> tuple[np.ndarray, NDArray[np.bool_]]:
    """A frame (H, W, 3) uint8 as seen from where the homography starts, and where it has something to show, (H, W)."""
    size = frame.shape[1], frame.shape[0]
    flags = cv2.WARP_INVERSE_MAP
    laid = cv2.warpPerspective(frame, homography, size, flags=flags | cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    inside = cv2.warpPerspective(
        np.ones(frame.shape[:2], np.uint8),
        homography,
        size,
        flags=flags | cv2.INTER_NEAREST,
        borderMode=cv2.BORDER_CONSTANT,
    )
    return laid, inside.astype(bool)
