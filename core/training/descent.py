"""One optimiser: its gradients are averaged over the processes, checked, clipped, and followed."""

from collections.abc import Iterable
from typing import Any, cast

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from core.errors import UserError
from core.training.config import OptimiserConfig
from core.training.muon import Muon

ALGORITHMS = {"adamw": torch.optim.AdamW, "adam": torch.optim.Adam, "muon": Muon}


class TrainingError(UserError):
    """Training cannot go on."""


class Descent:
    """Follows the gradient of one loss after another on a set of parameters, which other optimisers may share.

    Args:
        parameters: what is optimised.
        config: algorithm, weight decay, betas, and the largest norm of the gradient.
        rate: learning rate before the schedule.
        fabric: the processes that train together.
        betas: in place of the config's.
    """

    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        config: OptimiserConfig,
        rate: float,
        fabric: Fabric,
        betas: tuple[float, float] | None = None,
    ) -> None:
        self.parameters = list(parameters)
        self.rate = rate
        self.clip = config.clip
        self.fabric = fabric
        self.optimiser = ALGORITHMS[config.algorithm](
            self.parameters, lr=rate, betas=betas or config.betas, weight_decay=config.weight_decay, fused=True
        )

    def step(self, loss: Tensor, share: float) -> Tensor:
        """One step down the loss's gradient at `share` of the rate -> the gradient's norm before it is clipped.

        Raises:
            TrainingError: the gradient is not finite; the parameters are left as they were.
        """
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.average_gradients()
        norm = torch.nn.utils.clip_grad_norm_(self.parameters, self.clip)
        if not torch.isfinite(norm):
            raise TrainingError("diverged: the gradient is no longer a number")
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate * share
        self.optimiser.step()
        return norm

    def average_gradients(self) -> None:
        """Replaces every gradient by its mean over the processes."""
        if self.fabric.world_size == 1:
            return
        gradients = [parameter.grad for parameter in self.parameters if parameter.grad is not None]
        own = torch.cat([gradient.flatten() for gradient in gradients])
        flat = cast(Tensor, self.fabric.all_reduce(own, reduce_op="mean"))
        start = 0
        for gradient in gradients:
            gradient.copy_(flat[start : start + gradient.numel()].view_as(gradient))
            start += gradient.numel()

    def state_dict(self) -> dict[str, Any]:
        """The optimiser's state."""
        return self.optimiser.state_dict()

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Takes up what `state_dict` gave."""
        self.optimiser.load_state_dict(state)
