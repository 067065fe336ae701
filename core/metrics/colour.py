"""From RGB to the one plane that a protocol measures: MATLAB's Y, and full-range grey."""

import numpy as np


def matlab_y(rgb: np.ndarray) -> np.ndarray:
    """Y of MATLAB's `rgb2ycbcr`: 16 + (65.481 R + 128.553 G + 24.966 B) / 255, not rounded (ITU-R BT.601).

    Args:
        rgb: (H, W, 3), values 0…255.

    Returns:
        (H, W) float64, values 16…235.
    """
    return 16.0 + rgb.astype(np.float64) @ np.array([65.481, 128.553, 24.966]) / 255.0


def full_range_grey(rgb: np.ndarray) -> np.ndarray:
    """Grey 0.299 R + 0.587 G + 0.114 B, not rounded: (Y - 16) * 255 / 219 of `matlab_y`.

    Args:
        rgb: (H, W, 3), values 0…255.

    Returns:
        (H, W) float64, values 0…255.
    """
    return rgb.astype(np.float64) @ np.array([0.299, 0.587, 0.114])
