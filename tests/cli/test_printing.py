"""Nothing that is printed ends a run: names that are not UTF-8, terminals that are not, an output that is full."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.command_line import print_json
from core.text import to_utf8

ODD = os.fsdecode(b"n\xf6tig")


def run(repository: Path, *arguments: object, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "core", *map(str, arguments)],
        cwd=repository,
        env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
        capture_output=True,
        timeout=300,
        check=False,
    )


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    """Two pairs, one of whose names is Latin-1."""
    for folder in ("rainy", "clean"):
        (tmp_path / folder).mkdir()
        for seed, name in enumerate((ODD, "a 雨 🌧")):
            noise = np.random.default_rng(seed).integers(0, 256, (40, 60, 3), np.uint8)
            Image.fromarray(noise).save(tmp_path / folder / f"{name}.png")
    return tmp_path


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "ascii"])
def test_json_names_every_file_exactly(repository: Path, pairs: Path, encoding: str) -> None:
    arguments = ("derain", pairs / "rainy", pairs / "gone\udcff", "-o", pairs / "out", "--json", "--strength", "0")
    done = run(repository, *arguments, PYTHONIOENCODING=f"{encoding}:strict")
    assert done.returncode == 1
    summary = json.loads(done.stdout.decode(encoding))
    outputs = {Path(photo["output"]) for photo in summary["photos"] if photo["status"] == "derained"}
    assert outputs == set((pairs / "out").iterdir())
    assert len(outputs) == 2
    assert b"Traceback" not in done.stderr
    assert b"gone\\udcff does not exist" in done.stderr


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_evaluate_prints_and_writes(repository: Path, pairs: Path, encoding: str) -> None:
    csv_file, json_file = pairs / "figures.csv", pairs / "figures.json"
    files = ("--csv", csv_file, "--json", json_file)
    done = run(repository, "evaluate", "--data", pairs, *files, PYTHONIOENCODING=f"{encoding}:strict")
    assert done.returncode == 0, done.stderr
    assert b"n\\udcf6tig" in done.stdout
    rows = list(csv.DictReader(csv_file.read_text("utf-8").splitlines()))
    assert {row["photo"] for row in rows} == {"n\\udcf6tig", "a 雨 🌧"}
    assert {row["photo"] for row in json.loads(json_file.read_text("utf-8"))["worst"]} == {ODD, "a 雨 🌧"}


def test_compare_writes_its_page(repository: Path, pairs: Path) -> None:
    arguments = ("compare", "--data", pairs / "rainy", "--unpaired", "-o", pairs / "page.html")
    done = run(repository, *arguments, PYTHONIOENCODING="latin-1:strict")
    assert done.returncode == 0, done.stderr
    assert "n\\udcf6tig" in (pairs / "page.html").read_text("utf-8")
    assert "a 雨 🌧" in (pairs / "page.csv").read_text("utf-8")


def test_signs_that_a_terminal_lacks_are_shown_plainer(repository: Path) -> None:
    code = "from core.command_line import *; let_any_text_be_printed(); print('− … × 雨')"
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([sys.executable, "-c", code], cwd=repository, env=environment, capture_output=True, text=True)
    assert done.stdout == "- ... x \\u96e8\n"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
def test_an_output_that_is_full_is_one_sentence(repository: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "core", "data", "--json"], cwd=repository, stdout=full, stderr=subprocess.PIPE
        )
    assert done.returncode == 1
    assert done.stderr == b"error: No space left on device\n"


def test_figures_that_json_lacks_are_a_mistake_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="JSON"):
        print_json({"psnr": float("inf")})
    assert capsys.readouterr().out == ""


def test_escapes_are_read_back_by_json() -> None:
    text = json.dumps({"name": ODD}, ensure_ascii=False)
    assert json.loads(to_utf8(text)) == {"name": ODD}
