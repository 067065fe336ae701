"""The networks: SSRML, the U-Net generators, and the model that holds them."""

from core.networks.semi_deraingan import SIZES, Derained, SemiDerainGAN

__all__ = ["SIZES", "Derained", "SemiDerainGAN"]
