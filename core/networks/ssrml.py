"""SSRML, the semi-supervised rain mask learner: rainy image in, one rain mask a step out (paper, eq. (2))."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.networks.blocks import ConvLSTM, ResidualUnit

FIRST_LOGIT = -2.0
"""Bias that the mask's last convolution starts from: most pixels hold no rain, so an untrained mask is dark (0.12)."""


class SSRML(nn.Module):
    """Recurrent rain mask learner: m = SSRML(x), eq. (2).

    Each step sees the rainy image and the mask of the step before (0.5 at first): convolution, residual units, LSTM,
    convolution to one channel, squashed to 0…1. The weights are the same at every step.

    Args:
        channels: width of the recurrence.
        steps: number of recurrent steps, at least 1.
        units: number of residual units in a step.
        downscale: 1 for the recurrence at full resolution (the paper), or r to run it on r×r pixel-unshuffled input,
            where nothing is lost and a step costs r² times less.
    """

    def __init__(self, channels: int = 32, steps: int = 4, units: int = 5, downscale: int = 1) -> None:
        super().__init__()
        if steps < 1:
            raise ValueError(f"SSRML needs at least one step, not {steps}.")
        self.steps = steps
        self.downscale = downscale
        self.head = nn.Conv2d(4 * downscale**2, channels, 3, padding=1)
        self.units = nn.Sequential(*(ResidualUnit(channels) for _ in range(units)))
        self.lstm = ConvLSTM(channels)
        self.tail = nn.Conv2d(channels, downscale**2, 3, padding=1)
        self.tail.bias = nn.Parameter(torch.full((downscale**2,), FIRST_LOGIT))

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """Rainy image (B, 3, H, W), 0…1, H and W multiples of `downscale` -> every step's mask (B, 1, H, W), 0…1."""
        rainy = F.pixel_unshuffle(x, self.downscale)
        mask = torch.full_like(rainy[:, : self.downscale**2], 0.5)
        state = None
        masks = []
        for _ in range(self.steps):
            features = F.relu(self.head(torch.cat((rainy, mask), 1)))
            state = self.lstm(self.units(features), state)
            mask = torch.sigmoid(self.tail(state[0]))
            masks.append(F.pixel_shuffle(mask, self.downscale))
        return tuple(masks)
