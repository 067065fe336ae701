"""What loss terms are computed of: the images of one step, the networks, and what those give when a term asks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from torch import Tensor, nn

from core.losses.perceptual import PerceptualNetwork
from core.networks import SemiDerainGAN
from core.networks.discriminators import MultiScaleDiscriminator, PairedDiscriminator
from core.networks.rain_generator import RainGenerator
from core.networks.semi_deraingan import Derained

SURE_RAIN = 0.1
"""A rain mask of this much and more is rain in the eyes of "total variation in rain"."""


class Judge(Protocol):
    """A discriminator in the eyes of the generator that it judges."""

    def generator_loss(self, *fake: Tensor) -> Tensor:
        """What the generator of `fake` minimises."""


@dataclass(frozen=True)
class Networks:
    """SSRML and the generators, and what a term may need beside them; what no term needs is not there."""

    model: SemiDerainGAN
    perceptual: PerceptualNetwork | None = None
    rain_generator: RainGenerator | None = None
    judges: Mapping[str, Judge] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One step of a process: `generator` derains the rainy images, whose `clean` is what D_s or D_r take for real.

    Attributes:
        networks: the process's.
        rainy: x_s of pairs, or x_r, real photos; (B, 3, H, W), 0…1.
        clean: y_s, or ŷ_r, photos without rain that don't belong to x_r; likewise.
        rained_on: ŷ_r with rain of real photos or rendered, likewise; the supervised process has none.
        total_variation_of, total_variation_in: as the config says.
    """

    networks: Networks
    generator: str
    rainy: Tensor
    clean: Tensor
    rained_on: Tensor | None = None
    total_variation_of: str = "sum"
    total_variation_in: str = "everywhere"

    @cached_property
    def result(self) -> Derained:
        """Of the rainy images."""
        return self.networks.model(self.rainy, self.generator)

    @cached_property
    def derained(self) -> Tensor:
        """ỹ (B, 3, H, W), float32."""
        return self.result.derained.float()

    @cached_property
    def masks(self) -> list[Tensor]:
        """Every step's m of the rainy images, (B, 1, H, W) float32: of SSRML alone where no term asked for ỹ before."""
        found = self.result.masks if "result" in vars(self) else self.networks.model.ssrml(self.rainy)
        return [mask.float() for mask in found]

    @cached_property
    def again(self) -> Tensor:
        """x̃_r (B, 3, H, W), float32: what G_r′ makes of ỹ_r."""
        assert self.networks.rain_generator is not None
        return self.networks.rain_generator(self.derained).float()

    @cached_property
    def of_rained_on(self) -> Derained:
        """Of the clean photos that were rained on."""
        return self.networks.model(self.transplant, self.generator)

    @property
    def transplant(self) -> Tensor:
        """The clean photos that were rained on."""
        assert self.rained_on is not None
        return self.rained_on

    @property
    def perceptual(self) -> PerceptualNetwork:
        """∂_v."""
        assert self.networks.perceptual is not None
        return self.networks.perceptual

    @property
    def where(self) -> Tensor | None:
        """How much of the total variation counts at each pixel, (B, 1, H, W), 0…1; None for all of it."""
        return rain_share(self.result.mask) if self.total_variation_in == "rain" else None

    def judged(self, name: str) -> Tensor:
        """What ỹ costs the generator in the eyes of a discriminator."""
        return self.networks.judges[name].generator_loss(*DISCRIMINATORS[name].shown(self, self.derained))


def rain_share(mask: Tensor) -> Tensor:
    """A rain mask m (B, 1, H, W), 0…1 -> how surely it rains: m over `SURE_RAIN`, at most 1; no gradient."""
    return (mask.detach().float() / SURE_RAIN).clamp(max=1)


@dataclass(frozen=True)
class Discriminator:
    """A discriminator that a term may need.

    Attributes:
        make: its network from its width.
        width: the setting of the config's `adversary` that has its width.
        least_patch: the smallest side of patches that it takes, pixels.
        shown: a step and an image, real or derained -> what the network is shown.
    """

    make: Callable[[int], nn.Module]
    width: str
    least_patch: int
    shown: Callable[[Any, Tensor], tuple[Tensor, ...]]


DISCRIMINATORS = {
    "d_s": Discriminator(MultiScaleDiscriminator, "width", 64, lambda step, image: (image,)),
    "d_p": Discriminator(PairedDiscriminator, "paired_width", 33, lambda step, image: (step.rainy, image)),
    "d_r": Discriminator(MultiScaleDiscriminator, "width", 64, lambda step, image: (image,)),
}
