"""The supervised process (paper, section 3.2): pairs in; SSRML, G_s (or, on the whole mix, G_r), D_s and D_p learn."""

from lightning_fabric import Fabric
from torch import Tensor

from core.losses.perceptual import PerceptualNetwork
from core.networks import SemiDerainGAN
from core.training.config import TrainingConfig
from core.training.process import Process
from core.training.steps import Step
from core.training.terms import SUPERVISED


class SupervisedProcess(Process):
    """Minimises L_super, eq. (6), and trains the discriminators of eq. (4) against it.

    Args:
        config: the training.
        model: SSRML and the generator that the config names.
        perceptual: the network of eq. (7); None where the config has no perceptual loss.
        fabric: the processes that train together.
    """

    def __init__(
        self, config: TrainingConfig, model: SemiDerainGAN, perceptual: PerceptualNetwork | None, fabric: Fabric
    ) -> None:
        self.generator = config.generator
        learners = [*model.ssrml.parameters(), *model.unets[self.generator].parameters()]
        rate = config.optimiser.rate
        super().__init__(SUPERVISED, config.loss.terms, config, learners, rate, fabric, model, perceptual)

    def look(self, rainy: Tensor, clean: Tensor) -> Step:
        """At pairs x_s, y_s, each (B, 3, H, W), 0…1."""
        return Step(self.networks, self.generator, rainy, clean)

    def step(self, rainy: Tensor, clean: Tensor, share: float) -> dict[str, Tensor]:
        """One step on pairs, as `look` takes them, at `share` of the rate -> every term, unweighted; gradient norms.

        Raises:
            TrainingError: a gradient is no longer finite.
        """
        return self.take(self.look(rainy, clean), share)
