"""Geometric self-ensemble (Timofte et al. 2016): the mean over an image's mirror images, each mirrored back."""

import torch
from torch import Tensor

from core.inference.engine import Engine
from core.networks import Derained
from core.networks.semi_deraingan import pad_to_multiple

MIRRORED = ((), (3,), (2,), (2, 3))
"""Axes of (B, C, H, W) that are flipped. Without the transposes of the source: rain does not fall sideways."""


def self_ensemble(model: Engine, x: Tensor, generator: str) -> Derained:
    """What `model(x, generator)` gives, each part as the mean over the four mirror images of x, (B, 3, H, W), 0…1.

    x is padded before it is mirrored, so that the model's sampling grid lies the same way in a tile as in the whole.
    """
    height, width = x.shape[-2:]
    padded = pad_to_multiple(x, model.stride)
    results = []
    for axes in MIRRORED:
        derained, _, masks = model(padded.flip(axes), generator)
        results.append([part.float().flip(axes)[..., :height, :width] for part in (derained, *masks)])
    image, *means = (torch.stack(parts).mean(0) for parts in zip(*results))
    return Derained(image, means[-1], tuple(means))
