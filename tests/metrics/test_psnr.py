"""PSNR against scikit-image and by hand."""

import math

import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio

from core.metrics import psnr


@pytest.mark.parametrize("shape", [(17, 23), (17, 23, 3)])
def test_equals_scikit_image(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(1)
    x, y = (rng.integers(0, 256, shape, dtype=np.uint8) for _ in range(2))
    assert psnr(x, y) == pytest.approx(peak_signal_noise_ratio(x, y, data_range=255), abs=1e-9)


def test_by_hand() -> None:
    dark, bright = np.zeros((4, 4), np.uint8), np.full((4, 4), 255, np.uint8)
    assert psnr(dark, bright) == pytest.approx(0.0)
    assert psnr(dark, dark + np.uint8(1)) == pytest.approx(20 * math.log10(255))
    assert psnr(dark, dark + np.uint8(1), peak=1.0) == pytest.approx(0.0)


def test_equal_pictures_are_infinite() -> None:
    assert psnr(np.ones((3, 3)), np.ones((3, 3))) == math.inf


def test_shapes_must_agree() -> None:
    with pytest.raises(ValueError, match=r"\(3, 3\) and \(3, 3, 3\)"):
        psnr(np.ones((3, 3)), np.ones((3, 3, 3)))
