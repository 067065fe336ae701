"""The unsupervised process (paper, section 3.3): real rainy photos in; SSRML, G_r, G_r′ and D_r learn."""

from collections.abc import Mapping
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor

from core.losses.charbonnier import charbonnier
from core.losses.cycle import cycle_loss
from core.losses.mask import mask_loss
from core.losses.perceptual import PerceptualNetwork, perceptual_loss
from core.losses.total_variation import total_variation
from core.networks import SemiDerainGAN
from core.networks.discriminators import MultiScaleDiscriminator
from core.networks.rain_generator import RainGenerator
from core.training.adversary import Adversary
from core.training.config import TrainingConfig, UnsupervisedConfig
from core.training.descent import Descent
from core.training.placing import place
from core.training.precision import in_bfloat16

SURE_RAIN = 0.1
"""A rain mask of this much and more is rain in the eyes of "total variation in rain"."""


class UnsupervisedProcess:
    """Minimises λ_unsup · L_unsup, eqs. (9) and (13), and trains D_r against it, eq. (5).

    Args:
        config: the training.
        weights: the config's unsupervised part.
        model: SSRML and G_r.
        network: keyword arguments of `SemiDerainGAN` that G_r′ is built like.
        perceptual: the network of eq. (11); None where the config has no perceptual loss.
        fabric: the processes that train together.
    """

    def __init__(
        self,
        config: TrainingConfig,
        weights: UnsupervisedConfig,
        model: SemiDerainGAN,
        network: Mapping[str, Any],
        perceptual: PerceptualNetwork | None,
        fabric: Fabric,
    ) -> None:
        self.model = model
        self.perceptual = perceptual
        self.weights = weights
        self.fabric = fabric
        self.bfloat16 = in_bfloat16(config.precision, fabric.device)
        optimiser, adversary = config.optimiser, config.adversary
        rate = optimiser.unsupervised_rate or optimiser.rate
        learners = [*model.ssrml.parameters(), *model.unets["gr"].parameters()]
        self.rain_generator: RainGenerator | None = None
        if weights.cycle:
            shared = model.ssrml if weights.shared_ssrml else None
            self.rain_generator = place(RainGenerator(network["ssrml"], network["unet"], shared), fabric.device)
            learners += self.rain_generator.parameters()
        self.descent = Descent(learners, optimiser, rate, fabric)
        self.adversary: Adversary | None = None
        if weights.adversarial:
            judge = place(MultiScaleDiscriminator(adversary.width), fabric.device)
            self.adversary = Adversary(judge, adversary.kind, optimiser, rate, fabric)

    def step(self, rainy: Tensor, clean: Tensor, transplant: Tensor, share: float) -> dict[str, Tensor]:
        """One step at `share` of the rate -> every term, unweighted; gradient norms.

        rainy: x_r, real photos; clean: ŷ_r, photos without rain that don't belong to them; transplant: ŷ_r with rain
        of real photos or rendered; each (B, 3, H, W), 0…1.

        Raises:
            TrainingError: a gradient is no longer finite.
        """
        self.model.train()
        weights, terms = self.weights, {}
        with torch.autocast(rainy.device.type, torch.bfloat16, enabled=self.bfloat16):
            if weights.of_photos:
                result = self.model(rainy, "gr")
                derained = result.derained.float()
            if self.adversary is not None:
                terms["adversarial"] = self.adversary.generator_loss(derained)
            if self.rain_generator is not None:
                terms["cycle"] = cycle_loss(rainy, self.rain_generator(derained).float())
            if self.perceptual is not None and weights.perceptual:
                terms["perceptual"] = perceptual_loss(self.perceptual, derained, rainy)
            if weights.total_variation:
                where = rain_share(result.mask) if weights.total_variation_in == "rain" else None
                terms["total_variation"] = total_variation(derained, weights.total_variation_of, where)
            if weights.transplant or weights.mask:
                result = self.model(transplant, "gr")
                terms["transplant"] = charbonnier(result.derained.float(), clean)
                terms["mask"] = mask_loss([mask.float() for mask in result.masks], transplant, clean)
        loss = sum((getattr(weights, name) * term for name, term in terms.items()), rainy.new_zeros(()))
        norm = self.descent.step(weights.weight * loss, share)
        values = {"loss": loss, **terms, "gradient": norm}
        if self.adversary is not None:
            with torch.autocast(rainy.device.type, torch.bfloat16, enabled=self.bfloat16):
                judged = self.adversary.step((clean,), (derained,), share)
            values |= {f"d_r {name}": value for name, value in judged.items()}
        return {name: value.detach() for name, value in values.items()}

    def state_dict(self) -> dict[str, Any]:
        """The optimiser's state, G_r′ and D_r."""
        parts = {"rain_generator": self.rain_generator, "d_r": self.adversary}
        return {
            "optimiser": self.descent.state_dict(),
            **{n: p.state_dict() for n, p in parts.items() if p is not None},
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Takes up what `state_dict` gave."""
        self.descent.load_state_dict(state["optimiser"])
        if self.rain_generator is not None:
            self.rain_generator.load_state_dict(state["rain_generator"])
        if self.adversary is not None:
            self.adversary.load_state_dict(state["d_r"])


def rain_share(mask: Tensor) -> Tensor:
    """A rain mask m (B, 1, H, W), 0…1 -> how surely it rains: m over `SURE_RAIN`, at most 1; no gradient."""
    return (mask.detach().float() / SURE_RAIN).clamp(max=1)
