"""Total variation: against kornia's, and its gradient."""

import pytest
import torch
from kornia.losses import total_variation as kornia_total_variation

from core.losses.total_variation import REDUCTIONS, total_variation


def images(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("shape", [(1, 3, 20, 31), (4, 3, 17, 9), (2, 1, 2, 2)])
def test_agrees_with_kornia(shape: tuple[int, ...], reduction: str) -> None:
    x = images(*shape)
    by_channel = kornia_total_variation(x, reduction=reduction)  # (B, C)
    expected = (by_channel.sum(1) if reduction == "sum" else by_channel).mean().item()
    assert total_variation(x, reduction).item() == pytest.approx(expected, rel=1e-12)


def test_by_hand() -> None:
    x = torch.tensor([[[[0.0, 0.5], [1.0, 0.5]]]])
    assert total_variation(x).item() == pytest.approx((1.0 + 0.0) + (0.5 + 0.5))
    assert total_variation(x, "mean").item() == pytest.approx(0.5 + 0.5)


def test_a_weight_counts_the_lesser_of_two_neighbours() -> None:
    x = torch.tensor([[[[0.0, 0.5], [1.0, 0.5]]]])
    weight = torch.tensor([[[[1.0, 0.5], [0.25, 0.0]]]])
    assert total_variation(x, weight=weight).item() == pytest.approx(1.0 * 0.25 + 0.0 + 0.5 * 0.5 + 0.5 * 0.0)
    assert total_variation(x, "mean", torch.ones(1, 1, 2, 2)).item() == total_variation(x, "mean").item()


def test_the_sum_is_of_one_image_and_does_not_grow_with_the_batch() -> None:
    x = images(1, 3, 8, 8)
    assert total_variation(x.repeat(5, 1, 1, 1)).item() == pytest.approx(total_variation(x).item())


def test_half_precision_is_summed_in_float32() -> None:
    x = images(2, 3, 128, 128).bfloat16()
    value = total_variation(x)
    assert value.dtype == torch.float32
    assert value.item() == pytest.approx(total_variation(x.double()).item(), rel=1e-4)


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_gradients(reduction: str) -> None:
    assert torch.autograd.gradcheck(lambda x: total_variation(x, reduction), images(2, 2, 5, 4).requires_grad_())


def test_wrong_use_is_refused() -> None:
    with pytest.raises(ValueError, match="sum or mean, not 'max'"):
        total_variation(images(1, 3, 4, 4), "max")
    for shape in ((3, 4, 4), (1, 3, 1, 4)):
        with pytest.raises(ValueError, match="at least 2×2"):
            total_variation(images(*shape))
