import numpy as np
import pytest

from annotator.prescreen.working_copy import PATCH, SIDE, patch_means, working_copy
from tests.annotator.prescreen.scenes import texture


def test_a_large_photo_is_scaled_and_a_small_one_kept():
    large = working_copy(texture(0, 600, 960))
    assert large.rgb.shape == (SIDE * 600 // 960, SIDE, 3) and large.scale == 2
    small = texture(0, 60, 96)
    kept = working_copy(small)
    assert kept.scale == 1
    assert np.array_equal(kept.rgb, small)


def test_16_bits_and_grey_look_like_8_bits_in_colour():
    picture = texture(1, 50, 70)
    assert np.array_equal(working_copy(picture.astype(np.uint16) * 257).rgb, picture)
    grey = working_copy(picture[..., :1])
    assert np.array_equal(grey.rgb, picture[..., :1].repeat(3, 2))
    assert np.allclose(grey.grey, picture[..., 0] / 255, atol=1 / 255)


@pytest.mark.parametrize(
    "shape, kind", [((5, 5), np.uint8), ((5, 5, 4), np.uint8), ((5, 5, 3), float), ((0, 5, 3), np.uint8)]
)
def test_other_arrays_are_refused(shape: tuple[int, ...], kind: type):
    with pytest.raises(ValueError, match="A photo is"):
        working_copy(np.zeros(shape, kind))


def test_patch_means_are_those_of_whole_patches():
    values = np.random.default_rng(0).random((2 * PATCH + 5, 3 * PATCH + 31))
    means = patch_means(values)
    assert means.shape == (2, 3)
    assert np.isclose(means[1, 2], values[PATCH : 2 * PATCH, 2 * PATCH : 3 * PATCH].mean())


def test_a_photo_smaller_than_a_patch_is_one_patch():
    values = np.random.default_rng(0).random((7, 100))
    assert patch_means(values).shape == (1, 3)
    assert np.isclose(patch_means(values[:, :9])[0, 0], values[:, :9].mean())
