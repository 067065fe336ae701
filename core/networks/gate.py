"""The simple gate of NAFNet (Chen et al. 2022)."""

from typing import Any, cast

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable


def gated(x: Tensor) -> Tensor:
    """The product of the two halves of the channels, (B, 2·C, H, W) -> (B, C, H, W); differentiable once."""
    return cast(Tensor, _SimpleGate.apply(x))


class _SimpleGate(torch.autograd.Function):
    """PyTorch's own gradient would be put together from two halves, with further copies; here each half is written
    where it belongs.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        a, b = x.chunk(2, 1)
        return a * b

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        a, b = x.chunk(2, 1)
        both = torch.empty_like(x)
        first, second = both.chunk(2, 1)
        torch.mul(gradient, b, out=first)
        torch.mul(gradient, a, out=second)
        return both
