"""The guided filter of a photo by itself (He et al., Guided Image Filtering, TPAMI 2013): DDN's detail is the rest."""

import torch
from torch.nn import functional as F


def guided_filter(x: torch.Tensor, radius: int, epsilon: float) -> torch.Tensor:
    """Smooths each channel of a photo with itself as guide, keeping edges whose variance is above `epsilon`.

    q = mean(a) x + mean(b), a = var(x) / (var(x) + ε), b = (1 - a) mean(x); means and variances over windows of
    (2 radius + 1)² pixels, at the borders over what of the window lies inside the photo.

    Args:
        x: (B, C, H, W), values 0…1.
        radius: in pixels.
        epsilon: in squares of the values.
    """
    mean = box_mean(x, radius)
    variance = box_mean(x * x, radius) - mean * mean
    a = variance / (variance + epsilon)
    b = mean - a * mean
    return box_mean(a, radius) * x + box_mean(b, radius)


def box_mean(x: torch.Tensor, radius: int) -> torch.Tensor:
    """Mean of (B, C, H, W) over a window of (2 radius + 1)² round each pixel, as far as it lies inside the photo."""
    side = 2 * radius + 1
    rows = F.avg_pool2d(x, (side, 1), stride=1, padding=(radius, 0), count_include_pad=False)
    return F.avg_pool2d(rows, (1, side), stride=1, padding=(0, radius), count_include_pad=False)
