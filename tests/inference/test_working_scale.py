"""Working at a smaller scale: only the rain layer is enlarged, in any size, without seams or traces of lines."""

import cv2
import numpy as np
import pytest

from core.inference import Derainer, InferenceError
from core.inference.working_scale import enlarged_bands, shrink
from core.networks import SemiDerainGAN

SIZES = [(1, 1), (1, 700), (700, 1), (2, 3), (33, 47), (200, 301)]


@pytest.fixture(scope="module")
def derainer(model: SemiDerainGAN) -> Derainer:
    return Derainer(model, device="cpu", dtype="float32", tile=None)


def put_together(pixels: np.ndarray, rain: np.ndarray, scale: int) -> np.ndarray:
    """R of the shrunk photo, enlarged, (H, W, channels)."""
    nothing = np.zeros((*rain.shape[:2], 1), np.float32)
    layer = np.full(pixels.shape, np.nan, np.float32)
    for rows, part, _ in enlarged_bands(pixels, rain, nothing, scale):
        layer[rows] = part
    return layer


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_shrinking_takes_means_of_blocks(scale: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 65536, (12 * scale, 10 * scale, 3), np.uint16)
    means = pixels.reshape(12, scale, 10, scale, 3).mean((1, 3))
    assert np.abs(shrink(pixels, scale) - means).max() <= 0.51
    cut = shrink(pixels[:-1, : 1 - scale], scale)
    assert cut.shape == (12, 10, 3) and cut.dtype == np.uint16
    np.testing.assert_array_equal(cut[:-1, :-1], shrink(pixels, scale)[:-1, :-1])
    assert np.abs(cut[:-1, -1] - pixels[: 11 * scale, 9 * scale].reshape(11, scale, 3).mean(1)).max() <= 0.51


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("size", SIZES)
def test_any_size_and_depth(derainer: Derainer, size: tuple[int, int], dtype: type, channels: int) -> None:
    pixels = np.random.default_rng(0).integers(0, np.iinfo(dtype).max, (*size, channels), dtype, endpoint=True)
    before = pixels.copy()
    for scale in (2, 3, 4, 9):
        result = derainer(pixels, steps=True, scale=scale)
        assert result.pixels.shape == pixels.shape and result.pixels.dtype == dtype and result.scale == scale
        assert len(result.masks) == 2
        for mask in result.masks:
            assert mask.shape == size and mask.dtype == np.float32 and mask.min() >= 0 and mask.max() <= 1
        np.testing.assert_array_equal(derainer(pixels, scale=scale, strength=0).pixels, before)
    np.testing.assert_array_equal(pixels, before)


@pytest.mark.parametrize("scale", [2, 3])
@pytest.mark.parametrize("size", [(800, 1120), (797, 1111), (400, 1999)])
def test_tiles_agree_with_the_whole(model: SemiDerainGAN, photo: np.ndarray, scale: int, size: tuple[int, int]) -> None:
    large = cv2.resize(photo, size[::-1], interpolation=cv2.INTER_CUBIC)
    whole = Derainer(model, dtype="float32", tile=None)(large, steps=True, scale=scale)
    tiled = Derainer(model, dtype="float32", tile=208, overlap=64)(large, steps=True, scale=scale)
    assert np.abs(whole.pixels.astype(int) - large).mean() > 2, "the model of this test must change the photo"
    assert np.abs(tiled.pixels.astype(int) - whole.pixels).max() <= 1
    for got, expected in zip(tiled.masks, whole.masks):
        np.testing.assert_allclose(got, expected, atol=2e-3)


@pytest.mark.parametrize("size", [(1200, 90), (1199, 91)])
def test_bands_leave_no_seam(photo: np.ndarray, size: tuple[int, int]) -> None:
    """A photo is put together the same way wherever it is cut into bands."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (*size, 3), np.uint8)
    rain = rng.random((*shrink(pixels, 3).shape[:2], 3), np.float32)
    lower = slice(297, None)
    np.testing.assert_allclose(
        put_together(pixels, rain, 3)[400:], put_together(pixels[lower], rain[99:], 3)[103:], atol=1e-4
    )


def test_half_the_strength_takes_half_the_rain(derainer: Derainer, photo: np.ndarray) -> None:
    full = derainer(photo, scale=2).pixels.astype(float)
    half = derainer(photo, scale=2, strength=0.5).pixels
    inside = (full > 0) & (full < 255)
    assert inside.mean() > 0.3
    assert np.abs(half - (photo + full) / 2)[inside].max() <= 0.76


def test_without_rain_the_photo_s_own_pixels_come_back() -> None:
    """No detail of the scene is resampled: a layer of nothing takes nothing away, from noise either."""
    pixels = np.random.default_rng(0).integers(0, 256, (60, 80, 3), np.uint8)
    assert (put_together(pixels, np.zeros((20, 27, 3), np.float32), 3) == 0).all()


def test_sharp_streaks_leave_no_trace_of_lines() -> None:
    """Streaks 2 pixels wide, worked on at a third of the size, over ground with a slope: cubic enlargement fails."""
    scene = np.tile(np.linspace(60, 120, 240, dtype=np.float32)[:, None, None], (1, 240, 3))
    rain = np.zeros_like(scene)
    rain[20:220, 30:230:17] = 60
    rain[20:220, 31:230:17] = 60
    pixels = np.rint(scene + rain).astype(np.uint8)
    small = cv2.resize(rain, (80, 80), interpolation=cv2.INTER_AREA) / 255
    cubic = cv2.resize(small, (240, 240), interpolation=cv2.INTER_CUBIC) * 255
    ours = put_together(pixels, small, 3) * 255
    assert np.abs(ours - rain).mean() < 0.25 * np.abs(cubic - rain).mean()


@pytest.mark.parametrize("scale", [0, -1, 65, 1.5, "2", "all", True, None, float("nan")])
def test_wrong_scales_are_refused(derainer: Derainer, scale: int) -> None:
    with pytest.raises(InferenceError, match="scale must be"):
        derainer(np.zeros((8, 8, 3), np.uint8), scale=scale)
