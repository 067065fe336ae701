"""The building blocks of both networks: residual units, gated blocks, convolutional LSTM."""

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class ResidualUnit(nn.Module):
    """Conv-ReLU-Conv-ReLU with a skip, the unit of the rain mask learner (paper, section 3.1 (1)).

    (B, channels, H, W) -> the same shape.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return x + F.relu(self.conv2(F.relu(self.conv1(x))))


class ConvLSTM(nn.Module):
    """One convolutional LSTM cell (Shi et al. 2015, without peepholes).

    Input (B, channels, H, W) and the state (hidden, cell) of the same shape, or None at first -> the new state.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gates = nn.Conv2d(2 * channels, 4 * channels, 3, padding=1)

    def forward(self, x: Tensor, state: tuple[Tensor, Tensor] | None) -> tuple[Tensor, Tensor]:
        # tanh(g) = 2 σ(2g) − 1, so that one σ serves all gates: on a CPU four times as fast as gate by gate
        channels = x.shape[1]
        weight, bias = self.gates.weight, cast(Tensor, self.gates.bias)
        weight = torch.cat((weight[: 3 * channels], 2 * weight[3 * channels :]))
        bias = torch.cat((bias[: 3 * channels], 2 * bias[3 * channels :]))
        if state is None:  # the state is zero: half of the convolution and the forget gate have nothing to do
            i, _, o, g = torch.sigmoid(F.conv2d(x, weight[:, :channels], bias, padding=1)).chunk(4, 1)
            cell = i * (2 * g - 1)
        else:
            i, f, o, g = torch.sigmoid(F.conv2d(torch.cat((x, state[0]), 1), weight, bias, padding=1)).chunk(4, 1)
            cell = f * state[1] + i * (2 * g - 1)
        return o * torch.tanh(cell), cell


class ChannelNorm(nn.Module):
    """Layer normalisation over the channels of each pixel; free of copies on channels_last input.

    (B, channels, H, W) -> the same shape.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        normed = F.layer_norm(x.permute(0, 2, 3, 1), self.weight.shape, self.weight, self.bias, 1e-6)
        return normed.permute(0, 3, 1, 2)


class Pointwise(nn.Conv2d):
    """1×1 convolution as a matrix product: for a single image several times as fast as PyTorch's convolution on a CPU.

    (B, channels, H, W) -> (B, out_channels, H, W); free of copies on channels_last input.
    """

    def __init__(self, channels: int, out_channels: int) -> None:
        super().__init__(channels, out_channels, 1)
        self.bias: nn.Parameter

    def forward(self, x: Tensor, scale: Tensor | None = None) -> Tensor:
        """x -> convolved; times `scale` (1, out_channels, 1, 1) where given, which goes into the weights."""
        weight: Tensor = self.weight.flatten(1)
        bias: Tensor = self.bias
        if scale is not None:
            weight, bias = scale.view(-1, 1) * weight, scale.flatten() * bias
        return F.linear(x.permute(0, 2, 3, 1), weight, bias).permute(0, 3, 1, 2)


class GatedBlock(nn.Module):
    """NAFNet's block (Chen et al. 2022) without its global channel attention, so that tiles agree with the whole.

    Each half is normalised, widened to twice the channels, halved again by multiplying the two halves (the simple
    gate), projected, scaled by a learnt weight per channel that starts at zero, and added.
    (B, channels, H, W) -> the same shape.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm1 = ChannelNorm(channels)
        self.expand1 = Pointwise(channels, 2 * channels)
        self.depthwise = nn.Conv2d(2 * channels, 2 * channels, 3, padding=1, groups=2 * channels)
        self.project1 = Pointwise(channels, channels)
        self.norm2 = ChannelNorm(channels)
        self.expand2 = Pointwise(channels, 2 * channels)
        self.project2 = Pointwise(channels, channels)
        self.scale1 = nn.Parameter(torch.zeros(1, channels, 1, 1))
        self.scale2 = nn.Parameter(torch.zeros(1, channels, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        a, b = self.depthwise(self.expand1(self.norm1(x))).chunk(2, 1)
        x = x + self.project1(a * b, self.scale1)
        a, b = self.expand2(self.norm2(x)).chunk(2, 1)
        return x + self.project2(a * b, self.scale2)


class PlainBlock(nn.Module):
    """Two 3×3 convolutions with ReLU and a skip. (B, channels, H, W) -> the same shape."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv2(F.relu(self.conv1(x)))


BLOCKS: dict[str, type[nn.Module]] = {"gated": GatedBlock, "plain": PlainBlock}
