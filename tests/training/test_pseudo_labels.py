"""Pseudo-labels: which squares of a real photo give one, and the script that writes them as pairs."""

import dataclasses
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from core.inference import Derainer, Result
from core.training.pseudo_labels import LONGEST_SIDES, SQUARE, pseudo_pairs, surely_rain
from datasets.pairs import open_pairs
from tests.tiny_weights import gated_weights


def streaks(shape: tuple[int, int], count: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    layer = np.zeros(shape, np.uint8)
    for _ in range(count):
        x, y = int(rng.integers(shape[1])), int(rng.integers(shape[0]))
        cv2.line(layer, (x, y), (x + 2, y + 18), 60, 1)
    return layer


def test_streaks_are_surely_rain_and_smeared_texture_or_next_to_nothing_are_not() -> None:
    rain = streaks((SQUARE, SQUARE), 60).astype(np.float32)
    assert surely_rain(rain)
    assert not surely_rain(0.05 * rain)
    texture = np.random.default_rng(1).normal(0, 12, rain.shape).astype(np.float32)
    assert not surely_rain(texture + 20)


def test_only_squares_with_rain_give_pairs_and_the_label_is_what_the_weights_made() -> None:
    photo = np.full((2 * SQUARE, 2 * SQUARE, 3), 90, np.uint8)
    rainy = photo.copy()
    rainy[:SQUARE, SQUARE:] += streaks((SQUARE, SQUARE), 60)[..., None]
    (pair,) = pseudo_pairs(rainy, lambda x: np.full_like(x, 90))
    assert (pair.longest, pair.top, pair.left) == (2 * SQUARE, 0, SQUARE)
    assert np.array_equal(pair.rainy, rainy[:SQUARE, SQUARE:]) and (pair.derained == 90).all()


def test_a_large_photo_is_seen_in_two_sizes_and_a_small_one_as_it_is() -> None:
    def seen(height: int, width: int) -> list[tuple[int, ...]]:
        shapes: list[tuple[int, ...]] = []

        def derain(pixels: np.ndarray) -> np.ndarray:
            shapes.append(pixels.shape[:2])
            return pixels

        list(pseudo_pairs(np.zeros((height, width, 3), np.uint8), derain))
        return shapes

    assert LONGEST_SIDES == (800, 500)
    assert seen(300, 1600) == [(150, 800), (94, 500)]
    assert seen(300, 600) == [(300, 600), (250, 500)]
    assert seen(300, 400) == [(300, 400)]


@pytest.fixture()
def arguments(settings: dict[str, Any], write_config: Any, data_root: Path, tmp_path: Path) -> list[str]:
    """The script's, for two photos of streaks over grey 60, one of them held out."""
    (data_root / "real").mkdir()
    for index in range(2):
        rainy = 60 + streaks((SQUARE + 20, SQUARE + 30), 90, index)
        cv2.imwrite(str(data_root / "real" / f"{index}.png"), np.dstack([rainy] * 3))
    (tmp_path / "held.txt").write_text("1.png\n")
    settings["data"]["real"] = {"photos": "real", "held_out": str(tmp_path / "held.txt")}
    settings["data"]["mix"]["real"] = 1
    config = write_config(settings)
    weights = gated_weights(tmp_path / "ours")
    given = ["--config", config, "--data-root", data_root, "--weights", weights, "-o", data_root / "pseudo"]
    return [str(part) for part in given]


def test_the_script_writes_pairs_of_what_is_trained_on(
    arguments: list[str], data_root: Path, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = runpy.run_path(str(repository / "scripts" / "pseudo_labels.py"))
    seen = []

    class TakesAll(Derainer):
        """Finds grey 60 behind whatever it sees."""

        def __call__(self, pixels: np.ndarray, **options: Any) -> Result:
            assert (options["generator"], options["scale"]) == ("gr", 1)
            seen.append(bool((pixels > 60).any()))
            return dataclasses.replace(super().__call__(pixels, **options), pixels=np.full_like(pixels, 60))

    monkeypatch.setitem(script["main"].__globals__, "Derainer", TakesAll)
    weights = arguments[arguments.index("--weights") + 1]
    monkeypatch.setattr(sys, "argv", ["pseudo_labels.py", *arguments, "--weights", weights, weights])
    script["main"]()
    assert seen == [True, True, False, False], (
        "the second sees what the first left, each of the photo and its mirror image"
    )
    (pair,) = open_pairs(data_root / "pseudo")
    assert (pair.clean == 60).all() and (pair.rainy > 60).any()


def test_what_cannot_be_written_or_read_is_told_in_a_sentence(
    arguments: list[str], data_root: Path, repository: Path
) -> None:
    command = [sys.executable, "scripts/pseudo_labels.py", *arguments]
    (data_root / "pseudo").mkdir()
    told = subprocess.run(command, cwd=repository, capture_output=True, text=True)
    assert told.returncode == 1 and told.stderr.strip().endswith("pseudo is there already.")
    assert not list((data_root / "pseudo").iterdir())
