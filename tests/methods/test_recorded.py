"""Pixels and figures of every command, held against those recorded before methods and metrics each became one.

Here they are the same to the last bit; another processor may round a network's values otherwise, so what the test asks
is one grey level in one value of a thousand, and figures that fit.
"""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from core.cli import main
from core.inference import device
from core.inference.engine import load_model
from core.methods.ours import network_method
from core.training.validation import validate, validate_rain_generator
from datasets.folders import open_photos
from datasets.pairs import PairedPhotos, open_pairs

DERAINED = Path(__file__).parent / "recorded" / "derained"
CSV_NAMES = {"rain_score": "score", "rain_removed": "removed", "structure_lost": "lost"}
"""What columns of the CSV were called when they were recorded."""


@pytest.fixture(autouse=True)
def float32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "cpu_gains_from_bfloat16", lambda: False)


def same(now: Any, then: Any) -> None:
    """Fails unless numbers are near, and all else is equal; what has come since is passed over."""
    if isinstance(then, dict):
        for key, value in then.items():
            same(now[CSV_NAMES.get(key, key)], value)
    elif isinstance(then, list):
        assert len(now) == len(then)
        for one, other in zip(now, then):
            same(one, other)
    elif isinstance(then, float):
        assert now == pytest.approx(then, rel=1e-3, abs=1e-6)
    else:
        assert now == then


def rows_of(path: Path) -> list[dict[str, Any]]:
    def number(text: str) -> Any:
        try:
            return float(text)
        except ValueError:
            return text

    with open(path, newline="", encoding="utf-8") as stream:
        return [{key: number(value) for key, value in row.items()} for row in csv.DictReader(stream)]


def numbers(rows: list[dict[str, str]], path: Path) -> list[dict[str, Any]]:
    """Recorded rows, read as those of a file are."""
    with open(path, "w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return rows_of(path)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("ours", "--data {pairs} --weights {weights} --dtype float32 --protocol all"),
        ("self-ensemble", "--data {pairs} --weights {weights} --dtype float32 --self-ensemble --generator gr"),
        ("clean", "--clean {pairs} --weights {weights} --dtype float32"),
        ("peer", "--data {pairs} --peer prenet:{peers}/PReNet/Rain100L/net_latest.pth"),
        ("outputs", "--data {pairs} --outputs {outputs}/Other --protocol y,rgb"),
    ],
)
def test_evaluate(inputs: dict[str, Path], recorded: dict[str, Any], tmp_path: Path, name: str, arguments: str) -> None:
    given = [part.format(**inputs) for part in arguments.split()]
    assert main(["evaluate", *given, "--device", "cpu", "--json", str(tmp_path / "e.json")]) == 0
    same(json.loads((tmp_path / "e.json").read_text()), recorded["evaluate"][name])


def test_compare(inputs: dict[str, Path], recorded: dict[str, Any], tmp_path: Path) -> None:
    command = "compare --data {pairs} --weights {weights} --device cpu --methods ours,ours:gr,prenet --peers {peers}"
    given = [part.format(**inputs) for part in f"{command} --outputs {{outputs}}".split()]
    assert main([*given, "--keep", str(tmp_path / "keep"), "-o", str(tmp_path / "c.html")]) == 0
    same(rows_of(tmp_path / "c.csv"), numbers(recorded["compare"], tmp_path / "then.csv"))
    for path in DERAINED.glob("*/*.png"):
        now, then = (
            np.array(Image.open(file)).astype(int) for file in (tmp_path / "keep" / path.relative_to(DERAINED), path)
        )
        assert np.abs(now - then).max() <= 1 and (now != then).mean() <= 1e-3, path.name
    for folder, record in recorded["kept"].items():
        same(json.loads((tmp_path / "keep" / folder / "method.json").read_text()), record)


def test_compare_unpaired_and_real_rain(inputs: dict[str, Path], recorded: dict[str, Any], tmp_path: Path) -> None:
    common = "--data {real} --weights {weights} --device cpu --methods ours,prenet:Rain100L --peers {peers}"
    given = [part.format(**inputs) for part in common.split()]
    assert main(["compare", "--unpaired", *given, "-o", str(tmp_path / "c.html")]) == 0
    same(rows_of(tmp_path / "c.csv"), numbers(recorded["compare --unpaired"], tmp_path / "then.csv"))
    assert main(["real-rain", *given, "--csv", str(tmp_path / "r.csv")]) == 0
    same(rows_of(tmp_path / "r.csv"), numbers(recorded["real-rain"], tmp_path / "then.csv"))


def test_validation(inputs: dict[str, Path], recorded: dict[str, Any]) -> None:
    pairs = list(open_pairs(inputs["pairs"]))
    clean = [PairedPhotos(pair.name, pair.clean, pair.clean) for pair in pairs]
    real = dict(open_photos(inputs["real"]))
    model = load_model(inputs["weights"]).to(memory_format=torch.channels_last)
    gs, gr = (network_method(model, generator) for generator in ("gs", "gr"))
    figures = validate(gs, {"rain": pairs, "clean": clean}) | validate_rain_generator(gr, clean, real)
    same(figures, recorded["validate"])
