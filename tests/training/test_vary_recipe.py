"""`scripts/vary_recipe.py`: a row for each value of a recipe's setting, and what is refused."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from core.networks import SemiDerainGAN
from core.peers.prenet import PReNet

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture()
def run(settings: dict[str, Any], write_config: Any, data_root: Path, repository: Path, tmp_path: Path) -> Run:
    """Runs the script on two cuts with tiny weights of ours and random ones of PReNet."""
    rng = np.random.default_rng(0)
    for index in range(6):
        photo = cv2.GaussianBlur(rng.integers(0, 256, (160, 160, 3)).astype(np.uint8), (0, 0), 2)
        cv2.imwrite(str(data_root / "clean" / f"{index}.png"), photo)
    SemiDerainGAN(**settings["network"]).save_pretrained(tmp_path / "ours")
    torch.save(PReNet().state_dict(), tmp_path / "net.pth")
    config = write_config(settings)

    def vary(*arguments: str, peer: str = f"prenet:{tmp_path / 'net.pth'}") -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "scripts/vary_recipe.py", "--data-root", data_root, "--config", config]
        command += ["--weights", tmp_path / "ours", "--peer", peer, "--cuts", "2", *arguments]
        return subprocess.run([str(part) for part in command], cwd=repository, capture_output=True, text=True)

    return vary


def test_brighter_rain_leaves_a_lower_psnr(run: Run) -> None:
    told = run("heavy", "brightness,database_gain", "0.05", "0.3", "0.9")
    assert told.returncode == 0, told.stderr
    head, *rows = (line.split() for line in told.stdout.splitlines() if not line.startswith("Loading"))
    assert head == ["brightness,database_gain", "rainy", "ours", "prenet"]
    assert [float(row[0]) for row in rows] == [0.05, 0.3, 0.9]
    rainy = [float(row[1]) for row in rows]
    assert rainy[0] > rainy[1] + 3 and rainy[1] > rainy[2] + 3


def test_a_fixed_setting_holds_for_every_row(run: Run) -> None:
    bright, dark = (run("heavy", "jitter", "0.3", "3", "--fix", f"brightness={value}") for value in (0.8, 0.1))
    rows = [[float(line.split()[1]) for line in told.stdout.splitlines()[-2:]] for told in (bright, dark)]
    assert len(rows[0]) == len(rows[1]) == 2, (bright.stderr, dark.stderr)
    assert all(low + 3 < high for low, high in zip(*rows, strict=True))


def test_what_it_does_not_know_is_told(run: Run) -> None:
    for told, sentence in (
        (run("heavy", "colour", "1"), "a recipe has no colour"),
        (run("heavy", "jitter", "1", "--fix", "colour=1"), "a recipe has no colour"),
        (run("heavy", "jitter", "1", "--fix", "thickness=wide"), "'wide' is not a number it can have"),
        (run("heavy", "jitter", "1", "--fix", "thickness=-1"), "'-1' is not a number it can have"),
        (run("heavy", "jitter", "1", "--fix", "streak_layers=1.5"), "'1.5' is not a number it can have"),
        (run("heavy", "jitter", "1", "--fix", "jitter=1"), "jitter cannot be varied and fixed at once"),
        (run("heavy", "jitter", "inf"), "invalid amount value: 'inf'"),
        (run("heavy", "streak_layers", "1", "1.5"), "streak_layers takes whole numbers"),
        (run("heavy", "jitter", "1", "--cuts", "0"), "--cuts must be at least 1"),
        (run("heavy", "thickness", "1", peer="mprnet:x"), "there is no peer mprnet"),
        (run("heavy", "thickness", "1", peer="prenet:none.pth"), "none.pth"),
    ):
        assert told.returncode != 0 and sentence in told.stderr and "Traceback" not in told.stderr
