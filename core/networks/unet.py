"""The U-Net generator: rainy image and rain mask in, derained image out (paper, eq. (3))."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.networks.blocks import BLOCKS


class UNet(nn.Module):
    """Generator ỹ = G(m, x), eq. (3): a U-Net on [x, m] that predicts what to add to x.

    Args:
        width: channels at the first level; every level down has twice as many.
        encoder: number of blocks at each level on the way down, before each halving.
        middle: number of blocks at the lowest level.
        decoder: number of blocks at each level on the way up, in the order of `encoder` (first level first).
        block: kind of block, a name in `core.networks.blocks.BLOCKS`.
        downscale: 1 to work at full resolution, r to work on r×r pixel-unshuffled input.
    """

    def __init__(
        self,
        width: int = 32,
        encoder: Sequence[int] = (1, 1, 1),
        middle: int = 1,
        decoder: Sequence[int] = (1, 1, 1),
        block: str = "plain",
        downscale: int = 1,
    ) -> None:
        super().__init__()
        if len(encoder) != len(decoder):
            raise ValueError(f"The U-Net has {len(encoder)} levels down but {len(decoder)} up.")
        if block not in BLOCKS:
            raise ValueError(f"There is no block named {block!r}; there are {', '.join(BLOCKS)}.")
        self.downscale = downscale
        self.stride = downscale * 2 ** len(encoder)

        def blocks(channels: int, count: int) -> nn.Sequential:
            return nn.Sequential(*(BLOCKS[block](channels) for _ in range(count)))

        widths = [width * 2**level for level in range(len(encoder) + 1)]
        self.head = nn.Conv2d(4 * downscale**2, width, 3, padding=1)
        self.encoder = nn.ModuleList(blocks(w, n) for w, n in zip(widths, encoder))
        self.down = nn.ModuleList(nn.Conv2d(w, 2 * w, 2, stride=2) for w in widths[:-1])
        self.middle = blocks(widths[-1], middle)
        self.up = nn.ModuleList(nn.Conv2d(2 * w, 4 * w, 1, bias=False) for w in widths[:-1])
        self.decoder = nn.ModuleList(blocks(w, n) for w, n in zip(widths, decoder))
        self.tail = nn.Conv2d(width, 3 * downscale**2, 3, padding=1)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """x (B, 3, H, W) and mask (B, 1, H, W), both 0…1, sides multiples of `stride` -> (B, 3, H, W), not clamped."""
        features = _in_float32(self.head, F.pixel_unshuffle(torch.cat((x, mask), 1), self.downscale))
        skips = []
        for encoder, down in zip(self.encoder, self.down):
            for block in encoder.children():  # one by one: a Sequential would hold its input to the end
                features = block(features)
            skips.append(_short(features))
            features = _long(down(features))
        features = self.middle(features)
        for up, decoder in reversed(list(zip(self.up, self.decoder))):
            features = F.pixel_shuffle(up(features), 2) + skips.pop()
            for block in decoder.children():
                features = block(features)
        return x + F.pixel_shuffle(_in_float32(self.tail, features), self.downscale)


def _in_float32(layer: nn.Conv2d, x: Tensor) -> Tensor:
    """What the layer gives for x in float32, under autocast too.

    The first and the last convolution are small, and what they round is seen most.
    """
    if not torch.is_autocast_enabled(x.device.type):
        return layer(x)
    with torch.autocast(x.device.type, enabled=False):
        return layer(x.float())


def _long(x: Tensor) -> Tensor:
    """x in float32 under autocast, so that what the blocks after it add is not rounded each time."""
    return x.float() if torch.is_autocast_enabled(x.device.type) else x


def _short(x: Tensor) -> Tensor:
    """x in autocast's number format, where there is autocast: a skip is held for long."""
    device = x.device.type
    return x.to(torch.get_autocast_dtype(device)) if torch.is_autocast_enabled(device) else x
