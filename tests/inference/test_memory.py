"""Memory: bounded by the tile, and given back after a large photo."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.inference.memory import HUGE_PAGES, use_huge_pages

PROGRAM = """
import sys
from pathlib import Path
import numpy as np
from core.inference import Derainer
from core.networks import SIZES, SemiDerainGAN

def status(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name + ":"))

tile, height, width = int(sys.argv[1]) or None, int(sys.argv[2]), int(sys.argv[3])
derainer = Derainer(SemiDerainGAN(**SIZES["fast"]), device="cpu", tile=tile, overlap=64)
pixels = np.full((height, width, 3), 128, np.uint8)
derainer(pixels[:64, :64])
Path("/proc/self/clear_refs").write_text("5")
idle = status("VmRSS")
result = derainer(pixels, scale=int(sys.argv[4]))
print(status("VmHWM") - idle, status("VmRSS") - idle)
"""


def measure(repository: Path, *arguments: int) -> tuple[float, float]:
    """Peak and remaining resident set in MiB over that before the photo was derained."""
    command = [sys.executable, "-c", PROGRAM, *map(str, arguments)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command, cwd=repository, env=environment, capture_output=True, text=True, check=True, timeout=300
    )
    peak, rest = map(float, done.stdout.split())
    return peak, rest


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="memory is read from Linux's /proc")
def test_memory_is_bounded_by_the_tile_and_given_back(repository: Path) -> None:
    whole, rest = measure(repository, 0, 640, 1280, 1)
    tiled, _ = measure(repository, 320, 640, 1280, 1)
    longer, _ = measure(repository, 320, 640, 2560, 1)
    results = 640 * 1280 * (3 + 4) / 2**20
    assert tiled < 0.75 * whole
    assert longer - tiled < 2 * results + 40, "twice the photo may cost twice the result, but no more activations"
    assert rest < results + 60


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="memory is read from Linux's /proc")
def test_memory_falls_with_the_working_scale(repository: Path) -> None:
    full, _ = measure(repository, 0, 640, 1280, 1)
    half, rest = measure(repository, 0, 640, 1280, 2)
    results = 640 * 1280 * (3 + 4) / 2**20
    assert half < 0.5 * full
    assert rest < results + 60


@pytest.mark.parametrize(("given", "kept"), [(None, "1"), ("0", "0")])
def test_huge_pages_are_asked_for_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, given: str | None, kept: str
) -> None:
    monkeypatch.delenv(HUGE_PAGES, raising=False)
    if given is not None:
        monkeypatch.setenv(HUGE_PAGES, given)
    use_huge_pages()
    assert os.environ[HUGE_PAGES] == kept
