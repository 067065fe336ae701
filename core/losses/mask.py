"""Mask loss: every step's rain mask against the rain layer's magnitude."""

from collections.abc import Sequence

import torch
from torch import Tensor


def rain_magnitude(rainy: Tensor, clean: Tensor) -> Tensor:
    """|x − y| averaged over the channels: what the mask is supervised with. Two (B, 3, H, W) -> (B, 1, H, W), 0…1."""
    return (rainy - clean).abs().mean(1, keepdim=True)


def mask_loss(
    masks: Sequence[Tensor], rainy: Tensor, clean: Tensor, decay: float = 0.8, floor: float = 0.05
) -> Tensor:
    """Relative L1 of every step's mask: mean |m_t − |x − y|| over mean |x − y| + floor, for each image.

    Being relative, faint rain counts as much as heavy rain; `floor` bounds it where there is next to none. The steps
    t = 1…T are averaged with weights decay^(T − t) (as in Qian et al. 2018, eq. 5).

    masks: T tensors (B, 1, H, W), 0…1; rainy and clean (B, 3, H, W), 0…1 -> scalar.
    """
    target = rain_magnitude(rainy, clean)
    scale = target.mean((1, 2, 3)) + floor
    weights = [decay ** (len(masks) - step) for step in range(1, len(masks) + 1)]
    errors = torch.stack([((mask - target).abs().mean((1, 2, 3)) / scale).mean() for mask in masks])
    return (errors * errors.new_tensor(weights)).sum() / sum(weights)
