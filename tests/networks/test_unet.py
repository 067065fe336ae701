"""The U-Net: shapes, its residual nature, gradients, and wrong settings."""

import pytest
import torch

from core.networks.blocks import BLOCKS
from core.networks.unet import UNet


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("downscale", [1, 2])
def test_keeps_the_shape(block: str, downscale: int) -> None:
    net = UNet(width=8, encoder=[1, 2], middle=1, decoder=[1, 1], block=block, downscale=downscale)
    assert net.stride == 4 * downscale
    side = 3 * net.stride
    assert net(torch.rand(2, 3, side, 2 * side), torch.rand(2, 1, side, 2 * side)).shape == (2, 3, side, 2 * side)


def test_adds_to_the_rainy_image() -> None:
    net = UNet(width=8, encoder=[1], decoder=[1])
    torch.nn.init.zeros_(net.tail.weight)
    torch.nn.init.zeros_(net.tail.bias)
    x = torch.rand(1, 3, 8, 8)
    assert torch.equal(net(x, torch.rand(1, 1, 8, 8)), x)


@pytest.mark.parametrize("block", BLOCKS)
def test_uses_image_and_mask_and_every_parameter(block: str) -> None:
    torch.manual_seed(0)
    net = UNet(width=8, encoder=[1, 1], middle=1, decoder=[1, 1], block=block)
    for name, parameter in net.named_parameters():
        if "scale" in name:  # starts at zero, which would hide the inside of its block
            torch.nn.init.constant_(parameter, 0.5)
    x, mask = torch.rand(1, 3, 16, 16, requires_grad=True), torch.rand(1, 1, 16, 16, requires_grad=True)
    (net(x, mask) - x).square().sum().backward()
    assert mask.grad is not None and mask.grad.abs().sum() > 0
    assert not [name for name, p in net.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]


def test_refuses_unequal_levels_and_unknown_blocks() -> None:
    with pytest.raises(ValueError, match="2 levels down but 1 up"):
        UNet(encoder=[1, 1], decoder=[1])
    with pytest.raises(ValueError, match="no block named 'dense'"):
        UNet(block="dense")
