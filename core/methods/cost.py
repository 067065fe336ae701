"""What a network costs: parameters, and multiply-adds a pixel."""

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode


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
