"""SSIM against scikit-image's, with Wang's settings."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from skimage.metrics import structural_similarity

from core.metrics import ssim


def pictures(shape: tuple[int, ...], seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    sigma = (3, 3, 0)[: len(shape)]
    smooth = gaussian_filter(rng.uniform(0, 255, shape), sigma) * 4 - 380
    clean = np.clip(smooth, 0, 255).astype(np.uint8)
    noisy = np.clip(clean + rng.normal(0, 20, shape), 0, 255).astype(np.uint8)
    return clean, noisy


@pytest.mark.parametrize("shape", [(11, 11), (11, 40), (61, 47), (300, 280), (64, 50, 3), (33, 34, 1)])
def test_equals_scikit_image(shape: tuple[int, ...]) -> None:
    clean, noisy = pictures(shape, seed=len(shape) + shape[0])
    expected = structural_similarity(
        clean,
        noisy,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
        data_range=255,
        channel_axis=2 if len(shape) == 3 else None,
    )
    assert 0.01 < expected < 0.99
    assert ssim(clean, noisy) == pytest.approx(expected, abs=1e-10)


def test_peak_scales_the_constants() -> None:
    clean, noisy = pictures((40, 40), seed=5)
    assert ssim(clean / 255.0, noisy / 255.0, peak=1.0) == pytest.approx(ssim(clean, noisy), abs=1e-10)
    assert ssim(clean, noisy, peak=1.0) != pytest.approx(ssim(clean, noisy), abs=1e-3)


def test_equal_pictures_give_one() -> None:
    clean, _ = pictures((40, 40), seed=6)
    assert ssim(clean, clean) == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("shape", [(10, 40), (40, 10, 3), (40,)])
def test_too_small_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="SSIM needs"):
        ssim(np.zeros(shape), np.zeros(shape))


def test_shapes_must_agree() -> None:
    with pytest.raises(ValueError, match="one shape"):
        ssim(np.zeros((20, 20)), np.zeros((20, 21)))
