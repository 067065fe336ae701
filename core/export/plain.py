"""Our network in plain layers: what the exporter sees, equal to `core.networks` up to rounding."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.networks import SemiDerainGAN
from core.networks.blocks import ConvLSTM, Pointwise


class Plain(nn.Module):
    """Photo in, derained photo out, padding inside: (1, 3, H, W), 0…1, any H and W, to the same.

    Args:
        model: is changed: its layers are put into plain ones.
        mask: whether the rain mask (1, 1, H, W) is a second output.
    """

    def __init__(self, model: SemiDerainGAN, generator: str, mask: bool) -> None:
        super().__init__()
        self.ssrml = model.ssrml
        self.unet = model.unets[generator]
        self.stride = model.stride
        self.mask = mask
        for module in list(self.modules()):
            for name, child in module.named_children():
                if isinstance(child, Pointwise):
                    setattr(module, name, Convolution(child))
                elif isinstance(child, ConvLSTM):
                    setattr(module, name, PlainLSTM(child))

    def forward(self, rainy: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        height, width = rainy.shape[2], rainy.shape[3]
        x = padded(padded(rainy, 2, self.stride), 3, self.stride)
        mask = self.ssrml(x)[-1]
        derained = self.unet(x, mask)[:, :, :height, :width].clamp(0, 1)
        return (derained, mask[:, :, :height, :width]) if self.mask else derained


def padded(x: Tensor, axis: int, multiple: int) -> Tensor:
    """x continued at its end to a multiple of pixels, as `pad_to_multiple` does it, without a branch on its size."""
    length = x.shape[axis]
    places = torch.arange((length + multiple - 1) // multiple * multiple, device=x.device)
    mirrored = 2 * (length - 1) - places
    repeated = torch.full_like(places, length - 1)
    beyond = torch.where(mirrored[-1:] >= 0, mirrored, repeated)
    return x.index_select(axis, torch.where(places < length, places, beyond))


class Convolution(nn.Module):
    """`Pointwise` as a convolution; a runtime puts the scale behind it into its weights."""

    def __init__(self, layer: Pointwise) -> None:
        super().__init__()
        self.weight, self.bias = layer.weight, layer.bias

    def forward(self, x: Tensor, scale: Tensor | None = None) -> Tensor:
        convolved = F.conv2d(x, self.weight, self.bias)
        return convolved if scale is None else convolved * scale


class PlainLSTM(nn.Module):
    """`ConvLSTM` with the doubling of its last gate in the weights."""

    def __init__(self, cell: ConvLSTM) -> None:
        super().__init__()
        weight, bias = cell.gates.weight.detach().clone(), cell.gates.bias
        assert bias is not None
        bias = bias.detach().clone()
        self.channels = weight.shape[0] // 4
        for part in (weight, bias):
            part[3 * self.channels :] *= 2
        self.weight, self.bias = nn.Parameter(weight), nn.Parameter(bias)
        self.first = nn.Parameter(weight[:, : self.channels].clone())

    def forward(self, x: Tensor, state: tuple[Tensor, Tensor] | None) -> tuple[Tensor, Tensor]:
        if state is None:
            gates = F.conv2d(x, self.first, self.bias, padding=1)
        else:
            gates = F.conv2d(torch.cat((x, state[0]), 1), self.weight, self.bias, padding=1)
        i, f, o, g = torch.sigmoid(gates).split(self.channels, 1)
        cell = i * (2 * g - 1)
        if state is not None:
            cell = f * state[1] + cell
        return o * torch.tanh(cell), cell
