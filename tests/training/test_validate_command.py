"""`python -m core validate`: the figures that a training ends with, of the weights that it wrote."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.cli import main
from core.networks import SemiDerainGAN
from core.training.config_file import load_config
from core.training.trainer import Trainer


def test_gives_the_figures_that_the_training_ended_with(
    settings: dict[str, Any], write_config: Any, data_root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config, report = write_config(settings), tmp_path / "figures.json"
    trainer = Trainer(load_config(config), data_root, tmp_path / "runs")
    figures = trainer.train(quiet=True)
    command = ["validate", "--config", str(config), "--data-root", str(data_root), "--device", "cpu"]
    command += ["--weights", str(trainer.folder / "weights"), "--json", str(report)]
    capsys.readouterr()
    assert main(command) == 0
    found = json.loads(report.read_text())
    assert found["figures"] == pytest.approx(figures, abs=0.02), "but for the weights' half precision"
    assert len(found["sha256"]) == 64 and found["command"].startswith("python -m core validate")
    assert [line.rsplit(maxsplit=1)[0].strip() for line in capsys.readouterr().out.splitlines()] == list(figures)


def test_real_photos_need_a_g_r(
    settings: dict[str, Any], write_config: Any, data_root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network = settings["network"]
    SemiDerainGAN(ssrml=network["ssrml"], unet=network["unet"], generators=("gs",)).save_pretrained(tmp_path / "gs")
    settings["data"]["real"] = {"photos": "real"}
    settings["unsupervised"] = {"adversarial": 0, "perceptual": 0, "cycle": 1}
    command = ["validate", "--config", str(write_config(settings)), "--data-root", str(data_root)]
    assert main([*command, "--weights", str(tmp_path / "gs")]) == 2
    assert "gs have no gr" in capsys.readouterr().err
    assert main([*command, "--json", str(tmp_path / "nowhere" / "figures.json")]) == 2
    assert "does not exist" in capsys.readouterr().err


def test_the_generator_that_is_asked_for_is_measured(
    settings: dict[str, Any], write_config: Any, data_root: Path, tmp_path: Path
) -> None:
    network, figures = settings["network"], {}
    model = SemiDerainGAN(ssrml=network["ssrml"], unet=network["unet"], generators=("gs", "gr"))
    model.unets["gr"].load_state_dict({name: 1.5 * value for name, value in model.unets["gs"].state_dict().items()})
    model.save_pretrained(tmp_path / "both")
    command = ["validate", "--config", str(write_config(settings)), "--data-root", str(data_root), "--device", "cpu"]
    for generator in ("gs", "gr"):
        report = tmp_path / f"{generator}.json"
        chosen = [] if generator == "gs" else ["--generator", "gr"]
        assert main([*command, *chosen, "--weights", str(tmp_path / "both"), "--json", str(report)]) == 0
        found = json.loads(report.read_text())
        assert found["generator"] == generator
        figures[generator] = found["figures"]
    assert figures["gs"].keys() == figures["gr"].keys() and figures["gs"] != figures["gr"]
