"""Nothing that is printed ends a run: names that are not UTF-8, terminals that are not, an output that is full."""

import csv
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.cli import main
from core.command_line import print_json
from core.text import to_utf8

ODD = os.fsdecode(b"n\xf6tig")


@dataclass(frozen=True)
class Run:
    code: int
    out: bytes
    err: bytes


def run(monkeypatch: pytest.MonkeyPatch, encoding: str, *arguments: object) -> Run:
    """A command line whose standard output and error are strict in an encoding."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict") for _ in range(2)]
    monkeypatch.setattr(sys, "stdout", streams[0])
    monkeypatch.setattr(sys, "stderr", streams[1])
    code = main(list(map(str, arguments)))
    monkeypatch.undo()
    out, err = (stream.buffer.getvalue() for stream in streams)
    return Run(code, out, err)


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    """Two pairs, one of whose names is Latin-1."""
    for folder in ("input", "target"):
        (tmp_path / folder).mkdir()
        for seed, name in enumerate((ODD, "a 雨 🌧")):
            noise = np.random.default_rng(seed).integers(0, 256, (40, 60, 3), np.uint8)
            Image.fromarray(noise).save(tmp_path / folder / f"{name}.png")
    return tmp_path


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "ascii"])
def test_json_names_every_file_exactly(monkeypatch: pytest.MonkeyPatch, pairs: Path, encoding: str) -> None:
    arguments = ("derain", pairs / "input", pairs / "gone\udcff", "-o", pairs / "out", "--json", "--strength", "0")
    done = run(monkeypatch, encoding, *arguments)
    assert done.code == 1
    summary = json.loads(done.out.decode(encoding))
    outputs = {Path(photo["output"]) for photo in summary["photos"] if photo["status"] == "derained"}
    assert outputs == set((pairs / "out").iterdir())
    assert len(outputs) == 2
    assert b"gone\\udcff does not exist" in done.err


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_evaluate_prints_and_writes(monkeypatch: pytest.MonkeyPatch, pairs: Path, encoding: str) -> None:
    csv_file, json_file = pairs / "figures.csv", pairs / "figures.json"
    files = ("--csv", csv_file, "--json", json_file)
    done = run(monkeypatch, encoding, "evaluate", "--data", pairs, *files)
    assert done.code == 0, done.err
    assert b"n\\udcf6tig" in done.out
    rows = list(csv.DictReader(csv_file.read_text("utf-8").splitlines()))
    assert {row["photo"] for row in rows} == {"n\\udcf6tig", "a 雨 🌧"}
    assert {row["photo"] for row in json.loads(json_file.read_text("utf-8"))["worst"]} == {"n\\udcf6tig", "a 雨 🌧"}


def test_compare_writes_its_page(monkeypatch: pytest.MonkeyPatch, pairs: Path) -> None:
    arguments = ("compare", "--data", pairs / "input", "--unpaired", "-o", pairs / "page.html")
    done = run(monkeypatch, "latin-1", *arguments)
    assert done.code == 0, done.err
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
        command = [sys.executable, "-m", "core", "data", "--json", "--data-root", "tests"]
        done = subprocess.run(command, cwd=repository, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 1
    assert done.stderr == b"error: No space left on device\n"


def test_figures_that_json_lacks_are_a_mistake_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="JSON"):
        print_json({"psnr": float("inf")})
    assert capsys.readouterr().out == ""


def test_escapes_are_read_back_by_json() -> None:
    text = json.dumps({"name": ODD}, ensure_ascii=False)
    assert json.loads(to_utf8(text)) == {"name": ODD}
