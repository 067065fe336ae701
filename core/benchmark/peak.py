"""What the machine can do: its convolution peak."""

import time

import torch
from torch.nn import functional as F

PEAK_SHAPES = ((32, 160, 240), (64, 160, 240), (128, 80, 120))
"""Channels, height and width of the 3×3 convolutions whose fastest is the machine's peak."""


def measure_peak(dtype: torch.dtype, seconds: float = 2.0) -> float:
    """Multiply-adds a second of the fastest 3×3 convolution of PEAK_SHAPES in channels_last.

    The best of all runs that fit into `seconds` counts.
    """
    best = 0.0
    for channels, height, width in PEAK_SHAPES:
        x = torch.randn(1, channels, height, width).to(dtype, memory_format=torch.channels_last)
        weight = torch.randn(channels, channels, 3, 3).to(dtype, memory_format=torch.channels_last)
        work = channels**2 * 9 * height * width
        deadline = time.perf_counter() + seconds / len(PEAK_SHAPES)
        with torch.inference_mode():
            F.conv2d(x, weight, padding=1)
            while True:
                start = time.perf_counter()
                F.conv2d(x, weight, padding=1)
                stop = time.perf_counter()
                best = max(best, work / (stop - start))
                if stop > deadline:
                    break
    return best
