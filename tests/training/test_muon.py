"""Muon: against PyTorch's, against AdamW where it leaves a weight to it, and what it does with singular values."""

import copy

import pytest
import torch
from torch import Tensor, nn

from core.training.muon import Muon, orthogonalised

RATE, BETAS, DECAY = 1e-2, (0.9, 0.99), 0.1


def muon(parameters: list[nn.Parameter]) -> Muon:
    return Muon(parameters, lr=RATE, betas=BETAS, weight_decay=DECAY, fused=True)


def descend(optimiser: torch.optim.Optimizer, parameters: list[nn.Parameter], gradients: list[list[Tensor]]) -> None:
    for step in gradients:
        for parameter, gradient in zip(parameters, step):
            parameter.grad = gradient.clone().view_as(parameter)
        optimiser.step()


def random_steps(shape: tuple[int, ...], count: int = 5) -> list[list[Tensor]]:
    return [[torch.randn(shape)] for _ in range(count)]


@pytest.mark.parametrize("shape", [(64, 100), (100, 64), (48, 48)])
def test_singular_values_come_near_one(shape: tuple[int, int]) -> None:
    torch.manual_seed(0)
    u, _, v = torch.linalg.svd(torch.randn(shape), full_matrices=False)
    (found,) = orthogonalised((u @ torch.diag(torch.logspace(-1, 1, min(shape))) @ v)[None])
    values = torch.diagonal(u.T @ found @ v.T)
    assert values.min() > 0.6 and values.max() < 1.3
    torch.testing.assert_close(u @ torch.diag(values) @ v, found, atol=1e-4, rtol=0)


@pytest.mark.parametrize("shape", [(64, 100, 1, 1), (100, 64, 1, 1), (64, 32, 2, 2)])
def test_steps_as_pytorchs_muon_does(shape: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    start = torch.randn(shape)
    ours = nn.Parameter(start.clone().contiguous(memory_format=torch.channels_last))
    theirs = nn.Parameter(start.flatten(1).clone())
    peer = torch.optim.Muon([theirs], lr=RATE, weight_decay=DECAY, adjust_lr_fn="match_rms_adamw")
    gradients = random_steps(tuple(theirs.shape))
    descend(muon([ours]), [ours], gradients)
    descend(peer, [theirs], gradients)
    way = (theirs - start.flatten(1)).norm()
    assert (ours.flatten(1) - theirs).norm() < 0.03 * way, (
        "PyTorch's iterates in bfloat16, which is good to about a hundredth"
    )


def test_weights_of_one_shape_step_as_each_does_alone() -> None:
    torch.manual_seed(0)
    shapes = [(64, 100), (100, 64, 1, 1), (64, 100), (64, 100)]
    together = [nn.Parameter(torch.randn(shape)) for shape in shapes]
    alone = copy.deepcopy(together)
    gradients = [[torch.randn(shape) for shape in shapes] for _ in range(3)]
    descend(muon(together), together, gradients)
    for index, weight in enumerate(alone):
        descend(muon([weight]), [weight], [[step[index]] for step in gradients])
    for one, other in zip(together, alone):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("shape", [(64,), (1, 64, 1, 1), (64, 1, 3, 3), (12, 64, 3, 3), (300, 300, 1, 1)])
def test_leaves_other_weights_to_adamw(shape: tuple[int, ...]) -> None:
    start = torch.randn(shape)
    ours, theirs = nn.Parameter(start.clone()), nn.Parameter(start.clone())
    gradients = random_steps(shape)
    descend(muon([ours]), [ours], gradients)
    descend(torch.optim.AdamW([theirs], lr=RATE, betas=BETAS, weight_decay=DECAY, fused=True), [theirs], gradients)
    assert torch.equal(ours, theirs) and not torch.equal(ours, start)


def test_goes_on_from_its_state_bit_for_bit() -> None:
    parameters = [nn.Parameter(torch.randn(64, 48, 1, 1)), nn.Parameter(torch.randn(64))]
    gradients = [[torch.randn(64, 48, 1, 1), torch.randn(64)] for _ in range(4)]
    first = muon(parameters)
    descend(first, parameters, gradients[:2])
    again = copy.deepcopy(parameters)
    second = muon(again)
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    descend(first, parameters, gradients[2:])
    descend(second, again, gradients[2:])
    assert all(torch.equal(a, b) for a, b in zip(parameters, again))


def test_a_weight_without_gradient_stays() -> None:
    learnt, frozen = nn.Parameter(torch.randn(64, 48)), nn.Parameter(torch.randn(64, 48))
    before = frozen.clone()
    descend(muon([learnt, frozen]), [learnt], random_steps((64, 48), 1))
    assert torch.equal(frozen, before)


def test_a_closure_computes_the_loss() -> None:
    weight = nn.Parameter(torch.randn(64, 48))
    optimiser = muon([weight])

    def closure() -> float:
        optimiser.zero_grad()
        loss = weight.square().sum()
        loss.backward()
        return loss.item()

    losses = [optimiser.step(closure) for _ in range(20)]
    assert losses == sorted(losses, reverse=True) and losses[-1] < losses[0]
