"""What the annotator exports trains as it is: decisions, export, then both processes on it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from annotator.candidate import Crop
from annotator.project import open_project
from annotator.usecases.decisions import Decision, decide
from annotator.usecases.exporting import export
from annotator.usecases.importing import import_photos
from annotator.usecases.queue import Filters, next_candidate
from core.cli import main
from core.training.config_file import load_config
from core.training.trainer import Trainer
from tests.annotator.photos import new_uuid
from tests.training.test_semi_supervised import UNSUPERVISED, real_photo


@pytest.fixture()
def exported(data_root: Path, tmp_path: Path) -> Path:
    """Three photos, two accepted with a crop of 128×128 each, one rejected; exported below the data root."""
    (tmp_path / "photos").mkdir()
    for index in range(3):
        whole = np.concatenate([real_photo(index), real_photo(index + 3)], 1)
        Image.fromarray(np.concatenate([whole, whole])).save(tmp_path / "photos" / f"{index}.png")
    project = open_project(tmp_path / "project")
    import_photos(project, tmp_path / "photos")
    for index in range(3):
        view = next_candidate(project, "anna", Filters())
        assert view is not None
        chosen: dict[str, Any] = {"verdict": "accept", "crops": (Crop(128 * (index % 2), 64, 128, 128),)}
        if index == 2:
            chosen = {"verdict": "reject", "reasons": ("snow",)}
        decide(project, Decision(new_uuid(), view.id, "anna", base_version=view.version, **chosen))
    export(project, data_root / "curated", splits={"train": 1.0})
    project.close()
    return data_root / "curated"


def test_one_command_trains_on_a_split_of_an_export(
    exported: Path,
    settings: dict[str, Any],
    write_config: Any,
    data_root: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings["data"] |= {"patch": 64, "real": {"photos": "of the config, not there"}}
    settings["unsupervised"] = dict(UNSUPERVISED)
    settings["adversary"] = {"width": 4}
    settings["optimiser"] |= {"patches": 4, "batch": 2}
    command = ["train", "--config", str(write_config(settings)), "--data-root", str(data_root), "--quiet"]
    command += ["--runs", str(tmp_path / "runs"), "--device", "cpu", "--real"]
    assert main([*command, str(exported / "nothing")]) == 2 and "--real names no folder" in capsys.readouterr().err
    assert main([*command, str(exported / "train")]) == 0
    assert (tmp_path / "runs" / settings["name"] / "weights" / "model.safetensors").is_file()
    del settings["data"]["real"], settings["unsupervised"], settings["adversary"]
    write_config(settings)
    assert main([*command, str(exported / "train")]) == 2 and "trains on real photos" in capsys.readouterr().err


def test_both_processes_train_on_an_export(
    exported: Path, settings: dict[str, Any], write_config: Any, data_root: Path, tmp_path: Path
) -> None:
    settings["data"] |= {"patch": 64, "real": {"photos": exported.name}}
    settings["unsupervised"] = dict(UNSUPERVISED)
    settings["adversary"] = {"width": 4}
    settings["optimiser"] |= {"patches": 8, "batch": 2}
    trainer = Trainer(load_config(write_config(settings)), data_root, tmp_path / "runs", "cpu")
    assert trainer.parts.real is not None
    assert [photo.shape for photo in trainer.parts.real.photos] == [(128, 128, 3)] * 2, (
        "crops alone, no picture of the card"
    )
    figures = trainer.train(quiet=True)
    assert trainer.patches == 8 and "gr clean psnr" in figures and "gr score" not in figures
