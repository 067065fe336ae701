"""A run's folder: its own curves alone are cut back, other files stay, and two trainings never share it."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from core.training.config_file import load_config
from core.training.curves import Curves
from core.training.descent import TrainingError
from core.training.trainer import Trainer


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_other_tables_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    others = {
        "notes.csv": "who,what\nanna,looked at it\n",
        "budget.csv": "patches,cost\n100,1\n900,9\n",
        "broken.csv": '"a,b\n1',
        "empty.csv": "",
        "training copy.csv": "patches,loss\n4,1.0\n99,2.0\n",
    }
    for name, text in others.items():
        write(tmp_path / name, text)
    write(tmp_path / "training.csv", "patches,loss\n4,1.5\n8,1.25\n12,1.125\n")
    Curves(tmp_path, 8).close()
    assert {name: (tmp_path / name).read_text(encoding="utf-8") for name in others} == others
    assert pd.read_csv(tmp_path / "training.csv")["patches"].tolist() == [4, 8]


@pytest.mark.parametrize("text", ["", "patches,loss\n"])
def test_an_empty_curve_is_one_without_rows(text: str, tmp_path: Path) -> None:
    write(tmp_path / "training.csv", text)
    curves = Curves(tmp_path, 0)
    curves.add("training", 4, {"loss": 1.5})
    curves.close()
    assert pd.read_csv(tmp_path / "training.csv").to_dict("records") == [{"patches": 4, "loss": 1.5}]


@pytest.mark.parametrize("text", ["who,what\nanna,x\n", "patches,loss\nmany,1\n", "a,b\n1,2,3\n4\n", "\x00\x01"])
def test_a_table_of_somebody_else_in_a_curves_place_is_told_and_kept(text: str, tmp_path: Path) -> None:
    write(tmp_path / "validation.csv", text)
    write(tmp_path / "training.csv", "patches,loss\n4,1.5\n8,1.25\n")
    with pytest.raises(TrainingError, match=r"validation\.csv is no .*; move it away"):
        Curves(tmp_path, 4)
    assert (tmp_path / "validation.csv").read_text(encoding="utf-8") == text
    assert len(pd.read_csv(tmp_path / "training.csv")) == 2, "nothing was cut"


HOLD = """
import sys
from pathlib import Path
from core.training.locking import alone_in
with alone_in(Path(sys.argv[1])):
    print("locked", flush=True)
    sys.stdin.read()
"""


def test_a_second_training_on_the_same_folder_is_refused(
    settings: dict[str, Any], write_config: Any, data_root: Path, tmp_path: Path, repository: Path
) -> None:
    trainer = Trainer(load_config(write_config(settings)), data_root, tmp_path / "runs", "cpu")
    trainer.folder.mkdir(parents=True)
    command = [sys.executable, "-c", HOLD, str(trainer.folder)]
    holder = subprocess.Popen(command, cwd=repository, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None and holder.stdout.readline() == "locked\n"
        with pytest.raises(TrainingError, match="Another training is at work in"):
            trainer.train(quiet=True)
        assert sorted(path.name for path in trainer.folder.iterdir()) == ["lock"]
        with pytest.raises(TrainingError, match="Another training is at work in"):
            Trainer(trainer.config, "no data at all", tmp_path / "runs", "cpu")
        holder.kill()
        holder.wait()
        trainer.train(quiet=True)
    finally:
        holder.kill()
        holder.communicate()
    assert trainer.patches == 80


def test_a_run_that_another_training_took_further_is_told(
    settings: dict[str, Any], write_config: Any, data_root: Path, tmp_path: Path
) -> None:
    config = load_config(write_config(settings))
    one, other = (Trainer(config, data_root, tmp_path / "runs", "cpu") for _ in range(2))
    one.train(quiet=True)
    with pytest.raises(TrainingError, match=r"gone on with .* meanwhile"):
        other.train(quiet=True)
    assert len(pd.read_csv(one.folder / "final.csv")) == 1
