"""Protocols against scikit-image, and against the figures of the rainy photos of Rain100L and Rain100H."""

import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage.color import rgb2ycbcr
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from core.depth import round_to_8_bits
from core.metrics import PROTOCOLS, measure


def two_photos(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    clean = np.linspace(0, 255, 60 * 50 * 3).reshape(60, 50, 3).astype(np.uint8)
    return clean, np.clip(clean + rng.normal(0, 15, clean.shape), 0, 255).astype(np.uint8)


def test_y_and_rgb_equal_scikit_image() -> None:
    clean, noisy = two_photos()
    settings = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False, "data_range": 255}
    y_clean, y_noisy = rgb2ycbcr(clean)[..., 0], rgb2ycbcr(noisy)[..., 0]
    y, rgb = measure("y", clean, noisy), measure("rgb", clean, noisy)
    assert y["psnr"] == pytest.approx(peak_signal_noise_ratio(y_clean, y_noisy, data_range=255), abs=1e-9)
    assert y["ssim"] == pytest.approx(structural_similarity(y_clean, y_noisy, **settings), abs=1e-9)
    assert rgb["psnr"] == pytest.approx(peak_signal_noise_ratio(clean, noisy, data_range=255), abs=1e-9)
    assert rgb["ssim"] == pytest.approx(structural_similarity(clean, noisy, channel_axis=2, **settings), abs=1e-9)


def test_y_lies_above_full_range_grey_by_its_smaller_range() -> None:
    clean, noisy = two_photos()
    above = measure("y", clean, noisy)["psnr"] - measure("y-full", clean, noisy)["psnr"]
    assert above == pytest.approx(20 * math.log10(255 / 219), abs=1e-4)


def test_wrong_input_is_refused() -> None:
    clean, noisy = two_photos()
    with pytest.raises(ValueError, match="no protocol 'z'; there are y, y-full, rgb"):
        measure("z", clean, noisy)
    with pytest.raises(ValueError, match="8-bit"):
        measure("y", clean, noisy / 255.0)


def test_eight_bits_are_rounded_not_truncated() -> None:
    values = np.array([0.0, 0.499, 0.501, 1.49, 1.51, 254.51, 300.0, -3.0]) / 255.0
    assert round_to_8_bits(values.astype(np.float32)).tolist() == [0, 0, 1, 1, 2, 255, 255, 0]
    values = np.arange(256, dtype=np.uint8)
    assert np.array_equal(round_to_8_bits(values.astype(np.uint16) * 257), values)
    assert round_to_8_bits(np.array([0, 128, 129, 257, 65535], np.uint16)).tolist() == [0, 0, 1, 1, 255]
    eight = np.arange(256, dtype=np.uint8)
    assert round_to_8_bits(eight) is eight
    with pytest.raises(ValueError, match="int64"):
        round_to_8_bits(np.arange(3, dtype=np.int64))


RAINY_INPUT = {
    ("Rain100L", "001"): (27.301, 0.858, 25.972, 0.851),
    ("Rain100L", "002"): (29.001, 0.864, 27.679, 0.852),
    ("Rain100L", "003"): (33.842, 0.945, 32.467, 0.936),
    ("Rain100H", "001"): (16.623, 0.391, 15.285, 0.378),
    ("Rain100H", "002"): (14.873, 0.300, 13.529, 0.277),
    ("Rain100H", "003"): (10.753, 0.301, 9.339, 0.275),
}


@pytest.mark.parametrize(("data", "number"), RAINY_INPUT)
def test_figures_of_rainy_photos(shared: Path, data: str, number: str) -> None:
    folder = shared / "data" / "test" / data
    rainy = np.asarray(Image.open(folder / "rainy" / f"rain-{number}.png").convert("RGB"))
    clean = np.asarray(Image.open(folder / f"norain-{number}.png").convert("RGB"))
    figures = (*measure("y", clean, rainy).values(), *measure("rgb", clean, rainy).values())
    assert figures == pytest.approx(RAINY_INPUT[data, number], abs=0.00055)
    assert set(PROTOCOLS) == {"y", "y-full", "rgb"}
