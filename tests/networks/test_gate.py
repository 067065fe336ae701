"""The simple gate against its definition, and its gradient."""

import torch

from core.networks.gate import gated


def test_it_is_the_product_of_the_halves() -> None:
    x = torch.randn(2, 6, 4, 5)
    assert torch.equal(gated(x), x[:, :3] * x[:, 3:])


def test_its_gradient_is_right() -> None:
    x = torch.randn(2, 6, 3, 4, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(gated, (x,))


def test_channels_last_stays() -> None:
    x = torch.randn(2, 6, 4, 5).contiguous(memory_format=torch.channels_last).requires_grad_()
    y = gated(x)
    y.sum().backward()
    assert x.grad is not None
    for tensor in (y, x.grad):
        assert tensor.is_contiguous(memory_format=torch.channels_last)
