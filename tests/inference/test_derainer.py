"""Deraining one photo: shapes, depths, strength, masks, borders, and one sentence for what cannot be done."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch

from core.inference import Derainer, InferenceError
from core.networks import SemiDerainGAN


@pytest.fixture(scope="module")
def derainer(model: SemiDerainGAN) -> Derainer:
    return Derainer(model, device="cpu", dtype="float32", tile=None)


def run_model(model: SemiDerainGAN, pixels: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    """Derained image (H, W, 3) and masks (H, W), straight from the network in float32."""
    x = torch.from_numpy(pixels.astype(np.float32) / np.iinfo(pixels.dtype).max).permute(2, 0, 1)[None]
    with torch.no_grad():
        made = model(x)
    return made.derained[0].permute(1, 2, 0).numpy(), [mask[0, 0].numpy() for mask in made.masks]


def test_gives_what_the_network_gives_rounded(model: SemiDerainGAN, derainer: Derainer, photo: np.ndarray) -> None:
    expected, masks = run_model(model, photo)
    result = derainer(photo, steps=True)
    assert np.abs(expected - photo / 255).mean() > 0.02, "the model of this test must change the photo"
    assert np.abs(result.pixels - expected * 255).max() <= 0.501
    assert result.pixels.dtype == np.uint8 and result.mask.dtype == np.float32
    assert len(result.masks) == len(masks)
    for got, mask in zip(result.masks, masks):
        np.testing.assert_allclose(got, mask, atol=1e-4)
    np.testing.assert_array_equal(result.mask, result.masks[-1])
    assert result.generator == "gs"
    assert derainer(photo).masks == []


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("size", [(1, 1), (7, 3), (1, 50), (50, 1), (2, 2), (33, 47)])
def test_any_size_and_depth(derainer: Derainer, size: tuple[int, int], dtype: type, channels: int) -> None:
    pixels = np.random.default_rng(0).integers(0, np.iinfo(dtype).max, (*size, channels), dtype, endpoint=True)
    before = pixels.copy()
    result = derainer(pixels, steps=True)
    assert result.pixels.shape == pixels.shape and result.pixels.dtype == dtype
    assert result.mask.shape == size and result.mask.min() >= 0 and result.mask.max() <= 1
    np.testing.assert_array_equal(pixels, before)


@pytest.mark.parametrize("tile", [None, 256])
def test_one_row_of_five_thousand(model: SemiDerainGAN, tile: int | None) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (1, 5000, 3), np.uint8)
    derainer = Derainer(model, dtype="float32", tile=tile, overlap=64)
    assert derainer(pixels).pixels.shape == pixels.shape


@pytest.mark.parametrize("tile", [None, 128])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_strength_nought_is_the_photo_itself(
    model: SemiDerainGAN, photo: np.ndarray, dtype: type, tile: int | None
) -> None:
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, np.iinfo(dtype).max, (200, 300, 3), dtype, endpoint=True)
    result = Derainer(model, dtype="float32", tile=tile, overlap=32)(pixels, strength=0)
    np.testing.assert_array_equal(result.pixels, pixels)


def test_strength_mixes(derainer: Derainer, photo: np.ndarray) -> None:
    full = derainer(photo).pixels.astype(float)
    half = derainer(photo, strength=0.5).pixels
    assert np.abs(half - (photo + full) / 2).max() <= 0.76


def test_sixteen_bits_are_used(model: SemiDerainGAN, derainer: Derainer, photo: np.ndarray) -> None:
    deep = photo.astype(np.uint16) * 257
    result = derainer(deep).pixels
    expected, _ = run_model(model, deep)
    assert np.abs(result / 65535 - expected).max() < 1e-4
    assert len(np.unique(result)) > 256


def test_grey_is_three_equal_channels(model: SemiDerainGAN, derainer: Derainer, photo: np.ndarray) -> None:
    grey = photo[:, :, :1]
    expected, _ = run_model(model, np.repeat(grey, 3, 2))
    assert np.abs(derainer(grey).pixels[:, :, 0] - expected.mean(2) * 255).max() <= 0.501


def test_views_give_the_same(derainer: Derainer, photo: np.ndarray) -> None:
    """Photos may be turned, mirrored, read-only views."""
    view = photo[::-1, ::-1].transpose(1, 0, 2)
    view.flags.writeable = False
    np.testing.assert_array_equal(derainer(view).pixels, derainer(np.ascontiguousarray(view)).pixels)


def test_bfloat16_stays_close(model: SemiDerainGAN, derainer: Derainer, photo: np.ndarray) -> None:
    difference = Derainer(model, device="cpu", dtype="bfloat16")(photo).pixels.astype(float) - derainer(photo).pixels
    assert 0 < np.abs(difference).mean() < 1


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_cuda_agrees_with_the_cpu(model: SemiDerainGAN, derainer: Derainer, photo: np.ndarray) -> None:
    expected = derainer(photo).pixels.astype(float)
    for dtype, limit in (("float32", 0.1), ("auto", 1.0)):
        result = Derainer(model, device="cuda", dtype=dtype)(photo)
        assert np.abs(result.pixels - expected).mean() < limit
    model.cpu()


@pytest.mark.parametrize(
    ("pixels", "sentence"),
    [
        (np.zeros((4, 4, 3), np.float32), "uint8 or uint16, not float32"),
        (np.full((4, 4, 3), np.nan), "uint8 or uint16, not float64"),
        (np.zeros((4, 4, 3), np.int16), "not int16"),
        (np.zeros((4, 4, 3), bool), "not bool"),
        (np.zeros((4, 4), np.uint8), r"not (4, 4)"),
        (np.zeros((4, 4, 4), np.uint8), "not (4, 4, 4)"),
        (np.zeros((1, 4, 4, 3), np.uint8), "not (1, 4, 4, 3)"),
        (np.zeros((0, 4, 3), np.uint8), "at least one pixel"),
        ([[1]], "not list"),
    ],
)
def test_wrong_pixels_are_refused(derainer: Derainer, pixels: np.ndarray, sentence: str) -> None:
    with pytest.raises(InferenceError, match=re.escape(sentence)):
        derainer(pixels)


@pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan"), float("inf"), "1", None])
def test_wrong_strength_is_refused(derainer: Derainer, strength: float) -> None:
    with pytest.raises(InferenceError, match="strength must be a number from 0 to 1"):
        derainer(np.zeros((4, 4, 3), np.uint8), strength=strength)


def test_wrong_settings_are_refused(model: SemiDerainGAN, derainer: Derainer, tmp_path: Path) -> None:
    with pytest.raises(InferenceError, match="no generator 'gr', only gs"):
        derainer(np.zeros((4, 4, 3), np.uint8), generator="gr")
    with pytest.raises(InferenceError, match="at least 288 pixels"):
        Derainer(model, tile=128, overlap=96)
    with pytest.raises(InferenceError, match="must not be negative"):
        Derainer(model, overlap=-1)
    for device in ("gpu", "cuda:x", "cuda:99", "cpu:1"):
        with pytest.raises(InferenceError, match="device"):
            Derainer(model, device=device)
    with pytest.raises(InferenceError, match="no number format"):
        Derainer(model, device="cpu", dtype="int8")
    with pytest.raises(InferenceError, match="float16 needs"):
        Derainer(model, device="cpu", dtype="float16")


def test_weights_that_cannot_be_loaded(model: SemiDerainGAN, photo: np.ndarray, tmp_path: Path) -> None:
    with pytest.raises(InferenceError, match=r"config\.json is missing"):
        Derainer(tmp_path)
    model.save_pretrained(tmp_path / "saved")
    same = Derainer(tmp_path / "saved", device="cpu", dtype="float32")(photo).pixels
    np.testing.assert_array_equal(same, Derainer(model, device="cpu", dtype="float32")(photo).pixels)
    weights = tmp_path / "saved" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(InferenceError, match="cannot be loaded"):
        Derainer(tmp_path / "saved")


def test_weights_of_another_config(model: SemiDerainGAN, tmp_path: Path) -> None:
    model.save_pretrained(tmp_path)
    config = tmp_path / "config.json"
    config.write_text(config.read_text().replace('"width": 8', '"width": 16'))
    with pytest.raises(InferenceError, match="cannot be loaded"):
        Derainer(tmp_path)
    config.write_text("{")
    with pytest.raises(InferenceError, match="cannot be loaded"):
        Derainer(tmp_path)


def test_damaged_weights_are_noticed(model: SemiDerainGAN) -> None:
    broken = SemiDerainGAN(**{name: dict(model._hub_mixin_config[name]) for name in ("ssrml", "unet")})
    with torch.no_grad():
        broken.unets["gs"].tail.bias.fill_(float("nan"))
    with pytest.raises(InferenceError, match="not numbers"):
        Derainer(broken)(np.zeros((8, 8, 3), np.uint8))


def test_progress_counts_tiles_and_can_stop(model: SemiDerainGAN, photo: np.ndarray) -> None:
    derainer = Derainer(model, dtype="float32", tile=192, overlap=32)
    calls: list[tuple[int, int]] = []
    derainer(photo, progress=lambda done, total: calls.append((done, total)))
    total = calls[0][1]
    assert total > 1 and calls == [(done, total) for done in range(total + 1)]

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        derainer(photo, progress=stop)
