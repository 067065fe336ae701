"""`python -m core dry`: a table a method with its kinds, and a CSV."""

import json
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

from core.cli import main
from datasets import dry


@pytest.fixture()
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Leaves (larger than is measured) and fog."""
    rng, leaves = np.random.default_rng(0), np.full((160, 240, 3), 100, np.uint8)
    for _ in range(400):
        centre, axes = tuple(rng.integers(0, 240, 2).tolist()), tuple(rng.integers(2, 7, 2).tolist())
        cv2.ellipse(leaves, centre, axes, float(rng.uniform(0, 180)), 0, 360, rng.integers(40, 180, 3).tolist(), -1)
    for name, pixels in (("clean/leaves.png", leaves), ("fog/fog.png", np.full((60, 80, 3), 180, np.uint8))):
        (tmp_path / name).parent.mkdir()
        cv2.imwrite(str(tmp_path / name), pixels)
    names = tmp_path / "list.json"
    names.write_text(json.dumps({"foliage": ["clean/leaves.png"], "fog": ["fog/fog.png"]}))
    monkeypatch.setattr(dry, "LIST", names)
    return tmp_path


def test_a_table_and_a_csv(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    csv = root / "dry.csv"
    command = ["dry", "--data-root", str(root), "--methods", "ours:gs", "--longest", "120", "--device", "cpu"]
    assert main([*command, "--csv", str(csv)]) == 0
    printed = capsys.readouterr().out
    assert "2 photos without rain" in printed and printed.count("foliage") == 3 and printed.count("  all ") == 3
    table = pd.read_csv(csv).set_index(["photo", "method"])
    ours = next(name for name in table.index.levels[1] if name.startswith("Semi-DerainGAN"))
    of_leaves = table.loc["clean/leaves.png"]
    assert of_leaves.loc[ours, "psnr"] > of_leaves.loc["blur, σ 0.6", "psnr"] > of_leaves.loc["blur, σ 1.0", "psnr"]
    assert of_leaves.loc[ours, "texture"] < of_leaves.loc["blur, σ 0.6", "texture"]
    assert table.loc["fog/fog.png", "texture"].isna().all(), "plain fog has no texture to lose"
    assert np.isinf(table.loc[("fog/fog.png", "blur, σ 1.0"), "psnr"])


def test_missing_photos_and_weights_are_told(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dry", "--data-root", str(root), "--methods", "prenet", "--peers", str(root)]) == 2
    assert "PReNet" in capsys.readouterr().err
    (root / "fog/fog.png").unlink()
    assert main(["dry", "--data-root", str(root)]) == 1
    error = capsys.readouterr().err
    assert "lacks fog.png" in error and "Traceback" not in error
