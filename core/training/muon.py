"""Muon: the direction of a matrix's momentum with all its singular values near 1."""

from collections.abc import Callable, Iterable
from typing import Any, cast

import torch
from torch import Tensor, nn

SIDES = range(32, 257)
"""Smaller sides of the matrices that are orthogonalised. Wider ones, as the shipped network's 384×768, would make a
step take half as long again; smaller ones are depthwise convolutions, biases, scales and the last layer."""

MOMENTUM = 0.95
ITERATIONS = 5
COEFFICIENTS = (3.4445, -4.7750, 2.0315)
ADAM_RMS = 0.2


def as_matrix(weight: Tensor) -> Tensor:
    """A convolution's weight (out, in, h, w) -> (out, in · h · w)."""
    return weight.flatten(1) if weight.dim() > 1 else weight[:, None]


def orthogonalised(matrices: Tensor) -> Tensor:
    """(B, M, N) -> U Vᵀ of each one's singular value decomposition, roughly: singular values of about 0.7 to 1.2,
    but for those below a few thousandths of its norm, which stay smaller.

    Five Newton-Schulz iterations with the quintic polynomial of Jordan (2024), in the matrices' own number format:
    torch.optim.Muon has bfloat16 alone, which takes six times as long where a CPU has no instructions for it.
    """
    wide = matrices if matrices.shape[1] <= matrices.shape[2] else matrices.mT
    wide = wide / torch.linalg.matrix_norm(wide, keepdim=True).clamp(min=1e-7)
    a, b, c = COEFFICIENTS
    for _ in range(ITERATIONS):
        gram = wide @ wide.mT
        wide = torch.baddbmm(wide, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), wide, beta=a)
    return wide if matrices.shape[1] <= matrices.shape[2] else wide.mT


class Muon(torch.optim.AdamW):
    """Muon (Jordan et al. 2024) on the weights that are matrices of some size, AdamW on all others.

    A weight W with momentum B ← 0.95 B + 0.05 ∇W goes by −rate · 0.2 √max(M, N) · orthogonalised(0.05 ∇W + 0.95 B),
    whose root mean square is about that of AdamW's steps, so that both take the same rate (Liu et al. 2025).
    Decoupled weight decay on both. Convolutions count as matrices (out, in · h · w).

    Args:
        params: what is optimised.
        lr, betas, weight_decay, fused, capturable: as AdamW's.
    """

    def __init__(
        self,
        params: Iterable[nn.Parameter],
        lr: float | Tensor,
        betas: tuple[float, float],
        weight_decay: float,
        fused: bool = False,
        capturable: bool = False,
    ) -> None:
        learners = list(params)
        matrices = [p for p in learners if min(as_matrix(p).shape) in SIDES]
        others = [p for p in learners if min(as_matrix(p).shape) not in SIDES]
        parts = ((others, False), (matrices, True))
        groups: list[dict[str, Any]] = [{"params": part, "muon": muon} for part, muon in parts if part]
        super().__init__(groups, lr=lr, betas=betas, weight_decay=weight_decay, fused=fused, capturable=capturable)

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """One step; `closure`, where given, computes the loss first."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            if group["muon"]:
                learning = [weight for weight in group["params"] if weight.grad is not None]
                for weights in of_one_shape(learning):
                    self.step_of(weights, group["lr"], group["weight_decay"])
        super().step()
        return loss

    def step_of(self, weights: list[Tensor], rate: float | Tensor, decay: float) -> None:
        """Muon's step of weights of one shape, whose gradients are used up, so that AdamW passes over them.

        All at once, since on a GPU hundreds of small products cost more to launch than to compute."""
        gradients = [as_matrix(cast(Tensor, weight.grad)) for weight in weights]
        states = [self.state[weight] for weight in weights]
        for weight, state, gradient in zip(weights, states, gradients):
            weight.grad = None
            if not state:  # AdamW's loading of states asks every one for its count of steps
                state |= {"step": torch.zeros(()), "momentum": torch.zeros_like(gradient)}
            state["step"] += 1
        momenta = [state["momentum"] for state in states]
        torch._foreach_lerp_(momenta, gradients, 1 - MOMENTUM)
        directions = orthogonalised(torch.stack(torch._foreach_lerp(gradients, momenta, MOMENTUM)))
        steps = directions * (-rate * ADAM_RMS * max(directions.shape[1:]) ** 0.5)
        torch._foreach_mul_(weights, cast(Tensor, 1 - rate * decay))  # or a float, which its types leave out
        torch._foreach_add_(weights, [step.reshape(weight.shape) for step, weight in zip(steps, weights)])


def of_one_shape(weights: Iterable[Tensor]) -> Iterable[list[Tensor]]:
    """The weights in lists of one shape each."""
    groups: dict[torch.Size, list[Tensor]] = {}
    for weight in weights:
        groups.setdefault(weight.shape, []).append(weight)
    return groups.values()
