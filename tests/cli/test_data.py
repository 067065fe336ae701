"""`python -m core data`, and the names of sets in `evaluate`."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.cli import main
from core.networks import SemiDerainGAN


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A data root with Rain12 alone."""
    rng = np.random.default_rng(0)
    (tmp_path / "sets/Rain12/rainy").mkdir(parents=True)
    for number in range(1, 13):
        for name in (f"norain-{number:03}.png", f"rainy/rain-{number:03}.png"):
            Image.fromarray(rng.integers(0, 255, (16, 16, 3), np.uint8)).save(tmp_path / "sets/Rain12" / name)
    return tmp_path


@pytest.fixture(autouse=True)
def no_data_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DERAIN_DATA", raising=False)


def test_lists_what_is_there_and_what_is_missing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "--data-root", str(root)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"Rain12: 12 pairs in {root}/sets/Rain12 (layout rain100), all of them."
    assert lines[1].startswith("Rain100L is missing: there is no folder named Rain100L or ")
    assert all(line.endswith(".") for line in lines)


def test_json_of_sets_asked_for_by_name(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DERAIN_DATA", str(root))
    assert main(["data", "rain12", "--json"]) == 0
    (entry,) = json.loads(capsys.readouterr().out)
    assert (entry["name"], entry["found"], entry["count"]) == ("Rain12", True, 12)
    assert main(["data", "Rain12", "Rain100H", "--json"]) == 1
    assert [entry["found"] for entry in json.loads(capsys.readouterr().out)] == [True, False]


def test_says_that_it_needs_a_data_root(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data"]) == 1
    assert capsys.readouterr().err.startswith("error: Say which folder the data sets are in, by --data-root or")


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    SemiDerainGAN(ssrml={"channels": 4, "steps": 1, "units": 1}, unet={"width": 4}).save_pretrained(
        tmp_path / "weights"
    )
    return tmp_path / "weights"


def test_evaluate_takes_a_name(root: Path, weights: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["evaluate", "--data", "rain12", "--data-root", str(root), "--weights", str(weights)]
    assert main([*command, "--json", str(root / "out.json")]) == 0
    data = json.loads((root / "out.json").read_text())["data"]
    assert (data["set"], data["folder"], data["photos_in_folder"]) == ("Rain12", str(root / "sets/Rain12"), 12)
    assert f"Rain12 in {root}/sets/Rain12 (12 of 12 pairs" in capsys.readouterr().out


def test_a_folder_goes_before_a_name(
    root: Path, weights: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root / "sets")
    monkeypatch.setenv("DERAIN_DATA", str(root / "absent"))
    assert main(["evaluate", "--data", "Rain12", "--weights", str(weights), "--limit", "1"]) == 0
    assert "data       Rain12 (1 of 12 pairs" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        (["--data", "Rain12"], 1, "Say which folder the data sets are in"),
        (["--data", "Rain100L", "--data-root", "{root}"], 1, "Rain100L is missing: there is no folder"),
        (["--data", "mine", "--data-root", "{root}"], 2, "--data-root belongs to a data set's name, such as"),
        (["--data", "Rain12", "--data-root", "{root}", "--layout", "rain100"], 2, "belong to a folder"),
        (["--data", "Rain100L-standin", "--data-root", "{root}/train"], 2, "evaluate takes pairs on disk"),
        (["--clean", "{root}", "--data-root", "{root}"], 2, "belong to --data, not to --clean"),
    ],
)
def test_what_evaluate_says_of_a_name(
    root: Path, options: list[str], code: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in ("clean", "streaks"):
        (root / "train" / folder).mkdir(parents=True)
        Image.new("RGB", (16, 16)).save(root / "train" / folder / "1.png")
    assert main(["evaluate", *(option.format(root=root) for option in options)]) == code
    assert sentence in capsys.readouterr().err
