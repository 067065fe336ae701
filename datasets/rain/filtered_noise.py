"""Photoshop's rain: grains of noise, drawn out by motion blur, and levels that make streaks of the brightest."""

import cv2
import numpy as np


def noise_layer(
    height: int,
    width: int,
    *,
    coarseness: float,
    length: float,
    tilt: float,
    black: float,
    white: float,
    brightness: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Adds noise, blurs it along one direction, and stretches its brightest part, as the usual recipe for rain does.

    Args:
        height, width: size of the layer in pixels.
        coarseness: size of the noise's grains in pixels, at least 1: the streaks' width.
        length: of the motion blur in pixels.
        tilt: direction in degrees from the vertical, positive where the upper end lies to the right.
        black: share of the pixels, 0…1, that the levels turn black.
        white: share of the pixels, 0…1, that they turn white; smaller shares leave softer streaks.
        brightness: value of white, 0…1.
        rng: source of everything random.

    Returns:
        (height, width) float32, 0…1.
    """
    margin = int(np.ceil(length / 2)) + 1
    tall, wide = height + 2 * margin, width + 2 * margin
    grains = rng.standard_normal((int(np.ceil(tall / coarseness)), int(np.ceil(wide / coarseness))), np.float32)
    noise = np.maximum(grains, 0)
    if coarseness > 1:
        noise = cv2.resize(noise, (wide, tall), interpolation=cv2.INTER_CUBIC)
    blurred = cv2.filter2D(noise, -1, line_kernel(length, tilt))[margin : margin + height, margin : margin + width]
    low, high = np.quantile(blurred, (black, 1 - white))
    stretched = (blurred - low) / max(high - low, 1e-6)
    return (brightness * np.clip(stretched, 0, 1)).astype(np.float32)


def line_kernel(length: float, tilt: float) -> np.ndarray:
    """A straight, anti-aliased line of this length (pixels) and tilt (degrees from the vertical) -> (K, K), sum 1."""
    half = int(np.ceil(length / 2))
    kernel = np.zeros((2 * half + 1, 2 * half + 1), np.uint8)
    reach = 0.5 * max(length - 1, 0) * np.array((np.sin(np.deg2rad(tilt)), -np.cos(np.deg2rad(tilt))))
    ends = np.rint((np.array((half, half)) + np.stack((reach, -reach))) * 16).astype(np.int32)
    cv2.line(kernel, ends[0].tolist(), ends[1].tolist(), 255, 1, cv2.LINE_AA, 4)
    return kernel.astype(np.float32) / kernel.sum(dtype=np.float32)
