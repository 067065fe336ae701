"""Peak signal-to-noise ratio."""

import math

import numpy as np


def psnr(reference: np.ndarray, picture: np.ndarray, peak: float = 255.0) -> float:
    """10 log10(peak² / mean squared difference), in dB; infinite for equal pictures.

    Args:
        reference, picture: any equal shape, values 0…peak; the mean is over all values, channels included.

    Raises:
        ValueError: the shapes differ.
    """
    if reference.shape != picture.shape:
        raise ValueError(f"PSNR needs two pictures of one shape, got {reference.shape} and {picture.shape}.")
    error = float(np.mean(np.square(reference.astype(np.float64) - picture.astype(np.float64))))
    return math.inf if error == 0.0 else 10.0 * math.log10(peak * peak / error)
