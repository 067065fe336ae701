"""SSIM and the SSIM loss, differentiable (paper, eq. (8))."""

from functools import cache

import torch
from torch import Tensor


@cache
@torch.inference_mode(False)  # what is kept serves training too, and a CUDA graph for as long as that runs
def gaussian_filter(
    length: int, dtype: torch.dtype, device: torch.device, size: int = 11, sigma: float = 1.5
) -> Tensor:
    """The filter of eq. (8)'s window along one axis: a matrix (length − size + 1, length).

    On a CPU the product with such a matrix is twenty times as fast, forth and back, as convolving single channels.
    """
    distance = torch.arange(size, dtype=torch.float64) - (size - 1) / 2
    window = torch.exp(-distance.square() / (2 * sigma**2))
    rows = torch.arange(length - size + 1)[:, None]
    matrix = torch.zeros(len(rows), length, dtype=torch.float64)
    matrix.scatter_(1, rows + torch.arange(size), (window / window.sum()).expand(len(rows), size))
    return matrix.to(device, dtype)


def ssim(a: Tensor, b: Tensor) -> Tensor:
    """Structural similarity (Wang et al. 2004): 11×11 Gaussian window of σ 1.5, K1 = 0.01, K2 = 0.03.

    Two tensors (B, C, H, W), values 0…1, H and W at least 11 -> scalar, the mean over all windows that lie inside. It
    is taken in float32 or better, whatever autocast says: a variance is the small difference of two large numbers.

    Raises:
        ValueError: the shapes differ or are smaller than the window.
    """
    if a.shape != b.shape or min(a.shape[-2:]) < 11:
        raise ValueError(f"SSIM takes two equal shapes of at least 11×11, not {tuple(a.shape)} and {tuple(b.shape)}.")
    if a.element_size() < 4 or b.element_size() < 4:
        a, b = a.float(), b.float()
    with torch.autocast(a.device.type, enabled=False):
        moments = torch.stack((a, b, a * a, b * b, a * b))
        down, across = (gaussian_filter(length, a.dtype, a.device) for length in a.shape[-2:])
        moments = down @ (moments @ across.T)
    mean_a, mean_b, square_a, square_b, product = moments
    variance_a, variance_b = square_a - mean_a**2, square_b - mean_b**2
    covariance = product - mean_a * mean_b
    c1, c2 = 0.01**2, 0.03**2
    luminance = (2 * mean_a * mean_b + c1) / (mean_a**2 + mean_b**2 + c1)
    return (luminance * (2 * covariance + c2) / (variance_a + variance_b + c2)).mean()


def ssim_loss(derained: Tensor, clean: Tensor) -> Tensor:
    """L_ssim = −SSIM(y, ỹ), eq. (8). (B, C, H, W), values 0…1 -> scalar."""
    return -ssim(derained, clean)
