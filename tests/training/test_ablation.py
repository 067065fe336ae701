"""Ablations: rows differ in what they say, runs go on where they were stopped, the table has its spread."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from core.cli import main
from core.training.ablation import load_ablation, run_ablation, summarise
from core.training.checks import ConfigError
from core.training.config import TrainingConfig


@pytest.fixture()
def write_ablation(settings: dict[str, Any], write_config: Any, tmp_path: Path) -> Any:
    def write(**changes: Any) -> Path:
        settings["optimiser"]["patches"] = 4000
        values = {"name": "table", "base": str(write_config(settings)), "patches": 8, "figures": ["light psnr"]}
        values |= {"rows": {"whole": {}, "without mask": {"loss.mask": 0}}, "seeds": [3, 4]} | changes
        path = tmp_path / "ablation.yaml"
        path.write_text(yaml.safe_dump(values), encoding="utf-8")
        return path

    return write


def test_the_committed_tables_are_valid(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository)
    paths = [path for path in sorted(Path("configs/ablations").glob("*.yaml")) if "\nrows:" in path.read_text("utf-8")]
    assert {path.stem for path in paths} >= {"tables", "real-data"}
    for path in paths:
        ablation, runs = load_ablation(path)
        assert len(runs) == len(ablation.rows) * len(ablation.seeds)
        assert len({(run.row, repr(run.config)) for run in runs}) == len(runs)


def test_rows_and_seeds_make_configs(write_ablation: Any) -> None:
    _, runs = load_ablation(write_ablation())
    assert [(run.row, run.seed) for run in runs] == [(r, s) for s in (3, 4) for r in ("whole", "without mask")]
    assert [run.config.loss.terms["mask"] for run in runs] == [0.2, 0, 0.2, 0]
    assert {run.config.optimiser.patches for run in runs} == {8}
    assert runs[1].config.name == "table/without mask-3" and runs[1].config.seed == 3
    assert load_ablation(write_ablation(), patches=12)[1][0].config.optimiser.patches == 12


def test_trains_what_is_left_and_gives_mean_and_spread(write_ablation: Any, tmp_path: Path) -> None:
    ablation, runs = load_ablation(write_ablation())
    trained: list[str] = []

    def train(config: TrainingConfig) -> None:
        trained.append(config.name)
        folder = tmp_path / "runs" / config.name
        folder.mkdir(parents=True, exist_ok=True)
        row = {
            "patches": [config.optimiser.patches],
            "light psnr": [30 + config.seed + (config.loss.terms["mask"] > 0)],
        }
        pd.DataFrame(row).to_csv(folder / "final.csv", index=False)

    train(runs[0].config)
    table = run_ablation(ablation, runs, tmp_path / "runs", train)
    assert trained == ["table/whole-3", "table/without mask-3", "table/whole-4", "table/without mask-4"]
    means = summarise(table)
    assert means.loc["whole", ("light psnr", "mean")] == 34.5
    assert means.loc["without mask", ("light psnr", "std")] == pytest.approx(0.5**0.5)
    with pytest.raises(ConfigError, match="has the figure hail psnr"):
        run_ablation(*load_ablation(write_ablation(figures=["hail psnr"])), tmp_path / "runs", train)


def test_rows_start_from_a_training_that_is_done_once(
    write_ablation: Any, settings: dict[str, Any], tmp_path: Path
) -> None:
    start = tmp_path / "start.yaml"
    start.write_text(yaml.safe_dump(settings | {"name": "pairs"}), encoding="utf-8")
    ablation, runs = load_ablation(write_ablation(start=str(start)))
    trained: list[tuple[str, str | None]] = []

    def train(config: TrainingConfig) -> None:
        trained.append((config.name, config.initial))
        folder = tmp_path / "runs" / config.name
        folder.mkdir(parents=True)
        pd.DataFrame({"patches": [config.optimiser.patches], "light psnr": [30]}).to_csv(folder / "final.csv")

    for _ in range(2):
        run_ablation(ablation, runs, tmp_path / "runs", train)
    weights = str(tmp_path / "runs" / "table" / "start" / "weights")
    assert trained == [("table/start", None), *((run.config.name, weights) for run in runs)]


def test_one_command_trains_all_and_prints_the_table(
    write_ablation: Any, data_root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["ablate", "--config", str(write_ablation()), "--data-root", str(data_root), "--device", "cpu"]
    command += ["--runs", str(tmp_path / "runs"), "--csv", str(tmp_path / "runs.csv")]
    assert main(command) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sum("table/" in line for line in lines) == 4
    assert "2 seeds, 8 patches each" in lines[4] and lines[6].startswith("whole") and "±" in lines[6]
    assert len(pd.read_csv(tmp_path / "runs.csv")) == 4
    assert main(command) == 0
    assert not any("table/" in line for line in capsys.readouterr().out.splitlines()), "all were at their end"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"rows": {}}, "no rows or no seeds"),
        ({"rows": {"x": {"loss.rain": 1}}}, "unknown settings: rain"),
        ({"rows": {"x": {"seed.rain": 1}}}, "changes seed.rain, which is no setting"),
        ({"rows": {"x": {"loss.mask": "much"}}}, "mask should be float"),
        ({"base": "none.yaml"}, "none.yaml cannot be read"),
        ({"lines": 1}, "unknown settings: lines"),
    ],
)
def test_what_cannot_be_is_told(changes: dict[str, Any], sentence: str, write_ablation: Any) -> None:
    with pytest.raises(ConfigError, match=sentence):
        load_ablation(write_ablation(**changes))
