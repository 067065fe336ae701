"""A process: it minimises a weighted sum of loss terms, and trains discriminators against its generator."""

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from core.losses.perceptual import PerceptualNetwork
from core.networks import SemiDerainGAN
from core.networks.rain_generator import RainGenerator
from core.training.adversary import Adversary
from core.training.config import TrainingConfig
from core.training.descent import Descent
from core.training.placing import place
from core.training.precision import in_bfloat16
from core.training.steps import DISCRIMINATORS, Networks, Step
from core.training.terms import needs_of, terms_of


class Process:
    """What both processes have in common.

    Args:
        process: whose terms of the table these are.
        weights: of every one of those terms.
        config: the training.
        learners: parameters that follow the loss.
        rate: their learning rate, and the discriminators', before the schedule.
        fabric: the processes of the machine that train together.
        model, perceptual, rain_generator: as in `Networks`.
    """

    def __init__(
        self,
        process: str,
        weights: Mapping[str, float],
        config: TrainingConfig,
        learners: Iterable[nn.Parameter],
        rate: float,
        fabric: Fabric,
        model: SemiDerainGAN,
        perceptual: PerceptualNetwork | None,
        rain_generator: RainGenerator | None = None,
    ) -> None:
        self.model = model
        self.terms = {name: term for name, term in terms_of(process).items() if weights[name]}
        self.weights = weights
        self.device = fabric.device.type
        self.bfloat16 = in_bfloat16(config.precision, fabric.device)
        self.descent = Descent(learners, config.optimiser, rate, fabric)
        needs = needs_of(process, weights)
        self.adversaries: dict[str, Adversary] = {}
        for name in [name for name in DISCRIMINATORS if name in needs]:
            width = getattr(config.adversary, DISCRIMINATORS[name].width)
            network = place(DISCRIMINATORS[name].make(width), fabric.device)
            self.adversaries[name] = Adversary(network, config.adversary.kind, config.optimiser, rate, fabric)
        self.networks = Networks(
            model, perceptual if "perceptual" in needs else None, rain_generator, judges=self.adversaries
        )

    def backward(self, step: Step, scale: float = 1.0) -> dict[str, Tensor]:
        """Leaves the loss's gradient, times `scale`, at the parameters -> the loss, every term, unweighted, and the
        gradient's norm."""
        self.model.train()
        with self.autocast():
            terms = {name: term.compute(step) for name, term in self.terms.items()}
        loss = sum((self.weights[name] * term for name, term in terms.items()), step.rainy.new_zeros(()))
        return {"loss": loss, **terms, "gradient": self.descent.backward(scale * loss)}

    def take(self, step: Step, share: float, scale: float = 1.0) -> dict[str, Tensor]:
        """One step at `share` of the rate, of the generator and then of its discriminators -> values to log.

        Raises:
            TrainingError: a gradient is no longer finite.
        """
        values = self.backward(step, scale)
        self.descent.follow(values["gradient"], share)
        for name, adversary in self.adversaries.items():
            real, fake = (DISCRIMINATORS[name].shown(step, image) for image in (step.clean, step.derained))
            with self.autocast():
                judged = adversary.step(real, fake, share)
            values |= {f"{name} {key}": value for key, value in judged.items()}
        return {name: value.detach() for name, value in values.items()}

    def autocast(self) -> torch.autocast:
        """In which networks run."""
        return torch.autocast(self.device, torch.bfloat16, enabled=self.bfloat16)

    def parts(self) -> dict[str, Any]:
        """Everything that has a state of this process alone."""
        again = self.networks.rain_generator
        own = {} if again is None else {"rain_generator": again}
        return {"optimiser": self.descent, **own, **self.adversaries}

    def state_dict(self) -> dict[str, Any]:
        """The states of its parts."""
        return {name: part.state_dict() for name, part in self.parts().items()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Takes up what `state_dict` gave."""
        for name, part in self.parts().items():
            part.load_state_dict(state[name])
