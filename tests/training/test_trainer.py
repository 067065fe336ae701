"""The training loop: it learns, resumes bit for bit, leaves whole files, and says what went wrong."""

import dataclasses
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch
from safetensors.torch import load_file

from core.cli import main
from core.inference import InferenceError
from core.inference.engine import load_model
from core.networks import SemiDerainGAN
from core.training.checkpoint import CheckpointError, load_checkpoint, save_checkpoint
from core.training.checks import ConfigError
from core.training.config import OptimiserConfig
from core.training.config_file import load_config
from core.training.descent import TrainingError
from core.training.schedule import rate_share
from core.training.trainer import Trainer


def losses(folder: Path) -> list[float]:
    return pd.read_csv(folder / "training.csv")["loss"].tolist()


@pytest.fixture()
def log_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.training.trainer.LOG_EVERY", 1)


@pytest.mark.usefixtures("log_every_step")
def test_learns_and_writes_curves_and_weights(
    settings: dict[str, Any], write_config: Any, data_root: Path, tmp_path: Path
) -> None:
    settings["optimiser"] |= {"patches": 480, "rate": 3e-3, "average": 0.9}
    trainer = Trainer(load_config(write_config(settings)), data_root, tmp_path / "runs")
    before = [parameter.clone() for parameter in trainer.parts.model.parameters()]
    figures = trainer.train(quiet=True)
    values = losses(trainer.folder)
    assert len(values) == 120 and sum(values[-20:]) < sum(values[:20])
    assert any(not torch.equal(a, b) for a, b in zip(before, trainer.parts.model.parameters()))
    assert {"light psnr", "light precision", "rain800 ssim", "clean psnr", "clean mask"} <= set(figures)
    assert list((trainer.folder / "tensorboard").glob("events*"))
    tensors = load_file(trainer.folder / "weights" / "model.safetensors")
    assert {tensor.dtype for tensor in tensors.values()} == {torch.float16}
    loaded = load_model(trainer.folder / "weights")
    assert next(loaded.parameters()).dtype == torch.float32
    name, tensor = next(iter(loaded.state_dict().items()))
    assert torch.allclose(tensor, trainer.parts.average.module.state_dict()[name], atol=2e-3)


@pytest.mark.usefixtures("log_every_step")
@pytest.mark.parametrize(("algorithm", "width"), [("adamw", 4), ("muon", 32)])
def test_a_resumed_run_gives_the_same_losses_bit_for_bit(
    algorithm: str, width: int, settings: dict[str, Any], write_config: Any, data_root: Path, tmp_path: Path
) -> None:
    settings["network"]["unet"]["width"] = width
    settings["optimiser"]["algorithm"] = algorithm
    config = load_config(write_config(settings))
    whole = Trainer(config, data_root, tmp_path / "whole")
    whole.train(quiet=True)

    broken = Trainer(config, data_root, tmp_path / "broken")
    step, calls = broken.step, 0

    def killed(*pair: torch.Tensor) -> dict[str, torch.Tensor]:
        nonlocal calls
        calls += 1
        if calls == 9:
            raise KeyboardInterrupt
        return step(*pair)

    broken.step = killed  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        broken.train(quiet=True)
    resumed = Trainer(config, data_root, tmp_path / "broken")
    assert resumed.patches == 32 and not resumed.changed
    resumed.train(quiet=True)
    assert losses(resumed.folder) == losses(whole.folder)
    for a, b in zip(whole.parts.average.state_dict().values(), resumed.parts.average.state_dict().values()):
        assert torch.equal(a, b)


def start_training(config: Path, data_root: Path, runs: Path, repository: Path) -> subprocess.Popen[str]:
    """`python -m core train` of the run "tiny" in a process group of its own, once it has written a checkpoint."""
    command = [sys.executable, "-m", "core", "train", "--config", str(config), "--data-root", str(data_root)]
    command += ["--runs", str(runs), "--quiet"]
    process = subprocess.Popen(
        command, cwd=repository, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    deadline = time.monotonic() + 300
    while not (runs / "tiny" / "checkpoint.pt").exists() and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.1)
    return process


def test_a_killed_process_goes_on_by_the_same_command(
    settings: dict[str, Any], write_config: Any, data_root: Path, tmp_path: Path, repository: Path
) -> None:
    settings["optimiser"]["patches"] = 4000
    settings["workers"] = 1
    config, runs = write_config(settings), tmp_path / "runs"
    process = start_training(config, data_root, runs, repository)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    done = load_checkpoint(runs / "tiny" / "checkpoint.pt")["patches"]
    assert 0 < done < 4000
    settings["optimiser"]["patches"] = done + 8 - done % 4
    write_config(settings)
    result = subprocess.run(process.args, cwd=repository, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert f"resuming after {done} patches, with other settings than before in: optimiser" in result.stdout
    assert "Traceback" not in result.stderr
    assert SemiDerainGAN.from_pretrained(runs / "tiny" / "weights").generators == ("gs",)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_to_all_processes_of_a_training_end_it_in_order(
    number: signal.Signals,
    settings: dict[str, Any],
    write_config: Any,
    data_root: Path,
    tmp_path: Path,
    repository: Path,
) -> None:
    settings["optimiser"]["patches"] = 4000
    settings["workers"] = 1
    process = start_training(write_config(settings), data_root, tmp_path / "runs", repository)
    os.killpg(process.pid, number)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 130 and errors.splitlines() == ["interrupted"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [([], "error: Say which folder the data sets are"), (["--data-root", "nowhere"], "error: There is no data root")],
)
def test_a_training_without_data_is_told_and_leaves_nothing(
    given: list[str],
    sentence: str,
    settings: dict[str, Any],
    write_config: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("DERAIN_DATA", raising=False)
    command = ["train", "--config", str(write_config(settings)), "--runs", str(tmp_path / "runs"), *given]
    assert main(command) == 1
    assert capsys.readouterr().err.startswith(sentence) and not (tmp_path / "runs").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_asked_to_stop_saves_first(
    number: signal.Signals, settings: dict[str, Any], write_config: Any, data_root: Path, tmp_path: Path
) -> None:
    settings["checkpoint_minutes"] = 60
    handlers = [signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)]
    trainer = Trainer(load_config(write_config(settings)), data_root, tmp_path / "runs")
    step, calls = trainer.step, 0

    def interrupted(*pair: torch.Tensor) -> dict[str, torch.Tensor]:
        nonlocal calls
        calls += 1
        if calls == 3:
            signal.raise_signal(number)
        return step(*pair)

    trainer.step = interrupted  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        trainer.train(quiet=True)
    assert (
        load_checkpoint(trainer.record.checkpoint)["patches"] == trainer.patches == 3 * settings["optimiser"]["batch"]
    )
    assert [signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)] == handlers


def test_a_kill_while_writing_leaves_the_old_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "checkpoint.pt"
    save_checkpoint({"patches": 1}, path)
    monkeypatch.setattr("torch.save", lambda state, file: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(CheckpointError, match="the one before is kept: disk full"):
        save_checkpoint({"patches": 2}, path)
    assert load_checkpoint(path) == {"patches": 1}


def test_training_goes_on_from_weights(
    settings: dict[str, Any], write_config: Any, data_root: Path, tmp_path: Path
) -> None:
    model = SemiDerainGAN(**settings["network"])
    model.save_pretrained(tmp_path / "weights")
    settings["initial"] = str(tmp_path / "weights")
    trainer = Trainer(load_config(write_config(settings)), data_root, tmp_path / "runs")
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), trainer.parts.model.parameters()))
    (tmp_path / "weights" / "model.safetensors").unlink()
    with pytest.raises(InferenceError, match=r"model\.safetensors is missing"):
        Trainer(load_config(write_config(settings)), data_root, tmp_path / "runs")


def test_a_deepened_network_is_at_first_the_same_function_and_then_uses_its_new_blocks(
    settings: dict[str, Any], write_config: Any, data_root: Path, tmp_path: Path
) -> None:
    shallow = SemiDerainGAN(**settings["network"]).eval()
    for name, value in shallow.named_parameters():
        if "scale" in name:  # as after training: no block is the identity
            torch.nn.init.normal_(value)
    shallow.save_pretrained(tmp_path / "weights")
    unet = {**settings["network"]["unet"], "encoder": [3], "middle": 2, "decoder": [2]}
    settings |= {"initial": str(tmp_path / "weights"), "network": {**settings["network"], "unet": unet}}
    trainer = Trainer(load_config(write_config(settings)), data_root, tmp_path / "runs")
    x = torch.rand(2, 3, 32, 32)
    with torch.no_grad():
        torch.testing.assert_close(trainer.parts.model.eval()(x).derained, shallow(x).derained)
    added = set(trainer.parts.model.state_dict()) - set(shallow.state_dict())
    assert {name.rsplit(".", 2)[0] for name in added if "scale" not in name} == {
        f"unets.gs.{place}" for place in ("encoder.0.1", "encoder.0.2", "middle.1", "decoder.0.1")
    }
    trainer.train(quiet=True)
    scales = [value for name, value in trainer.parts.model.state_dict().items() if name in added and "scale" in name]
    assert scales and all(value.abs().max() > 0 for value in scales)
    assert SemiDerainGAN.from_pretrained(trainer.folder / "weights").network["unet"]["encoder"] == [3]


def test_a_wider_ssrml_gives_the_same_masks_at_first_and_then_uses_its_new_channels(
    settings: dict[str, Any], write_config: Any, data_root: Path, tmp_path: Path
) -> None:
    narrow = SemiDerainGAN(**settings["network"]).eval()
    narrow.save_pretrained(tmp_path / "weights")
    before = settings["network"]["ssrml"]
    ssrml = {**before, "channels": before["channels"] + 3, "steps": before["steps"] + 1}
    settings |= {"initial": str(tmp_path / "weights"), "network": {**settings["network"], "ssrml": ssrml}}
    trainer = Trainer(load_config(write_config(settings)), data_root, tmp_path / "runs")
    wide = trainer.parts.model.eval()
    x = torch.rand(2, 3, 32, 32)
    with torch.no_grad():
        for theirs, ours in zip(narrow.ssrml(x), wide.ssrml(x)):
            torch.testing.assert_close(ours, theirs)
    unread = wide.ssrml.tail.weight[:, before["channels"] :]
    assert not unread.any(), "nothing reads the new channels"
    trainer.train(quiet=True)
    assert unread.abs().max() > 0, "until they have learnt"


def test_a_narrower_ssrml_is_refused(
    settings: dict[str, Any], write_config: Any, data_root: Path, tmp_path: Path
) -> None:
    SemiDerainGAN(**settings["network"]).save_pretrained(tmp_path / "weights")
    ssrml = {**settings["network"]["ssrml"], "channels": settings["network"]["ssrml"]["channels"] - 1}
    settings |= {"initial": str(tmp_path / "weights"), "network": {**settings["network"], "ssrml": ssrml}}
    with pytest.raises(ConfigError, match="not that of the weights to start from"):
        Trainer(load_config(write_config(settings)), data_root, tmp_path / "runs")


@pytest.mark.parametrize(
    "change", [{"width": 8}, {"downscale": 1}, {"encoder": [0]}, {"encoder": [1, 1], "decoder": [1, 1]}]
)
def test_a_network_that_the_weights_do_not_fit_is_told(
    change: dict[str, Any], settings: dict[str, Any], write_config: Any, data_root: Path, tmp_path: Path
) -> None:
    SemiDerainGAN(**settings["network"]).save_pretrained(tmp_path / "weights")
    unet = {**settings["network"]["unet"], **change}
    settings |= {"initial": str(tmp_path / "weights"), "network": {**settings["network"], "unet": unet}}
    with pytest.raises(ConfigError, match="not that of the weights to start from"):
        Trainer(load_config(write_config(settings)), data_root, tmp_path / "runs")


def test_plain_blocks_cannot_be_added(
    settings: dict[str, Any], write_config: Any, data_root: Path, tmp_path: Path
) -> None:
    plain = {**settings["network"], "unet": {**settings["network"]["unet"], "block": "plain"}}
    SemiDerainGAN(**plain).save_pretrained(tmp_path / "weights")
    settings |= {"initial": str(tmp_path / "weights"), "network": {**plain, "unet": {**plain["unet"], "middle": 2}}}
    with pytest.raises(ConfigError, match="with more gated blocks"):
        Trainer(load_config(write_config(settings)), data_root, tmp_path / "runs")


def test_says_when_it_diverges_or_the_checkpoint_does_not_fit(
    settings: dict[str, Any], write_config: Any, data_root: Path, tmp_path: Path
) -> None:
    trainer = Trainer(load_config(write_config(settings)), data_root, tmp_path / "runs")
    with pytest.raises(TrainingError, match="after 0 patches, diverged"):
        trainer.step((torch.full((2, 3, 32, 32), float("nan")), torch.rand(2, 3, 32, 32)))
    trainer.record.save(trainer.patches)
    settings["network"]["unet"]["width"] = 8
    with pytest.raises(TrainingError, match="does not fit the config"):
        Trainer(load_config(write_config(settings)), data_root, tmp_path / "runs")
    trainer.record.checkpoint.write_bytes(b"PK\x03\x04 no checkpoint")
    with pytest.raises(CheckpointError, match="cannot be read"):
        Trainer(load_config(write_config(settings)), data_root, tmp_path / "runs")


def test_an_optimiser_goes_on_from_a_gpus_checkpoint(
    settings: dict[str, Any], write_config: Any, data_root: Path, tmp_path: Path
) -> None:
    """There the rate is a tensor, and steps may be recorded."""
    trainer = Trainer(load_config(write_config(settings)), data_root, tmp_path)
    assert trainer.parts.supervised is not None
    descent = trainer.parts.supervised.descent
    state = descent.state_dict()
    for group in state["param_groups"]:
        group |= {"lr": torch.tensor(0.5), "capturable": True}
    descent.load_state_dict(state)
    assert all(type(group["lr"]) is float and not group["capturable"] for group in descent.optimiser.param_groups)


def test_the_rate_warms_up_holds_and_falls_to_zero() -> None:
    config = OptimiserConfig(patches=1000, batch=10, warm_up=5, fall=0.4)
    assert rate_share(config, 0) == pytest.approx(0.2)
    assert rate_share(config, 50) == rate_share(config, 600) == 1.0
    assert rate_share(config, 900) == pytest.approx(0.5 - 0.5 * math.cos(math.pi / 4))
    assert rate_share(dataclasses.replace(config, fall_shape="linear"), 900) == pytest.approx(0.25)
    assert rate_share(config, 1000) == 0.0
