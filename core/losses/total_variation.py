"""Total variation loss of derained real photos (paper, eq. (12))."""

import torch
from torch import Tensor

REDUCTIONS = ("sum", "mean")


def total_variation(derained: Tensor, reduction: str = "sum", weight: Tensor | None = None) -> Tensor:
    """L_tv = TV(ỹ_r), eq. (12): absolute differences of neighbours, down and across (Rudin et al. 1992, anisotropic).

    With a `weight` (B, 1, H, W), 0…1, each difference counts as much as the lesser of its two pixels' weights.

    "sum": of all differences of an image, averaged over the batch: the definition, which grows with the patch;
    "mean": mean of the differences down plus mean of those across: independent of the size; 1/29,700 of the sum
    for 100×100 pixels of three channels.

    derained: (B, C, H, W), 0…1, H and W at least 2 -> scalar. Half precision is summed in float32.

    Raises:
        ValueError: another shape, or an unknown reduction.
    """
    if reduction not in REDUCTIONS:
        raise ValueError(f"Total variation is reduced by {' or '.join(REDUCTIONS)}, not {reduction!r}.")
    if derained.ndim != 4 or min(derained.shape[-2:]) < 2:
        raise ValueError(f"Total variation takes (B, C, H, W) of at least 2×2 pixels, not {tuple(derained.shape)}.")
    if derained.element_size() < 4:
        derained = derained.float()
    down = (derained[..., 1:, :] - derained[..., :-1, :]).abs()
    across = (derained[..., :, 1:] - derained[..., :, :-1]).abs()
    if weight is not None:
        down = down * torch.minimum(weight[..., 1:, :], weight[..., :-1, :])
        across = across * torch.minimum(weight[..., :, 1:], weight[..., :, :-1])
    if reduction == "mean":
        return down.mean() + across.mean()
    return (down.sum() + across.sum()) / len(derained)
