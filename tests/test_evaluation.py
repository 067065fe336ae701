"""Evaluation with models that are simple enough to know the figures by hand."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from torch import nn

from core.errors import UserError
from core.evaluation import evaluate_clean, evaluate_pairs, summarise
from core.inference.network import Network
from core.methods import Derained, Method, find_methods
from core.methods.outputs import names_of_pairs
from core.methods.whole import run_whole
from core.metrics import measure
from datasets.errors import DatasetError
from datasets.folders import open_photos
from datasets.pairs import PairedFolder, open_pairs

HEIGHT, WIDTH = 20, 30


@pytest.fixture
def pairs(tmp_path: Path) -> PairedFolder:
    """Three pairs; the rain is 60 grey levels on the two left columns, and 5 (too faint to count) on the next two."""
    rng = np.random.default_rng(0)
    folder = tmp_path / "pairs"
    (folder / "rainy").mkdir(parents=True)
    for number in (1, 2, 3):
        clean = rng.integers(0, 190, (HEIGHT, WIDTH, 3), dtype=np.uint8)
        rainy = clean.copy()
        rainy[:, :2] += 60
        rainy[:, 2:4] += 5
        Image.fromarray(clean).save(folder / f"norain-{number:03}.png")
        Image.fromarray(rainy).save(folder / "rainy" / f"rain-{number:03}.png")
    return open_pairs(folder)


def perfect(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Takes off the rain of `pairs`, and marks the two rainy columns surely and the faint ones half."""
    derained = pixels.copy()
    derained[:, :2] -= 60
    derained[:, 2:4] -= 5
    mask = np.zeros(pixels.shape[:2], np.float32)
    mask[:, :2], mask[:, 2:4] = 0.8, 0.4
    return derained, mask


def by(derain: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray | None]]) -> Method:
    """A method from a function."""
    return Method("x", "X", run=lambda pixels, names: Derained(*derain(pixels)))


def on_disk(folder: Path, pairs: PairedFolder, protocols: list[str], **options: int) -> pd.DataFrame:
    (method,) = find_methods([f"outputs:{folder}"])
    return evaluate_pairs(method, pairs, protocols, names=names_of_pairs(pairs.pairs), **options)


def test_a_model_that_changes_nothing_scores_as_the_rainy_image(pairs: PairedFolder) -> None:
    table = evaluate_pairs(by(lambda pixels: (pixels, None)), pairs, ["y", "y-full", "rgb"])
    assert table["photo"].tolist() == ["rain-001", "rain-002", "rain-003"]
    for index, protocol in enumerate(["y", "y-full", "rgb"]):
        for metric in ("psnr", "ssim"):
            assert (table[f"derained_{metric}_{protocol}"] == table[f"rainy_{metric}_{protocol}"]).all()
        _, rainy, clean = pairs[index]
        assert table[f"rainy_psnr_{protocol}"][index] == measure(protocol, clean, rainy)["psnr"]
        assert table[f"rainy_ssim_{protocol}"][index] == measure(protocol, clean, rainy)["ssim"]
    expected = 10 * np.log10(255**2 / ((60**2 + 5**2) * 2 / WIDTH))
    assert table["rainy_psnr_rgb"].to_numpy() == pytest.approx(expected)
    assert not any(column.startswith("mask") for column in table)


def test_a_perfect_model(pairs: PairedFolder) -> None:
    table = evaluate_pairs(by(perfect), pairs, ["y"])
    assert np.isinf(table["derained_psnr_y"]).all()
    assert table["derained_ssim_y"].to_numpy() == pytest.approx(1.0)
    assert (table["mask_average_precision"] == 1.0).all()
    assert table["mask_mean"].to_numpy() == pytest.approx((2 * 0.8 + 2 * 0.4) / WIDTH)
    figures = summarise(table, ["y"])
    assert figures["protocols"]["y"]["derained"] == pytest.approx(
        {"psnr": 100.0, "psnr_median": 100.0, "ssim": 1.0, "equal": 3}
    )


def test_the_mask_is_held_against_rain_of_more_than_10_of_255(pairs: PairedFolder) -> None:
    def faint_first(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        mask = np.zeros(pixels.shape[:2], np.float32)
        mask[:, 2:4], mask[:, :2] = 0.9, 0.5
        return pixels, mask

    assert evaluate_pairs(by(faint_first), pairs, ["y"])["mask_average_precision"].tolist() == [0.5] * 3


def test_floats_are_rounded(pairs: PairedFolder) -> None:
    def almost(pixels: np.ndarray) -> tuple[np.ndarray, None]:
        return (perfect(pixels)[0] - 0.4) / 255.0, None

    assert summarise(evaluate_pairs(by(almost), pairs, ["rgb"]), ["rgb"])["protocols"]["rgb"]["derained"]["equal"] == 3


def test_limit_and_progress(pairs: PairedFolder) -> None:
    seen: list[int] = []

    def progress(indices):
        for index in indices:
            seen.append(index)
            yield index

    table = evaluate_pairs(by(perfect), pairs, ["y"], limit=2, progress=progress)
    assert len(table) == 2
    assert seen == [0, 1]
    assert len(evaluate_pairs(by(perfect), pairs, ["y"], limit=9)) == 3


def test_means_of_a_table() -> None:
    table = pd.DataFrame(
        {
            "rainy_psnr_y": [20.0, 22.0, 30.0],
            "rainy_ssim_y": [0.5, 0.6, 0.7],
            "derained_psnr_y": [30.0, np.inf, 32.0],
            "derained_ssim_y": [0.9, 1.0, 0.8],
            "mask_mean": [0.1, 0.2, 0.6],
            "mask_average_precision": [0.5, np.nan, 0.7],
        }
    )
    figures = summarise(table, ["y"])
    assert figures["photos"] == 3
    assert figures["protocols"]["y"]["rainy"] == pytest.approx(
        {"psnr": 24.0, "psnr_median": 22.0, "ssim": 0.6, "equal": 0}
    )
    assert figures["protocols"]["y"]["derained"] == pytest.approx(
        {"psnr": 54.0, "psnr_median": 32.0, "ssim": 0.9, "equal": 1}
    )
    assert figures["mask"] == pytest.approx({"mean": 0.3, "median": 0.2, "average_precision": 0.6})


def test_clean_photos(tmp_path: Path, pairs: PairedFolder) -> None:
    def darken(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.where(pixels > 0, pixels - 1, 1).astype(np.uint8), np.full(pixels.shape[:2], 0.01, np.float32)

    (tmp_path / "clean").mkdir()
    for number in (1, 2):
        Image.fromarray(pairs[number].clean).save(tmp_path / "clean" / f"{number}.png")
    table = evaluate_clean(by(darken), open_photos(tmp_path / "clean"))
    assert list(table) == ["photo", "width", "height", "derained_psnr_rgb", "derained_ssim_rgb", "mask_mean"]
    assert table["derained_psnr_rgb"].to_numpy() == pytest.approx(20 * np.log10(255))
    assert table["mask_mean"].to_numpy() == pytest.approx(0.01)
    assert "average_precision" not in summarise(table, ["rgb"])["mask"]


@pytest.mark.parametrize("name", ["rain-{:03}.png", "norain-{:03}.png", "rain-{:03}.bmp"])
def test_images_on_disk(tmp_path: Path, pairs: PairedFolder, name: str) -> None:
    outputs = tmp_path / "derained"
    outputs.mkdir()
    for number in (1, 2, 3):
        derained = perfect(pairs[number - 1].rainy)[0]
        Image.fromarray(derained if number < 3 else derained + 1).save(outputs / name.format(number))
    table = on_disk(outputs, pairs, ["rgb"])
    assert np.isinf(table["derained_psnr_rgb"]).tolist() == [True, True, False]
    assert table["derained_psnr_rgb"][2] == pytest.approx(20 * np.log10(255))


def test_a_png_goes_before_a_jpeg_of_its_name(tmp_path: Path, pairs: PairedFolder) -> None:
    for number in (1, 2, 3):
        derained = Image.fromarray(perfect(pairs[number - 1].rainy)[0])
        derained.save(tmp_path / f"rain-{number:03}.png")
        derained.save(tmp_path / f"rain-{number:03}.jpg", quality=5)
        derained.save(tmp_path / f"rain-{number:03}.webp", quality=5)
    assert np.isinf(on_disk(tmp_path, pairs, ["rgb"])["derained_psnr_rgb"]).all()


def test_images_missing_on_disk(tmp_path: Path, pairs: PairedFolder) -> None:
    outputs = tmp_path / "derained"
    outputs.mkdir()
    Image.fromarray(pairs[0].clean).save(outputs / "rain-001.png")
    with pytest.raises(UserError, match=r"lacks the derained images of 2 of 3 photos; the first is rain-002\.png\.$"):
        on_disk(outputs, pairs, ["y"])
    assert len(on_disk(outputs, pairs, ["y"], limit=1)) == 1


def test_a_derained_image_of_another_size(tmp_path: Path, pairs: PairedFolder) -> None:
    with pytest.raises(DatasetError, match="derained image of rain-001 has 29×20 pixels, but the clean photo 30×20"):
        evaluate_pairs(by(lambda pixels: (pixels[:, 1:], None)), pairs, ["y"])


def test_a_photo_smaller_than_the_window(tmp_path: Path) -> None:
    Image.new("RGB", (40, 10)).save(tmp_path / "small.png")
    with pytest.raises(DatasetError, match="photo small has 40×10 pixels; SSIM needs at least 11×11"):
        evaluate_clean(by(lambda pixels: (pixels, None)), open_photos(tmp_path))


def test_a_network_sees_channels_rows_and_columns_of_0_to_1() -> None:
    class Roll(nn.Module):
        def forward(self, rainy: torch.Tensor) -> torch.Tensor:
            assert rainy.shape == (1, 3, 5, 7)
            assert rainy.dtype == torch.float32
            return rainy.roll(1, dims=1)

    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    derained, mask = run_whole(Network(Roll()), "Roll")(pixels, ())
    assert mask is None
    np.testing.assert_allclose(derained, np.roll(pixels, 1, axis=2) / 255.0, atol=1e-6)


def test_one_bad_pair_is_told_and_the_others_are_measured(pairs: PairedFolder) -> None:
    pairs.pairs[1].rainy.write_bytes(pairs.pairs[1].rainy.read_bytes()[:200])
    told: list[str] = []
    table = evaluate_pairs(by(perfect), pairs, ["y"], failed=told.append)
    assert table["photo"].tolist() == ["rain-001", "rain-003"]
    assert len(told) == 1 and "rain-002.png" in told[0]
    with pytest.raises(UserError, match=r"rain-002\.png"):
        evaluate_pairs(by(perfect), pairs, ["y"])
