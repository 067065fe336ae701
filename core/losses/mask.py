"""Mask loss: every step's rain mask against the rain layer's magnitude."""

from collections.abc import Sequence

from torch import Tensor

ROOT_EPSILON = 1e-5
"""Keeps the root's gradient finite at 0."""


def rain_magnitude(rainy: Tensor, clean: Tensor) -> Tensor:
    """|x − y| averaged over the channels: what the mask is supervised with. Two (B, 3, H, W) -> (B, 1, H, W), 0…1."""
    return (rainy - clean).abs().mean(1, keepdim=True)


def mask_loss(masks: Sequence[Tensor], rainy: Tensor, clean: Tensor, decay: float = 0.8, floor: float = 0.05) -> Tensor:
    """Squared error of every step's mask in the square root's domain, relative to the rain that there is.

    For one image and step it is mean (√m_t − √|x − y|)² over mean |x − y| + floor. The root lifts faint rain (10 of 255
    becomes 0.2) and the sigmoid's small gradients near 0; an empty mask costs about 1 in faint and in heavy rain alike;
    `floor` bounds the loss where there is next to no rain. The steps t = 1…T are averaged with weights decay^(T − t)
    (as in Qian et al. 2018, eq. 5).

    masks: T tensors (B, 1, H, W), 0…1; rainy and clean (B, 3, H, W), 0…1 -> scalar.
    """
    target = rain_magnitude(rainy, clean)
    root, scale = target.sqrt(), target.mean((1, 2, 3)) + floor
    weights = [decay ** (len(masks) - step) for step in range(1, len(masks) + 1)]
    errors = [(((mask + ROOT_EPSILON).sqrt() - root).square().mean((1, 2, 3)) / scale).mean() for mask in masks]
    return sum((weight * error for weight, error in zip(weights, errors)), target.new_zeros(())) / sum(weights)
