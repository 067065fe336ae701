"""The benchmark: counted costs against sums done by hand, turns, memory, and the command's table and JSON."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from core.benchmark.choice import Choice, choose_methods
from core.benchmark.memory import measure_memory
from core.benchmark.peak import measure_peak
from core.benchmark.speed import Timing, make_photo, measure_speed
from core.cli import main
from core.methods import Derained, Method
from core.methods.cost import count_multiply_adds, count_parameters
from core.peers import PEERS
from core.peers.ddn import DDN
from core.peers.prenet import PReNet


def test_multiply_adds_and_parameters_of_a_convolution() -> None:
    network = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 4, 2, stride=2))
    assert count_multiply_adds(network, side=64) == 3 * 8 * 9 + 8 * 4 * 4 / 4
    assert count_parameters(network) == (3 * 9 + 1) * 8 + (8 * 4 + 1) * 4


def test_prenet_costs_what_is_published_of_it() -> None:
    """Six steps: 6→32, LSTM gates 4 × 64→32, ten 32→32, 32→3; all 3×3."""
    by_hand = 6 * 9 * (6 * 32 + 4 * 64 * 32 + 10 * 32 * 32 + 32 * 3)
    assert count_multiply_adds(PReNet(), side=32) == by_hand == pytest.approx(1.01e6, rel=0.01)
    assert count_parameters(PReNet()) == 168_963


def test_peak_is_plausible() -> None:
    assert 1e8 < measure_peak(torch.float32, seconds=0.1) < 1e14


def test_turns_alternate_and_the_first_does_not_count() -> None:
    order: list[str] = []

    def method(key: str) -> Method:
        def run(pixels: np.ndarray, names: Sequence[str]) -> Derained:
            order.append(key)
            return Derained(pixels)

        return Method(key, "", run=run)

    timings = measure_speed({"a": method("a"), "b": method("b")}, make_photo(20, 10), runs=3)
    assert order == ["a", "b"] * 4
    assert all(len(timing.seconds) == 3 and timing.pixels == 200 for timing in timings.values())


def test_timing_figures() -> None:
    timing = Timing((1.0, 4.0, 2.0), 2_000_000)
    assert timing.median == 2
    assert timing.megapixels_a_second == (1, 0.5, 2)


def test_settings_are_as_said() -> None:
    methods = choose_methods(Choice(network="fast"))
    ours = methods["ours"].needs.number_format
    assert methods["prenet-published"].needs.setting == "float32, contiguous, whole"
    assert methods["prenet-equal"].needs.setting == f"{ours}, channels_last, whole"
    photo = make_photo(32, 24)
    for peer in PEERS:
        published, equal = (methods[f"{peer}-{setting}"] for setting in ("published", "equal"))
        assert published.network is not None and equal.network is not None
        equal.network.load_state_dict(published.network.state_dict())
        results = [method.derain(photo).rounded.astype(int) for method in (published, equal)]
        difference = np.abs(results[0] - results[1])
        assert results[0].shape == photo.shape
        if ours == "float32":
            assert difference.max() <= 4
        else:  # bfloat16 keeps 8 bits, and random weights normalise noise
            assert difference.mean() <= 8


def test_ddn_costs_what_its_description_says() -> None:
    """26 convolutions 3×3: 3→16, 24 times 16→16, 16→3, each with bias, scale and beta for every channel."""
    assert count_multiply_adds(DDN(), side=32) == 9 * (3 * 16 + 24 * 16 * 16 + 16 * 3)
    assert count_parameters(DDN()) == 9 * (3 * 16 + 24 * 16 * 16 + 16 * 3) + 3 * (25 * 16 + 3)


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="memory is read from Linux's /proc")
def test_memory_grows_with_the_photo() -> None:
    """PReNet at 512×512 holds at least four (32, 512, 512) float32 tensors at once: 134 MB."""
    choice = Choice(network="fast")
    small = measure_memory("prenet-published", choice, 16, 16, threads=1)
    large = measure_memory("prenet-published", choice, 512, 512, threads=1)
    assert small is not None and large is not None
    assert large > 134e6 and large > small + 100e6


def test_command_prints_a_table_and_json(repository: Path) -> None:
    arguments = ("--network", "fast", "--sizes", "64x48,96x64", "--whole-limit", "0.004", "--runs", "1", "--no-memory")
    command = [sys.executable, "-m", "core", "benchmark", *arguments]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [*command, "--json"], cwd=repository, env=environment, capture_output=True, text=True, timeout=300, check=True
    )
    figures = json.loads(done.stdout)
    assert figures["threads"] == 1 and figures["runs"] == 1
    assert figures["command"].startswith("python -m core benchmark --network fast")
    assert figures["methods"]["prenet-published"]["multiply_adds_a_pixel"] == pytest.approx(1.01e6, rel=0.01)
    rows = {(row["method"], row["width"]): row for row in figures["rows"]}
    assert len(rows) == 2 * (1 + 2 * len(PEERS))
    first = rows["ours", 64]
    assert first["megapixels_a_second"]["median"] == pytest.approx(64 * 48 / 1e6 / first["seconds_median"])
    assert rows["prenet-published", 64]["times_faster_than_published_prenet"] == 1
    assert "left_out" in rows["prenet-equal", 96] and "left_out" not in rows["ours", 96]


def test_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["benchmark", "--network", "fast", "--sizes", "32x32", "--runs", "1", "--no-memory"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("machine ") and "kMAC/pixel" in lines[4]
    assert sum(line.startswith("| 32×32 ") for line in lines) == 1 + 2 * len(PEERS)


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("--sizes", "big"), 2, "must be sizes such as"),
        (("--sizes", "0x5"), 2, "must be sizes such as"),
        (("--runs", "0"), 2, "is not a whole number of at least 1"),
        (("--network", "fast", "--weights", "x"), 2, "not allowed with"),
        (("--weights", "nowhere"), 1, "no weights in nowhere"),
        (("--network", "fast", "--peers", "nowhere"), 1, "put them at nowhere/PReNet/Rain1400/net_latest.pth"),
    ],
)
def test_mistakes(arguments: tuple[str, ...], code: int, sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["benchmark", *arguments]) == code
    assert sentence in capsys.readouterr().err
