"""The table of metrics: what it shows, and that a new metric takes a file and a line."""

import csv
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.metrics import METRICS, RainyPhoto, Removal, measure, measure_removal
from core.metrics.table import BY_KEY, too_small

PSNR, SSIM, REMOVED, CHANGE = (BY_KEY[key] for key in ("psnr", "ssim", "removed", "change"))


def test_how_figures_are_shown() -> None:
    assert [PSNR.heading, SSIM.heading, REMOVED.heading] == ["PSNR, dB", "SSIM", "Rain removed, %"]
    assert [PSNR.show(30.456), SSIM.show(0.98765), REMOVED.show(0.1234)] == ["30.46", "0.9877", "12.3"]
    assert [PSNR.show(math.inf), PSNR.show(math.nan), REMOVED.plain(0.1234)] == ["∞", "–", "0.123"]
    assert [REMOVED.show(0.0512, "+"), PSNR.show(-1.5, "+")] == ["+5.1", "-1.50"]
    assert list(PSNR.finite(pd.Series([math.inf, 20.0]))) == [100.0, 20.0]


def test_every_metric_is_measured_on_the_smallest_photo_or_refuses_it() -> None:
    photo = np.full((1, 1, 3), 90, np.uint8)
    figures = measure_removal(Removal(RainyPhoto(photo), photo + 10))
    assert figures.keys() == {metric.key for metric in METRICS if not metric.reference}
    assert figures["change"] == 10 and all(math.isnan(value) for key, value in figures.items() if key != "change")
    assert too_small(40, 10) == "has 40×10 pixels; SSIM needs at least 11×11" and too_small(11, 11) is None
    large = np.random.default_rng(0).integers(0, 256, (11, 11, 3), np.uint8)
    assert measure("rgb", large, large) == {"psnr": math.inf, "ssim": pytest.approx(1)}


def test_a_new_metric_is_a_file_and_a_line(repository: Path, tmp_path: Path) -> None:
    """In a copy: two more metrics then stand in evaluate's table and CSV and in both of compare's reports."""
    for name in ("core", "datasets"):
        shutil.copytree(repository / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "core/metrics/new.py").write_text(NEW, encoding="utf-8")
    table = tmp_path / "core/metrics/table.py"
    text = table.read_text(encoding="utf-8").replace(
        "from core.metrics.psnr", "from core.metrics.new import mae, brightest\nfrom core.metrics.psnr"
    )
    before, start, after = text.partition("METRICS: tuple[Metric, ...] = (\n")
    rows, end, rest = after.partition("\n)\n")
    table.write_text(before + start + rows + LINES + end + rest, encoding="utf-8")
    make_pair(tmp_path / "set")
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "MAE" in done.stdout and "brightest" in done.stdout
    with open(tmp_path / "e.csv", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert float(row["derained_mae_rgb"]) == 7
    page = (tmp_path / "c.html").read_text(encoding="utf-8")
    assert "MAE (rgb)" in page and "7.000" in page
    with open(tmp_path / "r.csv", newline="") as stream:
        assert {row["brightest"] for row in csv.DictReader(stream)} == {"207.0", "200.0"}


NEW = """
import numpy as np

def mae(clean, picture):
    return float(np.abs(clean.astype(float) - picture).mean())

def brightest(removal):
    return float(removal.derained.max())
"""
LINES = """
    Metric("mae", "MAE", mae, reference=True, decimals=3, higher=False),
    Metric("brightest", "Brightest", brightest, reference=False, decimals=1),
"""
SCRIPT = """
import numpy as np
from core.cli import main
assert main("evaluate --data set --outputs derained/Other --protocol rgb --csv e.csv".split()) == 0
assert main("compare --data set --outputs derained --methods , --protocol rgb -o c.html".split()) == 0
assert main("compare --data set/input --unpaired --outputs derained --methods , -o r.html".split()) == 0
"""


def make_pair(folder: Path) -> None:
    import cv2

    clean = np.full((24, 32, 3), 200, np.uint8)
    for path, pixels in (
        (folder / "target/1.png", clean),
        (folder / "input/1.png", clean),
        (folder.parent / "derained/Other/1.png", clean + 7),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), pixels)
