"""Recorded steps and compiled networks: what they learn is what plain steps and plain networks learn."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch
from torch import nn

from core.training.config import TrainingConfig
from core.training.config_file import make_config
from core.training.descent import TrainingError
from core.training.recorded import WARM_UP, RecordedStep
from core.training.trainer import Trainer

TERMS = ["loss", "charbonnier", "ssim", "mask", "gradient"]


@pytest.fixture()
def config(settings: dict[str, Any]) -> TrainingConfig:
    settings["network"]["unet"]["width"] = 32  # whose matrices Muon takes
    settings["optimiser"] |= {"algorithm": "muon"}
    return make_config(settings, "settings")


@pytest.fixture(autouse=True)
def log_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.training.trainer.LOG_EVERY", 1)


def trained(config: TrainingConfig, data_root: Path, runs: Path, prepare: Callable[[Trainer], None]) -> pd.DataFrame:
    """The losses of a training, and beside them a column of one number that all averaged weights go into."""
    trainer = Trainer(config, data_root, runs, "cpu")
    prepare(trainer)
    trainer.train(quiet=True)
    curves = pd.read_csv(trainer.folder / "training.csv")[TERMS]
    return curves.assign(average=sum(float(p.detach().abs().sum()) for p in trainer.parts.average.parameters()))


def recorder(replays: list[str]) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """In a CUDA graph's place: launches the function again, as a graph launches its kernels."""

    def record(launch: Callable[[], None]) -> Callable[[], None]:
        def replay() -> None:
            replays.append(launch.__name__)
            launch()

        return replay

    return record


def test_recorded_steps_learn_what_plain_ones_do(config: TrainingConfig, data_root: Path, tmp_path: Path) -> None:
    replays: list[str] = []

    def to_recorded(trainer: Trainer) -> None:
        assert trainer.parts.supervised is not None
        trainer.parts.recorded = RecordedStep(trainer.parts.supervised, trainer.parts.average, recorder(replays))

    plain = trained(config, data_root, tmp_path / "plain", lambda trainer: None)
    recorded = trained(config, data_root, tmp_path / "recorded", to_recorded)
    pd.testing.assert_frame_equal(plain, recorded, check_exact=True)
    assert replays == ["backward", "descend"] * (len(plain) - WARM_UP)


def test_a_recorded_step_that_diverges_leaves_the_weights(
    config: TrainingConfig, data_root: Path, tmp_path: Path
) -> None:
    trainer = Trainer(config, data_root, tmp_path, "cpu")
    assert trainer.parts.supervised is not None
    step = RecordedStep(trainer.parts.supervised, trainer.parts.average, recorder([]))
    batch = torch.rand(4, 3, 32, 32)
    for _ in range(WARM_UP + 1):
        step(batch, batch / 2, 1.0)
    before = [parameter.clone() for parameter in trainer.parts.model.parameters()]
    with pytest.raises(TrainingError, match="no longer a number"):
        step(batch * torch.nan, batch, 1.0)
    assert all(map(torch.equal, before, trainer.parts.model.parameters()))


def test_compiled_networks_learn_what_plain_ones_do(
    config: TrainingConfig, data_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled = []

    def compile_without_code(network: nn.Module, dynamic: bool) -> None:
        """Traces the network, forth and back, but writes no kernels, which takes minutes on a CPU."""
        compiled.append(network)
        network._compiled_call_impl = torch.compile(network._call_impl, dynamic=dynamic, backend="aot_eager")

    monkeypatch.setattr(nn.Module, "compile", compile_without_code)
    config = dataclasses.replace(config, optimiser=dataclasses.replace(config.optimiser, patches=24))
    plain = trained(config, data_root, tmp_path / "plain", lambda trainer: None)
    assert not compiled
    traced = trained(dataclasses.replace(config, compile=True), data_root, tmp_path / "traced", lambda trainer: None)
    assert len(compiled) == 2, "SSRML and G_s"
    pd.testing.assert_frame_equal(plain, traced, rtol=1e-2, atol=1e-4)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_cuda_graphs_learn_what_plain_steps_do(config: TrainingConfig, data_root: Path, tmp_path: Path) -> None:
    losses = []
    for name, compile in (("plain", False), ("graphs", True)):
        trainer = Trainer(dataclasses.replace(config, compile=compile), data_root, tmp_path / name, "cuda")
        assert (trainer.parts.recorded is not None) == compile
        trainer.train(quiet=True)
        losses.append(pd.read_csv(trainer.folder / "training.csv")[TERMS])
    pd.testing.assert_frame_equal(*losses, rtol=1e-2, atol=1e-3)
