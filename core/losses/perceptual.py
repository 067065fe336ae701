"""Perceptual loss on a frozen VGG's features (paper, eqs. (7), (11)); `core.training.perceptual_weights` loads it."""

import itertools
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

CONVOLUTIONS = ("conv1_1", "conv1_2", "conv2_1", "conv2_2", "conv3_1", "conv3_2", "conv3_3")
"""In their order, the same in VGG-16 and VGG-19; 2×2 pixels are pooled where the number before the _ changes."""


class PerceptualNetwork(nn.Module):
    """∂_v: the first layers of a VGG (Simonyan & Zisserman 2014), frozen, up to the ReLU of one layer.

    Everything it holds is a buffer that no `state_dict` has: no optimiser can find it, and no checkpoint keeps it.

    Args:
        convolutions: weight (out, in, 3, 3) and bias (out,) by name, `CONVOLUTIONS` up to the layer's.
        layer: the layer whose features are given, such as "relu2_2" (the output of conv2_2 after its ReLU).
        colour: (matrix (3, 3), offset (3,)) that take RGB in 0…1 to what the convolutions were trained on.
        padding: "zeros" or "reflect", as the weights were trained.
        description: one line that says which network and weights these are.

    Raises:
        ValueError: there is no such layer, or a convolution below it is missing.
    """

    def __init__(
        self,
        convolutions: Mapping[str, tuple[Tensor, Tensor]],
        layer: str,
        colour: tuple[Tensor, Tensor],
        padding: str,
        description: str,
    ) -> None:
        super().__init__()
        needed = convolutions_below(layer)
        missing = [name for name in needed if name not in convolutions]
        if missing:
            raise ValueError(f"{layer} needs {', '.join(missing)}.")
        self.layer = layer
        self.padding = padding
        self.description = description
        self.names = needed
        for name in needed:
            weight, bias = convolutions[name]
            self.register_buffer(f"{name}_weight", weight, persistent=False)
            self.register_buffer(f"{name}_bias", bias, persistent=False)
        self.register_buffer("colour_matrix", colour[0], persistent=False)
        self.register_buffer("colour_offset", colour[1], persistent=False)

    def forward(self, image: Tensor) -> Tensor:
        """RGB (B, 3, H, W), 0…1, sides of at least 8 -> features (B, C, H/2^(block − 1), W/2^(block − 1)), at least 0.

        Under autocast the convolutions run in its number format; the colours, where half precision would lose whole
        grey levels, in that of the weights.
        """
        matrix, offset = self.get_buffer("colour_matrix"), self.get_buffer("colour_offset")
        with torch.autocast(image.device.type, enabled=False):
            x = torch.einsum("ij,bjhw->bihw", matrix, image.to(matrix.dtype)) + offset.view(1, 3, 1, 1)
        for name, after in itertools.zip_longest(self.names, self.names[1:]):
            if self.padding == "reflect":
                x = F.pad(x, (1, 1, 1, 1), mode="reflect")
            border = 0 if self.padding == "reflect" else 1
            x = F.relu(F.conv2d(x, self.get_buffer(f"{name}_weight"), self.get_buffer(f"{name}_bias"), padding=border))
            if after and _block(after) != _block(name):
                x = F.max_pool2d(x, 2)
        return x


def perceptual_loss(network: PerceptualNetwork, derained: Tensor, target: Tensor) -> Tensor:
    """L_per = ‖∂_v(target) − ∂_v(ỹ)‖²₂ as the mean over the features (Johnson et al. 2016), eqs. (7) and (11).

    In the supervised process the target is the clean image y_s, eq. (7); in the unsupervised one the real rainy image
    x_r itself, eq. (11). The gradient flows through the derained side; the target's features are taken without one.

    derained, target: (B, 3, H, W), 0…1 -> scalar. The squares are taken in float32 or better, whatever autocast says.
    """
    with torch.no_grad():
        wanted = network(target)
    features = network(derained)
    with torch.autocast(features.device.type, enabled=False):
        if features.element_size() < 4:
            features, wanted = features.float(), wanted.float()
        return (features - wanted).square().mean()


def convolutions_below(layer: str) -> tuple[str, ...]:
    """Names of the convolutions up to a layer: "relu1_2" -> ("conv1_1", "conv1_2").

    Raises:
        ValueError: there is no such layer.
    """
    name = layer.replace("relu", "conv")
    if not layer.startswith("relu") or name not in CONVOLUTIONS:
        layers = ", ".join(known.replace("conv", "relu") for known in CONVOLUTIONS)
        raise ValueError(f"There is no perceptual layer {layer!r}; there are {layers}.")
    return CONVOLUTIONS[: CONVOLUTIONS.index(name) + 1]


def _block(name: str) -> str:
    """ "conv2_1" -> "conv2"."""
    return name.split("_")[0]
