"""Ablations: one training again and again, each time without one thing, with several seeds (paper, Tables 1, 3, 4)."""

import copy
import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from core.training.batches import last_patch
from core.training.checks import ConfigError, require
from core.training.config import TrainingConfig
from core.training.config_file import build, load_config, make_config, read_yaml
from core.training.curves import read_curve


@dataclass(frozen=True)
class AblationConfig:
    """What is left out of what.

    Attributes:
        name: of the ablation; its runs go to `<runs>/<name>/<row>-<seed>`.
        base: the config that every row starts from, a path from the working directory.
        patches: labelled patches that each run trains on.
        rows: row of the table -> the settings in which it differs from the base, with dots between their levels, such
            as `loss.perceptual: 0`.
        seeds: each row is trained once with each.
        figures: columns of `final.csv` that the table shows.
        start: a config that is trained first, once, a path from the working directory; all rows start from its weights.
            Null: from what the base says.
    """

    name: str
    base: str
    patches: int
    rows: dict[str, dict[str, Any]]
    figures: tuple[str, ...]
    seeds: tuple[int, ...] = (0, 1, 2)
    start: str | None = None

    def __post_init__(self) -> None:
        require(bool(self.rows and self.seeds), "there are no rows or no seeds")


@dataclass(frozen=True)
class Run:
    """One training of an ablation."""

    row: str
    seed: int
    config: TrainingConfig


def load_ablation(path: str | Path, patches: int | None = None) -> tuple[AblationConfig, list[Run]]:
    """Reads an ablation and makes the config of each of its runs, row by row; `patches` in place of the file's.

    Raises:
        ConfigError: a file cannot be read, or a row changes a setting that there is not.
    """
    ablation: AblationConfig = build(AblationConfig, read_yaml(path), str(path))
    base = read_yaml(ablation.base)
    runs = []
    for seed in ablation.seeds:
        for row, changes in ablation.rows.items():
            values = copy.deepcopy(base)
            own = {
                "optimiser.patches": patches or ablation.patches,
                "seed": seed,
                "name": f"{ablation.name}/{row}-{seed}",
            }
            for name, value in (*own.items(), *changes.items()):
                _change(values, name.split("."), value, f"{path}, {row}")
            runs.append(Run(row, seed, make_config(values, f"{path}, {row}")))
    return ablation, runs


def run_ablation(
    ablation: AblationConfig, runs: list[Run], folder: str | Path, train: Callable[[TrainingConfig], Any]
) -> pd.DataFrame:
    """Trains each run that has not come to its end yet -> every run's figures.

    Args:
        ablation: what `load_ablation` gave.
        runs: what `load_ablation` gave.
        folder: of all runs, as `Trainer` has it.
        train: trains a config to its end, from its checkpoint where there is one.

    Returns:
        row, seed, patches, and the ablation's figures.

    Raises:
        ConfigError: a figure that the ablation asks for is none that the training gives.
    """
    initial = None
    if ablation.start is not None:
        start = dataclasses.replace(load_config(ablation.start), name=f"{ablation.name}/start")
        _train_to_the_end(start, folder, train)
        initial = str(Path(folder) / start.name / "weights")
    rows = []
    for run in runs:
        config = run.config if initial is None else dataclasses.replace(run.config, initial=initial)
        figures = _train_to_the_end(config, folder, train)
        rows.append({"row": run.row, "seed": run.seed, **{n: figures.get(n) for n in ("patches", *ablation.figures)}})
    table = pd.DataFrame(rows)
    if unknown := [name for name in ablation.figures if table[name].isna().all()]:
        raise ConfigError(f"No run of {ablation.name} has the figure {unknown[0]}.")
    return table


def summarise(table: pd.DataFrame) -> pd.DataFrame:
    """Every run's figures -> mean and standard deviation over the seeds, a row a row of the ablation."""
    return table.drop(columns=["seed", "patches"]).groupby("row", sort=False).agg(["mean", "std"])


def _train_to_the_end(
    config: TrainingConfig, folder: str | Path, train: Callable[[TrainingConfig], Any]
) -> dict[str, Any]:
    """The run's last figures; trains it first unless it has come to its end."""
    final = Path(folder) / config.name / "final.csv"
    if _last(final).get("patches") != last_patch(config):
        train(config)
    return _last(final)


def _change(values: Any, path: list[str], value: Any, where: str) -> None:
    for name in path[:-1]:
        values = values.setdefault(name, {}) if isinstance(values, dict) else None
    if not isinstance(values, dict):
        raise ConfigError(f"{where} changes {'.'.join(path)}, which is no setting.")
    values[path[-1]] = value


def _last(path: Path) -> dict[str, Any]:
    if not path.exists() or (rows := read_curve(path)).empty:
        return {}
    return {str(name): value for name, value in rows.iloc[-1].items()}
