"""PSNR loss: what the PSNR of the result is measured by, as a loss."""

import torch
from torch import Tensor


def psnr_loss(derained: Tensor, clean: Tensor, floor: float = 1e-4) -> Tensor:
    """Mean over the images of ln(mean (ỹ − y)² + floor), as NAFNet is trained with (Chen et al. 2022).

    That is −PSNR in units of 4.34 dB. The logarithm weighs an image by how little is left to mend; `floor` (40 dB)
    bounds the weight of the best.

    (B, C, H, W), values 0…1 -> scalar.
    """
    return torch.log((derained - clean).square().mean((1, 2, 3)) + floor).mean()
