"""Losses: against independent numbers, and their gradients by finite differences in double precision."""

import numpy as np
import pytest
import torch
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from core.losses.charbonnier import charbonnier, charbonnier_in_rain
from core.losses.mask import mask_loss, rain_magnitude
from core.losses.psnr import psnr_loss
from core.losses.ssim import ssim, ssim_loss


def images(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_charbonnier_by_hand() -> None:
    a, b = torch.tensor([0.0, 0.3]), torch.tensor([0.0, 0.7])
    assert charbonnier(a, b, 0.1).item() == pytest.approx((0.1 + (0.16 + 0.01) ** 0.5) / 2)


def test_charbonnier_in_rain_counts_rainy_pixels_alone() -> None:
    """Of four pixels the first holds rain (30/255 in one channel), the second 1/255, which is not visible."""
    clean = torch.full((1, 3, 1, 4), 0.5)
    rainy = clean.clone()
    rainy[0, 0, 0, 0] += 30 / 255
    rainy[0, :, 0, 1] += 1 / 255
    derained = clean + torch.tensor([0.3, 0.2, 0.2, 0.2])
    assert charbonnier_in_rain(derained, clean, rainy, 1e-6).item() == pytest.approx(0.3 / 4, rel=1e-4)
    everywhere = charbonnier(derained, clean, 1e-6).item()
    assert charbonnier_in_rain(derained, clean, clean + 0.1, 1e-6).item() == pytest.approx(everywhere, rel=1e-4)


def test_psnr_loss_is_the_negative_psnr_of_each_image() -> None:
    a, b = images(2, 3, 8, 9), images(2, 3, 8, 9, seed=1)
    psnr = [peak_signal_noise_ratio(x.numpy(), y.numpy(), data_range=1.0) for x, y in zip(a, b)]
    assert psnr_loss(a, b, floor=0.0).item() == pytest.approx(-np.mean(psnr) * np.log(10) / 10)
    assert psnr_loss(a, a, floor=1e-4).item() == pytest.approx(np.log(1e-4))


def test_ssim_agrees_with_scikit_image() -> None:
    a = images(1, 3, 40, 52)
    b = (a + 0.2 * images(1, 3, 40, 52, seed=1)).clamp(0, 1)
    _, full = structural_similarity(
        a[0].numpy(), b[0].numpy(), gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
        data_range=1.0, channel_axis=0, full=True,
    )  # fmt: skip
    assert ssim(a, b).item() == pytest.approx(np.mean(full[:, 5:-5, 5:-5]), abs=1e-9)


def test_ssim_can_be_learnt_by_after_it_was_only_looked_at() -> None:
    a, b = torch.rand(2, 1, 1, 23, 29)
    with torch.inference_mode():
        looked_at = ssim(a, b).item()
    learnt = ssim(a.clone().requires_grad_(), b)
    learnt.backward()
    assert learnt.item() == pytest.approx(looked_at)


def test_ssim_of_equal_images_is_one_and_the_loss_its_negative() -> None:
    a = images(2, 3, 16, 16)
    assert ssim(a, a).item() == pytest.approx(1.0)
    assert ssim_loss(a, a.flip(-1)).item() == pytest.approx(-ssim(a, a.flip(-1)).item())


def test_ssim_refuses_what_it_cannot_measure() -> None:
    for b in (images(1, 3, 12, 13), images(1, 3, 10, 12)):
        with pytest.raises(ValueError, match="at least 11×11"):
            ssim(b[..., :12], b)


def test_ssim_is_not_taken_in_half_precision() -> None:
    a = 0.5 + 0.3 * images(1, 3, 32, 32).float()
    b = a + 0.05 * (images(1, 3, 32, 32, seed=1).float() - 0.5)
    whole = ssim(a, b).item()
    with torch.autocast("cpu", torch.bfloat16):
        assert ssim(a, b).item() == whole
    assert ssim(a.bfloat16(), b.bfloat16()).item() == pytest.approx(
        ssim(a.bfloat16().double(), b.bfloat16().double()).item(), abs=1e-4
    )


def test_mask_loss_by_hand() -> None:
    rainy = torch.full((1, 3, 4, 4), 0.5)
    clean = rainy.clone()
    clean[:, 0] -= 0.3
    assert torch.allclose(rain_magnitude(rainy, clean), torch.full((1, 1, 4, 4), 0.1))
    masks = [torch.full((1, 1, 4, 4), value) for value in (0.4, 0.2)]
    value = mask_loss(masks, rainy, clean, decay=0.5, floor=0.1).item()
    errors = [(mask**0.5 - 0.1**0.5) ** 2 / (0.1 + 0.1) for mask in (0.4, 0.2)]
    assert value == pytest.approx((0.5 * errors[0] + 1.0 * errors[1]) / 1.5, rel=1e-3)


def test_mask_loss_counts_faint_and_heavy_rain_alike() -> None:
    rainy = torch.stack([torch.full((3, 4, 4), 0.02), torch.full((3, 4, 4), 0.4)])
    masks = [torch.zeros(2, 1, 4, 4)]
    both = mask_loss(masks, rainy, torch.zeros_like(rainy), floor=0.0).item()
    assert both == pytest.approx(1.0, rel=0.05)


def test_gradients() -> None:
    a, b = images(1, 2, 12, 13).requires_grad_(), images(1, 2, 12, 13, seed=1)
    assert torch.autograd.gradcheck(lambda x: charbonnier(x, b), a)
    assert torch.autograd.gradcheck(lambda x: charbonnier_in_rain(x, b, b + (b - 0.5) * (b > 0.5)), a)
    assert torch.autograd.gradcheck(lambda x: ssim_loss(x, b), a)
    assert torch.autograd.gradcheck(lambda x: psnr_loss(x, b), a)
    mask = images(1, 1, 3, 3, seed=2).requires_grad_()
    x, y = images(1, 3, 3, 3, seed=3), images(1, 3, 3, 3, seed=4)
    assert torch.autograd.gradcheck(lambda m: mask_loss([m, m * m], x, y), mask)
