"""What a network costs: parameters, multiply-adds a pixel; and what the machine can do: its convolution peak."""

import time

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

PEAK_SHAPES = ((32, 160, 240), (64, 160, 240), (128, 80, 120))
"""Channels, height and width of the 3×3 convolutions whose fastest is the machine's peak."""


def count_parameters(network: nn.Module) -> int:
    """Number of learnt parameters."""
    return sum(parameter.numel() for parameter in network.parameters())


def count_multiply_adds(network: nn.Module, side: int = 192) -> float:
    """Multiply-adds a pixel of the convolutions, counted on a photo of `side` × `side` pixels by PyTorch's own counter.

    The counter gives two operations a multiply-add. Elementwise work is not counted.
    """
    parameter = next(network.parameters())
    counter = FlopCounterMode(display=False)
    with torch.no_grad(), counter:
        network(torch.zeros(1, 3, side, side, device=parameter.device))
    return counter.get_total_flops() / 2 / side**2


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
