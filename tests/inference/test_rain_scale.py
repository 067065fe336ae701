"""The working scale is chosen by the width of the rain, not by the photo's size."""

import cv2
import numpy as np
import pytest
import torch

from core.inference import DEFAULT_WEIGHTS, Derainer, InferenceError
from core.inference.rain_scale import FEATURES, PLACES, SCALES, SIDE, choose_scale, largest_scale, look, rain_width
from core.networks import SIZES, SemiDerainGAN
from datasets.rain import render
from tests.conftest import skip_or_fail


@pytest.fixture(scope="module")
def derainer() -> Derainer:
    if not (DEFAULT_WEIGHTS / "model.safetensors").is_file():
        skip_or_fail("there are no trained weights in weights/fast")
    return Derainer(device="cpu", dtype="float32")


def photo(height: int, width: int) -> np.ndarray:
    """A sharp photo of that size, (height, width, 3) uint8, with ground that rain shows against."""
    from skimage import data

    picture = cv2.resize(data.chelsea(), (width, height), interpolation=cv2.INTER_CUBIC)
    noise = np.random.default_rng(0).normal(0, 2, picture.shape)
    return np.clip(picture * 0.7 + noise, 0, 255).astype(np.uint8)


def rainy(scene: np.ndarray, scale: int, seed: int) -> np.ndarray:
    """Heavy rain that is `scale` times as large as it is drawn for training."""
    height, width = scene.shape[:2]
    small = cv2.resize(scene, (width // scale, height // scale), interpolation=cv2.INTER_AREA)
    drawn = render(small, "heavy", np.random.default_rng(seed))[0] - small / np.float32(255)
    layer = cv2.resize(drawn, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.rint(np.clip(scene / 255 + layer, 0, 1) * 255).astype(np.uint8)


def test_the_same_photo_with_rain_of_each_width(derainer: Derainer) -> None:
    scene = photo(1200, 1600)
    draws = [(scale, seed) for scale in SCALES for seed in range(5)]
    chosen = {(scale, seed): derainer.choose_scale(rainy(scene, scale, seed)) for scale, seed in draws}
    wrong = {draw: scale for draw, scale in chosen.items() if not 1 / 1.4 < scale / draw[0] < 1.4}
    assert len(draws) == 20 and len(wrong) <= 1, wrong


def test_all_kinds_of_pixels_get_the_same_scale(derainer: Derainer) -> None:
    pixels = rainy(photo(1000, 1400), 3, seed=1)
    grey = pixels.mean(2, keepdims=True).astype(np.uint8)
    chosen = derainer.choose_scale(pixels)
    assert derainer.choose_scale(pixels.astype(np.uint16) * 257) == chosen
    assert derainer.choose_scale(grey) in (chosen, 4)
    assert derainer.choose_scale(pixels[:, ::-1][:, ::-1]) == chosen


def test_where_no_rain_shows_the_largest_scale_is_taken(derainer: Derainer) -> None:
    assert derainer.choose_scale(np.full((1200, 1600, 3), 90, np.uint8)) == 4
    assert derainer.choose_scale(np.full((700, 1000, 3), 90, np.uint8)) == 2


@pytest.mark.parametrize(
    ("height", "width", "largest"),
    [(321, 481, 1), (1, 50_000, 1), (191, 30_000, 1), (400, 797, 1), (400, 800, 2), (500, 30_000, 4), (3000, 4000, 4)],
)
def test_small_and_narrow_photos_are_not_shrunk_far(height: int, width: int, largest: int) -> None:
    assert largest_scale(height, width) == largest


def test_few_pixels_are_looked_at_whatever_the_size() -> None:
    seen: list[int] = []

    def mask_of(crop: np.ndarray) -> np.ndarray:
        seen.append(crop.shape[0] * crop.shape[1])
        return np.zeros(crop.shape[:2], np.float32)

    assert choose_scale(np.zeros((3000, 4000, 3), np.uint8), mask_of) == 4
    assert len(seen) == len(PLACES) * len(SCALES) and max(seen) == SIDE * SIDE
    seen.clear()
    assert choose_scale(np.zeros((321, 481, 3), np.uint8), mask_of) == 1
    assert not seen, "a photo that stays as it is need not be looked at"


@pytest.mark.parametrize("size", [(500, 3000), (192, 2000), (600, 601)])
def test_narrow_photos_are_looked_at(size: tuple[int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)
    features, presence = look(pixels, lambda crop: crop[:, :, 0] / np.float32(255))
    assert features.shape == (len(PLACES), len(SCALES), len(FEATURES)) and presence.shape == features.shape[:2]
    assert np.isfinite(features).all() and (presence > 100).all()
    width = rain_width(features, presence)
    assert width is not None and 0.1 < width < 20


def test_auto_does_what_the_chosen_scale_does(derainer: Derainer) -> None:
    pixels = rainy(photo(640, 800), 2, seed=2)
    auto = derainer(pixels)
    assert auto.scale == derainer.choose_scale(pixels) == 2
    np.testing.assert_array_equal(auto.pixels, derainer(pixels, scale=2).pixels)
    small = pixels[:321, :481]
    assert derainer(small).scale == 1
    np.testing.assert_array_equal(derainer(small).pixels, derainer(small, scale=1).pixels)


def test_damaged_weights_and_wrong_pixels_are_told() -> None:
    model = SemiDerainGAN(**SIZES["fast"])
    with torch.no_grad():
        model.ssrml.tail.bias.fill_(float("nan"))
    derainer = Derainer(model, device="cpu")
    with pytest.raises(InferenceError, match="not numbers"):
        derainer.choose_scale(np.zeros((800, 800, 3), np.uint8))
    with pytest.raises(InferenceError, match="shape"):
        derainer.choose_scale(np.zeros((800, 800), np.uint8))
