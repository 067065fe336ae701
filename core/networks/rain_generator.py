"""G_r′, the generator that puts the rain back into derained real photos (paper, section 3.1 (2), eq. (3))."""

import math
from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from core.networks.semi_deraingan import pad_to_multiple
from core.networks.ssrml import SSRML
from core.networks.unet import UNet


class RainGenerator(nn.Module):
    """x̃_r = G_r′(ỹ_r), eq. (3): "a SSRML and a U-net", for the cycle of eq. (10).

    Its SSRML is its own by default: the shared one would have to find rain in derained photos for the cycle's sake.

    Args:
        ssrml: keyword arguments of `SSRML`; left alone where `shared` is given.
        unet: keyword arguments of `UNet`.
        shared: the SSRML of the two processes, to use it in place of one of its own. It stays its owner's: its weights
            are in neither `parameters()` nor `state_dict()` of this network, and only its owner moves it to a device.
    """

    def __init__(self, ssrml: Mapping[str, Any], unet: Mapping[str, Any], shared: SSRML | None = None) -> None:
        super().__init__()
        if shared is None:
            self.ssrml = SSRML(**ssrml)
        else:
            object.__setattr__(self, "ssrml", shared)
        self.unet = UNet(**unet)
        self.stride = math.lcm(self.ssrml.downscale, self.unet.stride)

    def forward(self, derained: Tensor) -> Tensor:
        """Derained images ỹ (B, 3, H, W), 0…1, any H, W ≥ 1 -> rainy images x̃ (B, 3, H, W), not clamped.

        Sizes that are no multiples of `stride` are padded as by `SemiDerainGAN`, and cropped again.
        """
        height, width = derained.shape[-2:]
        padded = pad_to_multiple(derained, self.stride)
        return self.unet(padded, self.ssrml(padded)[-1])[..., :height, :width]
