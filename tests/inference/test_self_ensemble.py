"""The self-ensemble: the mean over four mirror images, whatever the size, whole or in tiles."""

import numpy as np
import pytest

from core.inference import Derainer
from core.metrics import psnr
from core.networks import SemiDerainGAN
from datasets.rain import RECIPES, render
from datasets.rain.render import to_uint8

AXES = ((), (1,), (0,), (0, 1))


@pytest.fixture(scope="module")
def derainer(model: SemiDerainGAN) -> Derainer:
    return Derainer(model, device="cpu", dtype="float32", tile=None, self_ensemble=True)


def test_is_the_mean_of_four_mirror_images_mirrored_back(
    model: SemiDerainGAN, derainer: Derainer, photo: np.ndarray
) -> None:
    once = Derainer(model, device="cpu", dtype="float32", tile=None)
    parts = [once(np.flip(photo, axes), steps=True) for axes in AXES]
    result = derainer(photo, steps=True)
    pixels = np.mean([np.flip(part.pixels, axes) for part, axes in zip(parts, AXES)], 0)
    assert np.abs(result.pixels - once(photo).pixels.astype(int)).max() > 4, "it must differ from a single image's"
    assert np.abs(result.pixels - pixels).max() <= 1.01
    assert len(result.masks) == len(parts[0].masks)
    for step, mask in enumerate(result.masks):
        wanted = np.mean([np.flip(part.masks[step], axes) for part, axes in zip(parts, AXES)], 0)
        np.testing.assert_allclose(mask, wanted, atol=1e-4)
    np.testing.assert_array_equal(result.mask, result.masks[-1])


@pytest.mark.parametrize("axes", AXES[1:])
def test_a_mirrored_photo_gives_the_mirrored_result(
    derainer: Derainer, photo: np.ndarray, axes: tuple[int, ...]
) -> None:
    straight, mirrored = derainer(photo), derainer(np.flip(photo, axes))
    assert np.abs(np.flip(mirrored.pixels, axes).astype(int) - straight.pixels).max() <= 1
    np.testing.assert_allclose(np.flip(mirrored.mask, axes), straight.mask, atol=1e-4)


@pytest.mark.parametrize("size", [(1, 1), (7, 3), (1, 50), (33, 47)])
def test_any_size(derainer: Derainer, size: tuple[int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (*size, 1), np.uint8)
    result = derainer(pixels)
    assert result.pixels.shape == pixels.shape and result.mask.shape == size


def test_tiles_agree_with_the_whole_of_a_size_that_is_no_multiple(
    model: SemiDerainGAN, derainer: Derainer, photo: np.ndarray
) -> None:
    pixels = photo[:397, :555]
    tiled = Derainer(model, device="cpu", dtype="float32", tile=256, overlap=64, self_ensemble=True)(pixels)
    whole = derainer(pixels)
    assert np.abs(tiled.pixels.astype(int) - whole.pixels).max() <= 1
    assert np.abs(tiled.mask - whole.mask).max() <= 1e-3


def test_is_better_with_the_weights_we_ship() -> None:
    """On four photos of heavy rendered rain, by mean PSNR: nearer to what is behind it than a single image's result.

    A mean of several, since on one photo chance may have it the other way."""
    y, x = np.mgrid[:192, :192]
    clean = np.repeat((90 + 50 * np.sin(x / 17) * np.cos(y / 23)).astype(np.uint8)[..., None], 3, 2)
    photos = [to_uint8(render(clean, RECIPES["heavy"], np.random.default_rng(seed))[0]) for seed in range(3, 7)]
    derainers = [Derainer(device="cpu", dtype="float32", self_ensemble=value) for value in (False, True)]
    once, ensemble = (
        np.mean([psnr(clean, derainer(photo, generator="gs").pixels) for photo in photos]) for derainer in derainers
    )
    assert np.mean([psnr(clean, photo) for photo in photos]) + 10 < once < ensemble
