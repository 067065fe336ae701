"""SSRML: shapes, range, what each step sees, gradients, and that the unshuffled recurrence is equally local."""

import pytest
import torch

from core.networks.ssrml import SSRML


@pytest.mark.parametrize("downscale", [1, 2, 4])
@pytest.mark.parametrize("steps", [1, 3])
def test_gives_one_mask_a_step_at_full_resolution(downscale: int, steps: int) -> None:
    masks = SSRML(channels=8, steps=steps, units=2, downscale=downscale)(torch.rand(2, 3, 16, 24))
    assert [tuple(mask.shape) for mask in masks] == [(2, 1, 16, 24)] * steps
    assert all(mask.min() > 0 and mask.max() < 1 for mask in masks)


def test_steps_share_their_weights_and_build_on_each_other() -> None:
    torch.manual_seed(0)
    short, long = SSRML(8, steps=2, units=1), SSRML(8, steps=4, units=1)
    long.load_state_dict(short.state_dict())
    x = torch.rand(1, 3, 12, 12)
    two, four = short(x), long(x)
    assert torch.equal(two[0], four[0]) and torch.equal(two[1], four[1])
    assert not torch.allclose(four[2], four[3], atol=1e-7)


def test_every_parameter_gets_a_gradient_from_the_last_mask() -> None:
    torch.manual_seed(0)
    ssrml = SSRML(8, steps=3, units=5)
    ssrml(torch.rand(1, 3, 12, 12))[-1].square().sum().backward()
    silent = [name for name, p in ssrml.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert not silent


def test_has_the_paper_s_number_of_parameters() -> None:
    head, units, lstm, tail = 4 * 32 * 9 + 32, 5 * 2 * (32 * 32 * 9 + 32), 64 * 128 * 9 + 128, 32 * 9 + 1
    ssrml = SSRML(channels=32, steps=4, units=5, downscale=1)
    assert sum(p.numel() for p in ssrml.parameters()) == head + units + lstm + tail


def test_needs_a_step() -> None:
    with pytest.raises(ValueError, match="at least one step"):
        SSRML(steps=0)
