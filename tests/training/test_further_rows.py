"""A loss term is one file and its row in the table, a kind of rain one row: tried in a copy of the sources."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

EDGES = '''"""Edge loss: what differs between neighbours across."""

from torch import Tensor


def edge_loss(derained: Tensor, clean: Tensor) -> Tensor:
    """Mean absolute difference of the steps from pixel to pixel. Two (B, C, H, W), 0…1 -> scalar."""
    return (derained.diff() - clean.diff()).abs().mean()
'''
TERM = 'TERMS += (Term("edges", SUPERVISED, 0.0, "", lambda s: edge_loss(s.derained, s.clean)),)\n'
SLEET = 'RECIPES["sleet"] = Recipe(streak_layers=(2, 2), density=(0.5, 0.5), brightness=(0.9, 0.9))\n'


@pytest.fixture()
def copy(repository: Path, tmp_path: Path) -> Path:
    for package in ("core", "datasets"):
        shutil.copytree(repository / package, tmp_path / "copy" / package, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "copy"


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def train(copy: Path, config: Path, data_root: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "core", "train", "--config", str(config), "--data-root", str(data_root), "--quiet"]
    return subprocess.run([*command, "--device", "cpu"], cwd=copy, capture_output=True, text=True)


def test_a_term_and_a_recipe(copy: Path, settings: dict[str, Any], write_config: Any, data_root: Path) -> None:
    settings["loss"] = {"edges": 0.5, "charbonnier": 0, "ssim": 0, "mask": 0}
    settings["data"] |= {"mix": {"sleet": 1.0}, "validation_recipes": ["sleet"]}
    settings["optimiser"] |= {"patches": 200}
    config = write_config(settings)
    refused = train(copy, config, data_root)
    assert refused.returncode == 1 and "unknown settings: edges" in refused.stderr

    (copy / "core" / "losses" / "edges.py").write_text(EDGES, encoding="utf-8")
    append(copy / "core" / "training" / "terms.py", f"from core.losses.edges import edge_loss\n{TERM}")
    append(copy / "datasets" / "rain" / "recipes.py", SLEET)
    trained = train(copy, config, data_root)
    assert trained.returncode == 0, trained.stderr
    row = pd.read_csv(copy / "runs" / "tiny" / "training.csv").iloc[-1]
    assert row["edges"] > 0 and row["loss"] == pytest.approx(0.5 * row["edges"])
    assert not {"charbonnier", "ssim", "psnr", "mask"} & {*row.index}, "a weight of 0 is not computed"
    assert pd.read_csv(copy / "runs" / "tiny" / "final.csv").iloc[-1]["sleet psnr"] > 0
