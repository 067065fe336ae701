"""Tiles: the cutting, the weights, and that no seam shows."""

import itertools
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from core.inference import DEFAULT_WEIGHTS, Derainer
from core.inference.tiles import Span, blend, ramp, split, split_both, weights
from core.networks import SemiDerainGAN
from tests.conftest import skip_or_fail

CUTS = [
    (length, tile, overlap, stride)
    for length, (tile, overlap), stride in itertools.product(
        (1, 255, 256, 257, 300, 448, 449, 1000, 1023, 4001), ((256, 64), (192, 64), (256, 0), (128, 16)), (4, 16)
    )
]


@pytest.mark.parametrize(("length", "tile", "overlap", "stride"), CUTS)
def test_spans_cover_the_axis_on_the_model_s_grid(length: int, tile: int, overlap: int, stride: int) -> None:
    spans = split(length, tile, overlap, stride)
    assert spans[0].start == spans[0].before == 0
    assert spans[-1].stop == length and spans[-1].after == 0
    for span in spans:
        assert 0 < span.stop - span.start <= tile
        assert span.start % stride == 0
        assert span.before + span.after <= span.stop - span.start, "strips shared with both neighbours must not meet"
    for left, right in itertools.pairwise(spans):
        assert left.stop % stride == 0
        assert left.stop - right.start == left.after == right.before == overlap


@pytest.mark.parametrize("size", [(1500, 2000), (2000, 3000), (1334, 2000), (500, 30_000), (990, 1000), (2000, 60)])
@pytest.mark.parametrize(("tile", "overlap"), [(992, 224), (672, 224), (256, 0)])
def test_tiles_of_free_sides_hold_no_more_and_are_fewer_pixels(size: tuple[int, int], tile: int, overlap: int) -> None:
    free, square = split_both(*size, tile**2, overlap, 16), [split(length, tile, overlap, 16) for length in size]
    (height, tall), (width, wide) = (
        (max(lengths), sum(lengths)) for lengths in ([span.stop - span.start for span in spans] for spans in free)
    )
    assert height * width <= tile**2
    assert tall * wide <= np.prod([sum(span.stop - span.start for span in spans) for spans in square])
    assert [spans[-1].stop for spans in free] == list(size)


def test_12_megapixels_at_half_their_size_are_four_tiles() -> None:
    assert [len(spans) for spans in split_both(1500, 2000, 992**2, 224, 16)] == [2, 2]


@pytest.mark.parametrize(("length", "tile", "overlap", "stride"), CUTS)
def test_weights_sum_to_one(length: int, tile: int, overlap: int, stride: int) -> None:
    total = np.zeros(length)
    for span in split(length, tile, overlap, stride):
        total[span.start : span.stop] += weights(span)
    np.testing.assert_allclose(total, 1, atol=1e-6)


def test_ramp_is_smooth() -> None:
    values = ramp(160)
    assert (values[:64] == 0).all() and (values[-64:] == 1).all()
    assert (np.diff(values) >= 0).all() and np.diff(values).max() < 0.06


@pytest.mark.parametrize("size", [(100, 90), (300, 90), (90, 300), (513, 700)])
def test_blending_tiles_of_an_array_gives_the_array(size: tuple[int, int]) -> None:
    values = np.random.default_rng(0).random((2, *size), np.float32)
    whole = np.full_like(values, np.nan)

    def predict(row: Span, column: Span) -> np.ndarray:
        return values[:, row.start : row.stop, column.start : column.stop].copy()

    for y, x, part in blend(split(size[0], 128, 32, 8), split(size[1], 128, 32, 8), predict):
        assert np.isnan(whole[:, y, x]).all(), "a pixel was given twice"
        whole[:, y, x] = part
    np.testing.assert_allclose(whole, values, atol=1e-6)


def test_blending_passes_from_one_tile_to_the_next() -> None:
    """Tiles of constant value 0 and 1 meet in the ramp, not in a step."""
    rows, columns = split(64, 256, 80, 8), split(400, 256, 80, 8)
    assert len(columns) == 2
    parts = [
        part
        for _, _, part in blend(
            rows, columns, lambda r, c: np.full((1, 64, c.stop - c.start), float(c.start > 0), np.float32)
        )
    ]
    line = np.concatenate(parts, 2)[0, 0]
    assert line[0] == 0 and line[-1] == 1
    assert np.diff(line).max() < 0.11


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [(400, 560), (397, 555), (130, 560), (400, 129)])
def test_tiles_agree_with_the_whole(
    model: SemiDerainGAN, photo: np.ndarray, size: tuple[int, int], channels: int
) -> None:
    """With an overlap beyond the model's reach nothing but rounding may differ, the photo's own border included."""
    pixels = photo[: size[0], : size[1], :channels]
    whole = Derainer(model, dtype="float32", tile=None)(pixels, steps=True)
    tiled = Derainer(model, dtype="float32", tile=208, overlap=64)(pixels, steps=True)
    assert np.abs(tiled.pixels.astype(int) - whole.pixels).max() <= 1
    for got, expected in zip(tiled.masks, whole.masks):
        np.testing.assert_allclose(got, expected, atol=2e-3)


def test_a_tiny_overlap_would_show(model: SemiDerainGAN, photo: np.ndarray) -> None:
    """The test above can fail: without overlap the seams are there."""
    whole = Derainer(model, dtype="float32", tile=None)(photo)
    tiled = Derainer(model, dtype="float32", tile=208, overlap=0)(photo)
    assert np.abs(tiled.pixels.astype(int) - whole.pixels).max() > 4


def test_small_photos_are_done_whole(model: SemiDerainGAN) -> None:
    totals = []
    derainer = Derainer(model, dtype="float32", tile=256, overlap=64)
    for size in ((256, 256), (64, 1000), (257, 260)):
        derainer(np.zeros((*size, 3), np.uint8), progress=lambda done, total: totals.append((done, total)))
    assert [total for done, total in totals if done == 0] == [1, 1, 4]


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float32", "auto"])
def test_no_seam_with_the_weights_we_ship(repository: Path, dtype: str) -> None:
    """2 megapixels of real photos with drawn rain, in tiles below the default size: mean < 1/255 and max ≤ 4/255."""
    if not (DEFAULT_WEIGHTS / "model.safetensors").is_file():
        skip_or_fail("there are no trained weights in weights/fast")
    from skimage import data

    photos = [
        cv2.resize(picture, (864, 576)) for picture in (data.astronaut(), data.chelsea(), data.coffee(), data.rocket())
    ]
    photo = np.vstack((np.hstack(photos[:2]), np.hstack(photos[2:])))
    rng = np.random.default_rng(0)
    for x, y in rng.integers(0, (1728, 1152), (900, 2)).tolist():
        cv2.line(photo, (x, y), (x + 5, y + 40), (225, 225, 225), 1, cv2.LINE_AA)
    derainer = Derainer(device="cpu", dtype=dtype, tile=None)
    if dtype == "auto" and derainer.dtype == torch.float32:
        pytest.skip("auto is float32 on this machine, which the other case looks at")
    whole = derainer(photo, scale=1)
    tiled = Derainer(device="cpu", dtype=dtype, tile=768)(photo, scale=1)
    difference = np.abs(tiled.pixels.astype(int) - whole.pixels)
    assert difference.mean() < 1 and difference.max() <= 4
    assert np.abs(tiled.mask - whole.mask).max() <= 4 / 255
    assert torch.is_inference_mode_enabled() is False
