"""Cycle-consistency loss: by hand, against torch's own, and its gradient."""

import pytest
import torch
from torch.nn import functional as F

from core.losses.cycle import cycle_loss


def test_is_the_mean_absolute_difference() -> None:
    generator = torch.Generator().manual_seed(0)
    x, back = (torch.rand(2, 3, 5, 7, generator=generator, dtype=torch.float64) for _ in range(2))
    assert cycle_loss(x, back).item() == pytest.approx(F.l1_loss(back, x).item(), rel=1e-12)
    assert cycle_loss(torch.zeros(1, 3, 2, 2), torch.full((1, 3, 2, 2), 0.25)).item() == 0.25
    assert cycle_loss(x, x).item() == 0


def test_gradients() -> None:
    generator = torch.Generator().manual_seed(1)
    x, back = (torch.rand(1, 3, 4, 4, generator=generator, dtype=torch.float64).requires_grad_() for _ in range(2))
    assert torch.autograd.gradcheck(cycle_loss, (x, back))
