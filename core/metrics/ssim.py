"""Structural similarity (Wang, Bovik, Sheikh and Simoncelli 2004) with an 11×11 Gaussian window, σ = 1.5."""

import numpy as np

WINDOW = 11
SIGMA = 1.5
K1, K2 = 0.01, 0.03


def ssim(reference: np.ndarray, picture: np.ndarray, peak: float = 255.0) -> float:
    """Mean SSIM over the pixels whose window lies inside the picture; channels are measured singly, then averaged.

    Per pixel (2 μx μy + C1)(2 σxy + C2) / ((μx² + μy² + C1)(σx² + σy² + C2)), C1 = (0.01 peak)², C2 = (0.03 peak)²,
    with weighted population variances. Equals scikit-image's `structural_similarity(…, gaussian_weights=True,
    sigma=1.5, use_sample_covariance=False, data_range=peak)`. Nothing is downscaled.

    Args:
        reference, picture: (H, W) or (H, W, C), one shape, values 0…peak.

    Raises:
        ValueError: the shapes differ, or a side is shorter than the window's 11 pixels.
    """
    return float(similarity_map(reference, picture, peak).mean())


def similarity_map(reference: np.ndarray, picture: np.ndarray, peak: float = 255.0) -> np.ndarray:
    """SSIM of every pixel whose window lies inside the picture: (H - 10, W - 10), or (H - 10, W - 10, C); see `ssim`.

    Raises:
        ValueError: as `ssim`.
    """
    if reference.shape != picture.shape:
        raise ValueError(f"SSIM needs two pictures of one shape, got {reference.shape} and {picture.shape}.")
    if reference.ndim not in (2, 3):
        raise ValueError(f"SSIM needs pictures of shape (H, W) or (H, W, C), got {reference.shape}.")
    height, width = reference.shape[:2]
    if min(height, width) < WINDOW:
        raise ValueError(f"SSIM needs at least {WINDOW}×{WINDOW} pixels, got {width}×{height}.")
    x = reference.astype(np.float64)
    y = picture.astype(np.float64)
    mean_x, mean_y = _blur(x), _blur(y)
    variance_x = _blur(x * x) - mean_x * mean_x
    variance_y = _blur(y * y) - mean_y * mean_y
    covariance = _blur(x * y) - mean_x * mean_y
    c1, c2 = (K1 * peak) ** 2, (K2 * peak) ** 2
    similarity = (2.0 * mean_x * mean_y + c1) * (2.0 * covariance + c2)
    similarity /= (mean_x * mean_x + mean_y * mean_y + c1) * (variance_x + variance_y + c2)
    return similarity


def _gaussian() -> np.ndarray:
    offsets = np.arange(WINDOW) - WINDOW // 2
    weights = np.exp(-0.5 * np.square(offsets / SIGMA))
    return weights / weights.sum()


def _blur(plane: np.ndarray) -> np.ndarray:
    """Gaussian-weighted means (H - 10, W - 10, …) of the windows that lie wholly inside (H, W, …)."""
    weights = _gaussian()
    rows = plane.shape[0] - WINDOW + 1
    columns = plane.shape[1] - WINDOW + 1
    vertical = sum(weight * plane[i : i + rows] for i, weight in enumerate(weights))
    return np.asarray(sum(weight * vertical[:, i : i + columns] for i, weight in enumerate(weights)))
