"""What a method loses of leaves, railings and all other detail where no rain lies: docs/real-rain.md tells why so."""

import numpy as np
from numpy.typing import NDArray

SIDE = 16
"""Detail is compared square by square of this side, pixels, so that faint leaves count as much as a roof's edge."""
FAINTEST = 3.0
"""Least root mean square of a square's gradient, grey levels a pixel: less is noise."""
LEAST_PART = 0.5
"""Share of a square that must be known to be dry for it to count."""
COHERENCE = 0.5
"""In a rainy photo squares count whose gradient has less of one direction than this, 0…1: leaves, not streaks."""
FEWEST = 4
"""A photo with fewer such squares has no figure."""


def texture_lost(dry: NDArray, derained: NDArray, where: NDArray[np.bool_] | None = None) -> float | None:
    """Share of the detail of a picture known to be dry that a derained one lacks; None where it has too little of it.

    In every square of `SIDE` pixels with detail, 1 − Σ∇y·∇ỹ / Σ|∇y|², 0…1; then the mean over the squares.

    Args:
        dry: what the derained image should show: a photo without rain, or the still scene of a clip, (H, W, 3), 0…255.
        derained: of that shape, any number type.
        where: the pixels that are dry in the photo that was derained, (H, W); None for all.

    Raises:
        ValueError: the shapes differ.
    """
    before, after = _gradients(dry, derained)
    parts = np.ones(before.shape[1:], np.float32) if where is None else where.astype(np.float32)
    whole = _sums((before**2).sum(0) * parts)
    kept = _sums((before * after).sum(0) * parts)
    counted = _sums(parts)
    chosen = (counted >= LEAST_PART * SIDE**2) & (whole > FAINTEST**2 * counted)
    return _mean_lost(kept, whole, chosen)


def texture_lost_in_rain(photo: NDArray, derained: NDArray) -> float | None:
    """The same for a rainy photo, where nobody knows which pixel is dry; None where it has too little such detail.

    Squares count whose detail has no direction, as leaves and gravel have none, and of their gradient only what lies in
    its lesser direction, across which streaks hardly reach. Railings cannot be told from rain here.

    photo, derained: (H, W, 3), 0…255, any number type.

    Raises:
        ValueError: the shapes differ.
    """
    (across, down), (across_after, down_after) = _gradients(photo, derained)
    xx, yy, xy = _sums(across**2), _sums(down**2), _sums(across * down)
    difference = np.hypot(xx - yy, 2 * xy)
    angle = 0.5 * np.arctan2(2 * xy, xx - yy) + np.pi / 2
    cos, sin = np.cos(angle), np.sin(angle)
    whole = xx * cos**2 + yy * sin**2 + 2 * xy * cos * sin
    mixed = _sums(across * down_after + down * across_after)
    kept = _sums(across * across_after) * cos**2 + _sums(down * down_after) * sin**2 + mixed * cos * sin
    chosen = (difference < COHERENCE * (xx + yy)) & (whole > FAINTEST**2 / 2 * SIDE**2)
    return _mean_lost(kept, whole, chosen)


def _gradients(before: NDArray, after: NDArray) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(across, down) of both pictures' grey, (2, H, W) each."""
    import cv2

    if before.shape != after.shape:
        raise ValueError(f"A derained photo has its photo's shape {before.shape}, not {after.shape}.")
    found = []
    for picture in (before, after):
        grey = cv2.cvtColor(np.asarray(picture, np.float32), cv2.COLOR_RGB2GRAY)
        across, down = (cv2.Sobel(grey, cv2.CV_32F, *axis, ksize=1, scale=0.5) for axis in ((1, 0), (0, 1)))
        found.append(np.stack((across, down)).astype(np.float32))
    return found[0], found[1]


def _sums(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """(H, W) -> sums over squares, (H // SIDE, W // SIDE); what is left over at the right and below is left out."""
    height, width = (length // SIDE for length in values.shape)
    squares = values[: height * SIDE, : width * SIDE].reshape(height, SIDE, width, SIDE)
    return squares.sum((1, 3), dtype=np.float32)


def _mean_lost(kept: NDArray, whole: NDArray, chosen: NDArray[np.bool_]) -> float | None:
    if np.count_nonzero(chosen) < FEWEST:
        return None
    return float(np.clip(1 - kept[chosen] / whole[chosen], 0, 1).mean(dtype=np.float64))
