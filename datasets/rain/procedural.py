"""Procedural rain: layers of straight, anti-aliased streaks."""

import cv2
import numpy as np

SHADES = 8
SUBPIXEL_BITS = 4


def streak_layer(
    height: int,
    width: int,
    *,
    density: float,
    length: tuple[float, float],
    thickness: float,
    tilt: float,
    jitter: float,
    brightness: tuple[float, float],
    rng: np.random.Generator,
) -> np.ndarray:
    """Draws straight streaks at random places.

    Args:
        height, width: size of the layer in pixels.
        density: streak pixels drawn (length × thickness, summed) a pixel of the layer, before they overlap;
            anti-aliasing widens each streak by about half a pixel more.
        length: shortest and longest streak in pixels, drawn uniformly on a logarithmic scale.
        thickness: width of the streaks in pixels, at least 1; fractions by blurring.
        tilt: mean direction in degrees from the vertical, positive where the upper end lies to the right.
        jitter: standard deviation of the single streak's direction in degrees.
        brightness: lowest and highest value of a streak, 0…1.
        rng: source of everything random.

    Returns:
        (height, width) float32, 0…1.
    """
    margin = int(np.ceil(length[1] / 2 + thickness))
    canvas = np.zeros((height + 2 * margin, width + 2 * margin), np.uint8)
    mean_length = (length[1] - length[0]) / np.log(length[1] / length[0]) if length[1] > length[0] else length[0]
    count = rng.poisson(density * canvas.size / (mean_length * thickness))
    lengths = length[0] * (length[1] / length[0]) ** rng.random(count)
    angles = np.deg2rad(tilt + jitter * rng.standard_normal(count))
    centres = rng.random((count, 2)) * (canvas.shape[1], canvas.shape[0])
    half = 0.5 * lengths[:, None] * np.stack((np.sin(angles), -np.cos(angles)), 1)
    ends = np.rint(np.stack((centres - half, centres + half), 1) * 2**SUBPIXEL_BITS).astype(np.int32)
    drawn = max(1, int(thickness))
    for part, shade in zip(np.array_split(ends, SHADES), rng.permutation(np.linspace(*brightness, SHADES))):
        for group in (part[: len(part) // 2], part[len(part) // 2 :]):
            cv2.polylines(canvas, list(group), False, float(255 * shade), drawn, cv2.LINE_AA, SUBPIXEL_BITS)
    layer = canvas[margin : margin + height, margin : margin + width].astype(np.float32) / 255
    return cv2.GaussianBlur(layer, (0, 0), 0.3 + 0.5 * (thickness - drawn)) if thickness > drawn else layer
