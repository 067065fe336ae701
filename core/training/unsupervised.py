"""The unsupervised process (paper, section 3.3): real rainy photos in; SSRML, G_r, G_r′ and D_r learn."""

from collections.abc import Mapping
from typing import Any

from lightning_fabric import Fabric
from torch import Tensor

from core.losses.perceptual import PerceptualNetwork
from core.networks import SemiDerainGAN
from core.networks.rain_generator import RainGenerator
from core.training.config import TrainingConfig, UnsupervisedConfig
from core.training.placing import place
from core.training.process import Process
from core.training.steps import Step
from core.training.terms import UNSUPERVISED, needs_of


class UnsupervisedProcess(Process):
    """Minimises λ_unsup · L_unsup, eqs. (9) and (13), and trains D_r against it, eq. (5).

    Args:
        config: the training.
        settings: the config's unsupervised part.
        model: SSRML and G_r.
        network: keyword arguments of `SemiDerainGAN` that G_r′ is built like.
        perceptual: the network of eq. (11); None where the config has no perceptual loss.
        fabric: the processes that train together.
    """

    def __init__(
        self,
        config: TrainingConfig,
        settings: UnsupervisedConfig,
        model: SemiDerainGAN,
        network: Mapping[str, Any],
        perceptual: PerceptualNetwork | None,
        fabric: Fabric,
    ) -> None:
        self.settings = settings
        learners = [*model.ssrml.parameters(), *model.unets["gr"].parameters()]
        again: RainGenerator | None = None
        if "rain generator" in needs_of(UNSUPERVISED, settings.terms):
            shared = model.ssrml if settings.shared_ssrml else None
            again = place(RainGenerator(network["ssrml"], network["unet"], shared), fabric.device)
            learners += again.parameters()
        rate = config.optimiser.unsupervised_rate or config.optimiser.rate
        super().__init__(UNSUPERVISED, settings.terms, config, learners, rate, fabric, model, perceptual, again)

    def look(self, rainy: Tensor, clean: Tensor, rained_on: Tensor) -> Step:
        """At x_r, real photos, ŷ_r, photos without rain that don't belong to them, and ŷ_r with rain of real photos or
        rendered; each (B, 3, H, W), 0…1."""
        of, place = self.settings.total_variation_of, self.settings.total_variation_in
        return Step(self.networks, "gr", rainy, clean, rained_on, of, place)

    def step(self, rainy: Tensor, clean: Tensor, rained_on: Tensor, share: float) -> dict[str, Tensor]:
        """One step on what `look` takes, at `share` of the rate -> every term, unweighted; gradient norms.

        Raises:
            TrainingError: a gradient is no longer finite.
        """
        return self.take(self.look(rainy, clean, rained_on), share, self.settings.weight)
