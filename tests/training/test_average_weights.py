"""`scripts/average_weights.py`: the mean of weights, and what has none."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from core.inference.engine import load_model
from core.networks import SemiDerainGAN


def run(repository: Path, *arguments: Path | str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "scripts/average_weights.py", *map(str, arguments)]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True)


@pytest.fixture()
def folders(settings: dict[str, Any], tmp_path: Path) -> list[Path]:
    """Two tiny weights of one network."""
    made = [tmp_path / "one", tmp_path / "two"]
    for folder in made:
        SemiDerainGAN(**settings["network"], generators=("gs", "gr")).save_pretrained(folder)
    return made


def test_writes_the_mean(folders: list[Path], repository: Path, tmp_path: Path) -> None:
    assert run(repository, *folders, "-o", tmp_path / "mean").returncode == 0
    one, two, mean = (load_model(folder).state_dict() for folder in (*folders, tmp_path / "mean"))
    for name in mean:
        torch.testing.assert_close(mean[name], (one[name] + two[name]) / 2, atol=5e-3, rtol=5e-3)
    assert any(not torch.equal(one[name], two[name]) for name in one)


def test_other_networks_and_missing_ones_are_told(
    folders: list[Path], settings: dict[str, Any], repository: Path, tmp_path: Path
) -> None:
    SemiDerainGAN(**settings["network"]).save_pretrained(tmp_path / "gs")
    for other, sentence in ((tmp_path / "gs", "different networks"), (tmp_path / "none", "There are no weights")):
        told = run(repository, folders[0], other, "-o", tmp_path / "mean")
        assert told.returncode == 1 and sentence in told.stderr and "Traceback" not in told.stderr
    assert not (tmp_path / "mean").exists()
