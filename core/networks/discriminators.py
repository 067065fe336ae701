"""The discriminators: D_s and D_r over three scales, and the paired D_p (paper, section 3.1 (3))."""

import itertools
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

SLOPE = 0.01
"""LeakyReLU's slope below zero."""


class MultiScaleDiscriminator(nn.Module):
    """D_s or D_r (as DRIT's, Lee et al. 2018): at each scale five convolution layers that end in a map of logits.

    Four 4×4 convolutions of stride 2 (width → 8·width), each with LeakyReLU, then 1×1 to one channel; the image is
    halved between the scales by the mean of 3×3 pixels. Padding by reflection. No layer is normalised. The sigmoid is
    left to the loss. 2.76 million parameters a scale at width 64.

    Args:
        width: channels after the first convolution.
        scales: number of scales, the first at full resolution.
    """

    def __init__(self, width: int = 64, scales: int = 3) -> None:
        super().__init__()
        widths = [3, width, 2 * width, 4 * width, 8 * width]
        self.scales = nn.ModuleList(_layers(widths, kernel=4) for _ in range(scales))
        self.least_side = 15 * 2 ** (scales - 1) + 1
        self.apply(_start)

    def forward(self, image: Tensor) -> list[Tensor]:
        """Image (B, 3, H, W), 0…1, sides of at least `least_side` (61 for three scales) -> logits, one map a scale.

        The map of scale s (0, 1, …) is (B, 1, h, w), where h is H halved s times, rounded up, then four times, rounded
        down: 6×6, 3×3 and 1×1 for 100×100 pixels. Positive logits say "a real clean image".

        Raises:
            ValueError: another number of channels, or a side is shorter than `least_side`.
        """
        x = _checked(image, 3, self.least_side)
        logits = []
        for number, layers in enumerate(self.scales):
            if number:
                x = F.avg_pool2d(x, 3, stride=2, padding=1, count_include_pad=False)
            logits.append(layers(x))
        return logits


class PairedDiscriminator(nn.Module):
    """D_p, after the paired discriminator of LADN (Gu et al. 2019): does this derained image belong to this rainy one?

    Six 3×3 convolutions of stride 2 (width → 32·width) on [x, ỹ], each with LeakyReLU, then 1×1 to one channel; every
    layer has spectral normalisation (Miyato et al. 2018), which takes one step of its power iteration in each forward
    pass in training mode. Padding by reflection. 25.2 million parameters at LADN's width 64.

    Args:
        width: channels after the first convolution.
    """

    least_side = 33

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.layers = _layers([6, *(width * 2**level for level in range(6))], kernel=3)
        self.apply(_start)
        for layer in self.layers:
            if isinstance(layer, nn.Conv2d):
                spectral_norm(layer)

    def forward(self, rainy: Tensor, derained: Tensor) -> list[Tensor]:
        """Rainy image x and derained or clean image (B, 3, H, W), 0…1, sides of at least 33 -> [logits (B, 1, h, w)].

        h is H over 64, rounded up: 2 for 100 pixels. A list of one, so that the adversarial losses take it as they take
        the scales of D_s. Positive logits say "x with its real clean image".

        Raises:
            ValueError: two shapes, another number of channels, or a side shorter than 33.
        """
        if rainy.shape != derained.shape:
            raise ValueError(f"A pair has one shape, not {tuple(rainy.shape)} and {tuple(derained.shape)}.")
        return [self.layers(_checked(torch.cat((rainy, derained), 1), 6, self.least_side))]


def _layers(widths: list[int], kernel: int) -> nn.Sequential:
    """Convolutions of stride 2 from width to width, each with LeakyReLU; then 1×1 to one channel."""
    layers: list[nn.Module] = []
    for before, after in itertools.pairwise(widths):
        layers.append(nn.Conv2d(before, after, kernel, stride=2, padding=1, padding_mode="reflect"))
        layers.append(nn.LeakyReLU(SLOPE))
    return nn.Sequential(*layers, nn.Conv2d(widths[-1], 1, 1))


def _start(module: nn.Module) -> None:
    """Weights whose layers keep the spread of what goes through them (He et al. 2015), at any width."""
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, SLOPE)
        nn.init.zeros_(cast(Tensor, module.bias))


def _checked(image: Tensor, channels: int, least: int) -> Tensor:
    """The image in −1…1."""
    if image.ndim != 4 or image.shape[1] != channels or min(image.shape[-2:]) < least:
        raise ValueError(
            f"This discriminator takes (B, {channels}, H, W) with sides of at least {least}, not {tuple(image.shape)}."
        )
    return 2 * image - 1
