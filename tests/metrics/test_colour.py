"""Colour conversions against MATLAB's documented values and scikit-image."""

import numpy as np
import pytest
from skimage.color import rgb2ycbcr

from core.metrics.colour import full_range_grey, matlab_y


def some_photo(seed: int = 0, height: int = 20, width: int = 30) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_y_is_that_of_scikit_image() -> None:
    photo = some_photo()
    np.testing.assert_allclose(matlab_y(photo), rgb2ycbcr(photo)[..., 0], atol=1e-9)


@pytest.mark.parametrize(
    ("rgb", "y", "grey"),
    [
        ((0, 0, 0), 16.0, 0.0),
        ((255, 255, 255), 235.0, 255.0),
        ((255, 0, 0), 81.481, 76.245),
        ((0, 255, 0), 144.553, 149.685),
        ((0, 0, 255), 40.966, 29.07),
    ],
)
def test_planes_of_pure_colours(rgb: tuple[int, int, int], y: float, grey: float) -> None:
    pixel = np.array([[rgb]], dtype=np.uint8)
    assert matlab_y(pixel).item() == pytest.approx(y, abs=1e-9)
    assert full_range_grey(pixel).item() == pytest.approx(grey, abs=1e-9)


def test_planes_are_not_rounded() -> None:
    assert np.ptp(matlab_y(some_photo()) % 1.0) > 0.5
