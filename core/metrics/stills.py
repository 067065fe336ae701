"""A derained frame of a clip against the still scene behind the rain, where that can be trusted."""

import math

import numpy as np
from numpy.typing import NDArray

from core.metrics.average_precision import average_precision
from core.metrics.psnr import psnr
from core.metrics.ssim import WINDOW, similarity_map
from core.metrics.texture import texture_lost

VISIBLE = 10.0
"""A pixel is rainy where |x − median|, averaged over the channels, is more than this, in 0…255."""


def is_rainy(frame: np.ndarray, median: np.ndarray) -> NDArray[np.bool_]:
    """Where rain lies in a frame, (H, W): |x − median| > 10/255, the mean over the channels. Both (H, W, 3) uint8."""
    return np.abs(frame.astype(np.float32) - median.astype(np.float32)).mean(axis=2) > VISIBLE


def still_precision(
    frame: np.ndarray, median: np.ndarray, trusted: NDArray[np.bool_], mask: NDArray[np.float32]
) -> float:
    """Average precision of a rain mask m, (H, W), for a frame's rainy pixels among the trusted ones; NaN without."""
    return average_precision(mask[trusted], is_rainy(frame, median)[trusted])


def measure_still(
    frame: np.ndarray, median: np.ndarray, trusted: NDArray[np.bool_], derained: np.ndarray
) -> dict[str, float]:
    """PSNR and SSIM (protocol rgb) over the trusted pixels, and the texture lost over those of them that are dry.

    Args:
        frame: x, (H, W, 3) uint8; its dry pixels are those where `is_rainy` does not hold.
        median, trusted: the scene behind the rain, (H, W, 3) uint8, and where it can be trusted, (H, W).
        derained: ỹ, (H, W, 3) uint8.

    Returns:
        {"psnr", "ssim", "texture"}; NaN where no pixel is trusted or too little texture is dry.

    Raises:
        ValueError: the shapes differ, or a side is shorter than SSIM's window.
    """
    similarity = similarity_map(median, derained).mean(axis=2)
    inner = trusted[WINDOW // 2 : -(WINDOW // 2), WINDOW // 2 : -(WINDOW // 2)]
    texture = texture_lost(median, derained, trusted & ~is_rainy(frame, median))
    return {
        "psnr": psnr(median[trusted], derained[trusted]) if trusted.any() else math.nan,
        "ssim": float(similarity[inner].mean()) if inner.any() else math.nan,
        "texture": math.nan if texture is None else texture,
    }
