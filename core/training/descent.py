"""One optimiser: its gradients are averaged over the processes, checked, clipped, and followed."""

from collections.abc import Iterable
from typing import Any, cast

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from core.errors import UserError
from core.training.config import OptimiserConfig
from core.training.optimisers import ALGORITHMS


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
        self.on_gpu = fabric.device.type == "cuda"  # where the rate is a tensor, so that a CUDA graph can read it
        self.optimiser = ALGORITHMS[config.algorithm](
            self.parameters,
            lr=torch.tensor(rate, device=fabric.device) if self.on_gpu else rate,
            betas=betas or config.betas,
            weight_decay=config.weight_decay,
            fused=True,
            capturable=self.on_gpu,
        )

    def step(self, loss: Tensor, share: float) -> Tensor:
        """One step down the loss's gradient at `share` of the rate -> the gradient's norm before it is clipped.

        Raises:
            TrainingError: the gradient is not finite; the parameters are left as they were.
        """
        norm = self.backward(loss)
        self.follow(norm, share)
        return norm

    def follow(self, norm: Tensor, share: float) -> None:
        """One step down the gradient that `backward` left, of this norm, at `share` of the rate.

        Raises:
            TrainingError: the gradient is not finite; the parameters are left as they were.
        """
        self.prepare(norm, share)
        self.optimiser.step()

    def backward(self, loss: Tensor) -> Tensor:
        """Leaves the loss's gradient at the parameters, averaged and clipped -> its norm before it is clipped."""
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.average_gradients()
        return torch.nn.utils.clip_grad_norm_(self.parameters, self.clip)

    def prepare(self, norm: Tensor, share: float) -> None:
        """Sets the rate for the next step of the optimiser, down a gradient of this norm.

        Raises:
            TrainingError: the gradient is not finite.
        """
        if not torch.isfinite(norm):
            raise TrainingError("diverged: the gradient is no longer a number")
        for group in self.optimiser.param_groups:
            if self.on_gpu:
                group["lr"].fill_(self.rate * share)
            else:
                group["lr"] = self.rate * share

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
        for group in self.optimiser.param_groups:  # the state may come from another kind of device
            rate = float(group["lr"])
            group["lr"] = torch.tensor(rate, device=self.fabric.device) if self.on_gpu else rate
            group["capturable"] = self.on_gpu
