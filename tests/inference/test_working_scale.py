"""Working at a smaller scale: only the rain layer is enlarged, in any size, without seams or traces of lines."""

import cv2
import numpy as np
import pytest
import torch

from core.inference import Derainer, InferenceError
from core.inference.working_scale import enlarged_bands, shrink
from core.networks import SemiDerainGAN

SIZES = [(1, 1), (1, 700), (700, 1), (2, 3), (33, 47), (200, 301)]


@pytest.fixture(scope="module")
def derainer(model: SemiDerainGAN) -> Derainer:
    return Derainer(model, device="cpu", dtype="float32", tile=None)


def put_together(pixels: np.ndarray, rain: np.ndarray, scale: int) -> np.ndarray:
    """R of the shrunk photo, enlarged, (H, W, channels)."""
    small = shrink(pixels, scale)
    nothing = np.zeros((*rain.shape[:2], 1), np.float32)
    layer = np.full(pixels.shape, np.nan, np.float32)
    for rows, part, _ in enlarged_bands(pixels, small, rain, nothing, scale):
        layer[rows] = part
    return layer


@pytest.mark.parametrize("scale", [2, 3, 4, 9])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_an_enlarged_photo_comes_back(photo: np.ndarray, dtype: type, scale: int) -> None:
    """Saturated rain too, of which the enlargement lost what was beyond white."""
    small = photo[:90, :120].copy()
    small[10:80, 5:115:9] = 255
    small[20:60, 9:115:11] = 0
    small = small.astype(dtype) * dtype(np.iinfo(dtype).max // 255)
    enlarged = cv2.resize(small, (120 * scale, 90 * scale), interpolation=cv2.INTER_CUBIC)
    back = shrink(enlarged, scale)
    assert back.shape == small.shape and back.dtype == dtype
    means = cv2.resize(enlarged, (120, 90), interpolation=cv2.INTER_AREA)
    errors = [np.abs(got.astype(float) - small)[2:-2, 2:-2].mean() for got in (back, means)]
    assert errors[0] < 0.06 * errors[1] and errors[0] < np.iinfo(dtype).max * 0.002


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_shrinking_keeps_means(scale: int) -> None:
    """A sum of many pixels is that of the shrunk photo's; sides that the scale does not divide are continued."""
    pixels = np.random.default_rng(0).integers(20000, 45000, (60 * scale, 50 * scale, 3), np.uint16)
    small = shrink(pixels, scale)
    assert np.abs(small.mean((0, 1)) / pixels.mean((0, 1)) - 1).max() < 0.002
    cut = shrink(pixels[:-1, : 1 - scale], scale)
    assert cut.shape == small.shape
    np.testing.assert_array_equal(cut[:40, :30], small[:40, :30])
    flat = np.full((7 * scale - 1, 5 * scale + 1, 1), 200, np.uint8)
    assert (shrink(flat, scale) == 200).all()


@pytest.mark.parametrize("scale", [2, 3, 5])
def test_shrinking_leaves_no_seam(scale: int) -> None:
    """A photo is shrunk the same way wherever it is cut into bands."""
    pixels = np.random.default_rng(0).integers(0, 256, (300 * scale, 40, 3), np.uint8)
    lower = shrink(pixels[100 * scale :], scale)
    assert np.abs(shrink(pixels, scale)[120:].astype(int) - lower[20:]).max() <= 1


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


@pytest.mark.parametrize("scale", [2, 3, 4])
@pytest.mark.parametrize("size", [(800, 1120), (797, 1111), (400, 1999)])
def test_tiles_agree_with_the_whole(model: SemiDerainGAN, photo: np.ndarray, scale: int, size: tuple[int, int]) -> None:
    large = cv2.resize(photo, size[::-1], interpolation=cv2.INTER_CUBIC)
    whole = Derainer(model, dtype="float32", tile=None)(large, steps=True, scale=scale)
    tiled = Derainer(model, dtype="float32", tile=208, overlap=64)(large, steps=True, scale=scale)
    assert np.abs(whole.pixels.astype(int) - large).mean() > 2, "the model of this test must change the photo"
    assert np.abs(tiled.pixels.astype(int) - whole.pixels).max() <= 1
    for got, expected in zip(tiled.masks, whole.masks):
        np.testing.assert_allclose(got, expected, atol=2e-3)


def test_scale_one_is_the_network_s_own(model: SemiDerainGAN, derainer: Derainer, photo: np.ndarray) -> None:
    """Of a photo that might be shrunk, too, bit for bit."""
    large = cv2.resize(photo, (1120, 800), interpolation=cv2.INTER_CUBIC)
    x = torch.from_numpy(large).permute(2, 0, 1)[None] / 255
    with torch.inference_mode():
        derained = model(x, "gs").derained[0].permute(1, 2, 0).numpy()
    result = derainer(large, generator="gs", scale=1)
    np.testing.assert_array_equal(result.pixels, np.clip(np.rint(large + (derained * 255 - large)), 0, 255))
    assert result.scale == 1


@pytest.mark.parametrize(("scale", "tiles"), [(2, 5), (3, 2), (4, 1)])
def test_a_panorama(model: SemiDerainGAN, scale: int, tiles: int) -> None:
    """15 megapixels, 500 high, in tiles of the shrunk photo of at most 992² pixels each."""
    rng = np.random.default_rng(0)
    pixels = cv2.resize(rng.integers(0, 256, (50, 3000, 3), np.uint8), (30_000, 500))
    calls: list[tuple[int, int]] = []
    result = Derainer(model, dtype="float32")(pixels, scale=scale, progress=lambda *call: calls.append(call))
    assert result.pixels.shape == pixels.shape and result.mask.shape == (500, 30_000)
    assert np.isfinite(result.mask).all() and np.abs(result.pixels.astype(int) - pixels).mean() > 1
    assert calls == [(done, tiles) for done in range(tiles + 1)]


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
    small = (shrink(pixels, 3).astype(np.float32) - shrink(np.rint(scene).astype(np.uint8), 3)) / 255
    cubic = cv2.resize(small, (240, 240), interpolation=cv2.INTER_CUBIC) * 255
    ours = put_together(pixels, small, 3) * 255
    assert np.abs(ours - rain).mean() < 0.25 * np.abs(cubic - rain).mean()


@pytest.mark.parametrize("scale", [0, -1, 65, 1.5, "2", "all", True, None, float("nan")])
def test_wrong_scales_are_refused(derainer: Derainer, scale: int) -> None:
    with pytest.raises(InferenceError, match="scale must be"):
        derainer(np.zeros((8, 8, 3), np.uint8), scale=scale)
