"""A discriminator with its optimiser: a loss for generators, and a step of its own (paper, eqs. (4) and (5))."""

from typing import Any

from lightning_fabric import Fabric
from torch import Tensor, nn

from core.losses.adversarial import accuracy, discriminator_loss, generator_loss
from core.training.config import OptimiserConfig
from core.training.descent import Descent

BETAS = (0.5, 0.999)
"""Of discriminators' Adam, as usual for GANs."""


class Adversary:
    """D_s, D_r or D_p, and what it learns by.

    Args:
        discriminator: images (B, 3, H, W), two of them for D_p -> list of maps of logits.
        kind: adversarial loss, "bce" or "lsgan".
        optimiser: settings of its optimiser.
        rate: its learning rate before the schedule.
        fabric: the processes that train together.
    """

    def __init__(
        self, discriminator: nn.Module, kind: str, optimiser: OptimiserConfig, rate: float, fabric: Fabric
    ) -> None:
        self.discriminator = discriminator
        self.kind = kind
        self.descent = Descent(discriminator.parameters(), optimiser, rate, fabric, BETAS)

    def generator_loss(self, *fake: Tensor) -> Tensor:
        """What the generator of `fake` minimises; the discriminator gets no gradient from it."""
        self.discriminator.requires_grad_(False)
        loss = generator_loss(self.discriminator(*fake), self.kind)
        self.discriminator.requires_grad_(True)
        return loss

    def step(self, real: tuple[Tensor, ...], fake: tuple[Tensor, ...], share: float) -> dict[str, Tensor]:
        """One step on real images and on a generator's -> its "loss", "accuracy" (0.5 is guessing), "gradient"."""
        on_real, on_fake = (self.discriminator(*(image.detach() for image in images)) for images in (real, fake))
        loss = discriminator_loss(on_real, on_fake, self.kind)
        norm = self.descent.step(loss, share)
        return {"loss": loss.detach(), "accuracy": accuracy(on_real, on_fake, self.kind), "gradient": norm}

    def state_dict(self) -> dict[str, Any]:
        """Weights and the optimiser's state."""
        return {"discriminator": self.discriminator.state_dict(), "optimiser": self.descent.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Takes up what `state_dict` gave."""
        self.discriminator.load_state_dict(state["discriminator"])
        self.descent.load_state_dict(state["optimiser"])
