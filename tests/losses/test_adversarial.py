"""Adversarial losses: against torch's own BCE on probabilities, by hand, and their gradients."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from core.losses.adversarial import KINDS, accuracy, discriminator_loss, generator_loss


def logits(seed: int = 0) -> list[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(2, 1, side, side, generator=generator, dtype=torch.float64) for side in (4, 2, 1)]


def test_bce_is_the_paper_s_expectation_of_log_probabilities() -> None:
    real, fake = logits(0), logits(1)
    terms = [
        F.binary_cross_entropy(r.sigmoid(), torch.ones_like(r)) + F.binary_cross_entropy(f.sigmoid(), 0 * f)
        for r, f in zip(real, fake)
    ]
    assert discriminator_loss(real, fake).item() == pytest.approx(sum(map(float, terms)) / 3)
    wanted = [F.binary_cross_entropy(f.sigmoid(), torch.ones_like(f)) for f in fake]
    assert generator_loss(fake).item() == pytest.approx(sum(map(float, wanted)) / 3)


def test_lsgan_by_hand() -> None:
    real, fake = [torch.tensor([[[[0.5, 1.0]]]])], [torch.tensor([[[[0.2, 0.4]]]])]
    assert discriminator_loss(real, fake, "lsgan").item() == pytest.approx(0.5 * 0.125 + 0.5 * 0.1)
    assert generator_loss(fake, "lsgan").item() == pytest.approx(0.5 * (0.64 + 0.36) / 2)


@pytest.mark.parametrize("kind", KINDS)
def test_every_scale_counts_alike(kind: str) -> None:
    fake = [f.requires_grad_() for f in logits()]
    generator_loss(fake, kind).backward()
    assert all(f.grad is not None and f.grad.abs().sum() > 0 for f in fake)
    small = generator_loss([fake[0], fake[2]], kind)
    assert small.item() == pytest.approx(
        (generator_loss(fake[:1], kind).item() + generator_loss(fake[2:], kind).item()) / 2
    )


def test_a_generator_that_loses_still_has_a_gradient() -> None:
    lost = torch.full((1, 1, 2, 2), -50.0, requires_grad=True)
    generator_loss([lost]).backward()
    assert lost.grad is not None and lost.grad.sum().item() == pytest.approx(-1.0)
    assert torch.isfinite(discriminator_loss([torch.full((1, 1, 1, 1), 1e4)], [torch.full((1, 1, 1, 1), 1e4)]))


def test_accuracy_is_the_share_on_the_right_side() -> None:
    real, fake = [torch.tensor([[[[1.0, -1.0]]]])], [torch.tensor([[[[-2.0, -1.0]]]])]
    assert accuracy(real, fake).item() == pytest.approx(0.75)
    assert accuracy(fake, real).item() == pytest.approx(0.25)
    assert accuracy([torch.zeros(1, 1, 3, 3)], [torch.zeros(1, 1, 3, 3)]).item() == 0
    halves = [torch.full((1, 1, 2, 2), 0.6)], [torch.full((1, 1, 2, 2), 0.4)]
    assert accuracy(*halves, kind="lsgan").item() == 1
    assert accuracy(*halves).item() == pytest.approx(0.5)
    assert not accuracy([real[0].requires_grad_()], fake).requires_grad


@pytest.mark.parametrize("kind", KINDS)
def test_half_precision_is_averaged_in_float32(kind: str) -> None:
    real, fake = ([m.bfloat16() for m in logits(seed)] for seed in (0, 1))
    loss = discriminator_loss(real, fake, kind)
    assert loss.dtype == generator_loss(fake, kind).dtype == accuracy(real, fake, kind).dtype == torch.float32
    assert loss.item() == pytest.approx(
        discriminator_loss([m.double() for m in real], [m.double() for m in fake], kind).item(), rel=1e-5
    )


@pytest.mark.parametrize("kind", KINDS)
def test_gradients(kind: str) -> None:
    real, fake = ([m.requires_grad_() for m in logits(seed)] for seed in (2, 3))
    assert torch.autograd.gradcheck(lambda *m: discriminator_loss(m[:3], m[3:], kind), (*real, *fake))
    assert torch.autograd.gradcheck(lambda *m: generator_loss(m, kind), tuple(fake))


def test_wrong_use_is_refused() -> None:
    with pytest.raises(ValueError, match="bce or lsgan, not 'wgan'"):
        generator_loss(logits(), "wgan")
    with pytest.raises(ValueError, match="at least one scale"):
        discriminator_loss([], [])
