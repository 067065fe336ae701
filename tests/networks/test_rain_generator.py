"""G_r′: shapes, its own and the shared SSRML, gradients."""

import pytest
import torch
from torch import nn

from core.networks.rain_generator import RainGenerator
from core.networks.semi_deraingan import SIZES
from core.networks.ssrml import SSRML

MASKS = {"channels": 4, "steps": 2, "units": 1, "downscale": 2}
NET = {"width": 4, "encoder": [1], "middle": 1, "decoder": [1], "block": "gated", "downscale": 1}


@pytest.mark.parametrize("size", [(64, 64), (100, 100), (33, 50), (1, 2)])
def test_keeps_any_size(size: tuple[int, int]) -> None:
    assert RainGenerator(MASKS, NET)(torch.rand(2, 3, *size)).shape == (2, 3, *size)


@pytest.mark.parametrize("name", SIZES)
def test_takes_the_settings_of_the_derainer(name: str) -> None:
    generator = RainGenerator(SIZES[name]["ssrml"], SIZES[name]["unet"])
    assert generator(torch.rand(1, 3, 100, 100)).shape == (1, 3, 100, 100)


def test_starts_from_the_derained_image_and_leaves_it_where_it_is() -> None:
    generator = RainGenerator(MASKS, NET)
    nn.init.zeros_(generator.unet.tail.weight)
    assert generator.unet.tail.bias is not None
    nn.init.constant_(generator.unet.tail.bias, 0.75)
    derained = torch.rand(1, 3, 20, 30)
    assert torch.allclose(generator(derained), derained + 0.75), "and what is above 1 is not clamped"


def test_the_mask_reaches_the_u_net() -> None:
    torch.manual_seed(0)
    generator = RainGenerator(MASKS, {**NET, "block": "plain"})
    generator(torch.rand(1, 3, 16, 16)).square().sum().backward()
    silent = [name for name, p in generator.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert not silent
    assert any(name.startswith("ssrml.") for name, _ in generator.named_parameters())


def test_a_shared_ssrml_is_used_and_stays_its_owner_s() -> None:
    torch.manual_seed(0)
    shared = SSRML(**MASKS)
    generator = RainGenerator(MASKS, {**NET, "block": "plain"}, shared=shared)
    assert all(name.startswith("unet.") for name, _ in generator.named_parameters())
    assert all(name.startswith("unet.") for name in generator.state_dict())
    derained = torch.rand(1, 3, 16, 16)
    before = generator(derained)
    before.square().sum().backward()
    assert all(p.grad is not None for p in shared.parameters())
    with torch.no_grad():
        for parameter in shared.parameters():
            parameter.mul_(-1)
    assert not torch.allclose(generator(derained), before)


@pytest.mark.parametrize("block", ["gated", "plain"])
def test_gradients(block: str) -> None:
    torch.manual_seed(1)
    settings = {"channels": 2, "steps": 2, "units": 1}, {"width": 2, "encoder": [1], "decoder": [1], "block": block}
    generator = RainGenerator(*settings).double()
    for name, parameter in generator.named_parameters():
        if "scale" in name:
            nn.init.constant_(parameter, 0.5)
    derained = torch.rand(1, 3, 6, 7, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(generator, derained, fast_mode=True)
