"""Curves of a run: CSV files and TensorBoard events, cut back to the checkpoint when a run is resumed."""

from pathlib import Path

import pandas as pd
from torch.utils.tensorboard import SummaryWriter


class Curves:
    """Rows by number of patches seen: `training.csv`, `validation.csv`, `final.csv`, and the same for TensorBoard.

    Args:
        folder: of the run.
        patches: where the run is resumed; rows beyond it are dropped.
    """

    def __init__(self, folder: Path, patches: int) -> None:
        self.folder = folder
        self.writer = SummaryWriter(str(folder / "tensorboard"), purge_step=patches + 1)
        for path in folder.glob("*.csv"):
            rows = pd.read_csv(path)
            _write(path, rows[rows["patches"] <= patches])

    def add(self, name: str, patches: int, values: dict[str, float]) -> None:
        """Adds a row to `name`.csv, in place of one for as many patches; columns may come and go."""
        path = self.folder / f"{name}.csv"
        row = pd.DataFrame([{"patches": patches, **values}])
        if path.exists():
            rows = pd.read_csv(path)
            row = pd.concat([rows[rows["patches"] != patches], row])
        _write(path, row)
        for key, value in values.items():
            self.writer.add_scalar(f"{name}/{key}", value, patches)
        self.writer.flush()


def _write(path: Path, rows: pd.DataFrame) -> None:
    """Writes beside `path` and renames."""
    temporary = path.with_suffix(".partial")
    rows.to_csv(temporary, index=False)
    temporary.replace(path)
