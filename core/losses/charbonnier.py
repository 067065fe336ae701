"""Charbonnier loss: a smooth L1."""

import torch
from torch import Tensor


def charbonnier(derained: Tensor, clean: Tensor, epsilon: float = 1e-3) -> Tensor:
    """Mean of √((ỹ − y)² + ε²) (Charbonnier et al. 1994). Two tensors of one shape, values 0…1 -> scalar."""
    return torch.sqrt((derained - clean).square() + epsilon**2).mean()
