"""Charbonnier loss: a smooth L1."""

import torch
from torch import Tensor

from core.losses.mask import rain_magnitude

VISIBLE = 2 / 255
"""Less rain than this cannot be seen, 0…1."""


def charbonnier(derained: Tensor, clean: Tensor, epsilon: float = 1e-3) -> Tensor:
    """Mean of √((ỹ − y)² + ε²) (Charbonnier et al. 1994). Two tensors of one shape, values 0…1 -> scalar."""
    return torch.sqrt((derained - clean).square() + epsilon**2).mean()


def charbonnier_in_rain(derained: Tensor, clean: Tensor, rainy: Tensor, epsilon: float = 1e-3) -> Tensor:
    """What of the Charbonnier loss lies where the rain |x − y|, the mean over the channels, is above `VISIBLE`.

    Added to the loss of all pixels it makes rain that is left cost more than what is taken that is no rain, so that a
    network that is not sure takes it. Three (B, 3, H, W), 0…1 -> scalar, at most that loss.
    """
    rains = rain_magnitude(rainy, clean) > VISIBLE
    return (torch.sqrt((derained - clean).square() + epsilon**2) * rains).mean()
