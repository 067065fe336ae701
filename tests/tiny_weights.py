"""Weights of tiny networks at random, always the same, for tests that need a network and not its quality."""

from pathlib import Path

import torch

from core.networks import SemiDerainGAN

SSRML = {"channels": 8, "steps": 2, "units": 1, "downscale": 2}


def plain_weights(folder: Path) -> Path:
    """One generator of plain blocks, saved into a folder."""
    torch.manual_seed(0)
    unet = {"width": 8, "encoder": [1, 1], "middle": 1, "decoder": [1, 1], "block": "plain", "downscale": 2}
    SemiDerainGAN(ssrml=SSRML, unet=unet).save_pretrained(folder)
    return folder


def gated_weights(folder: Path) -> Path:
    """Both generators of gated blocks, as those that ship: exported and run in moments, they pad and recur alike."""
    torch.manual_seed(0)
    unet = {"width": 16, "encoder": (1, 1), "middle": 1, "decoder": (1, 1), "block": "gated", "downscale": 2}
    model = SemiDerainGAN(ssrml=SSRML, unet=unet, generators=("gs", "gr"))
    for name, parameter in model.named_parameters():
        if "scale" in name:
            torch.nn.init.normal_(parameter, std=0.5)
    model.save_pretrained(folder)
    return folder
