"""Curves of a run: CSV files and TensorBoard events, cut back to the checkpoint when a run is resumed."""

from pathlib import Path

import pandas as pd
from torch.utils.tensorboard import SummaryWriter


class Curves:
    """Rows by number of patches seen: `training.csv`, `validation.csv`, and the same values for TensorBoard.

    Args:
        folder: of the run.
        patches: where the run is resumed; rows beyond it are dropped.
    """

    def __init__(self, folder: Path, patches: int) -> None:
        self.folder = folder
        self.writer = SummaryWriter(str(folder / "tensorboard"), purge_step=patches + 1)
        for path in (folder / "training.csv", folder / "validation.csv"):
            if path.exists():
                rows = pd.read_csv(path)
                rows[rows["patches"] <= patches].to_csv(path, index=False)

    def add(self, name: str, patches: int, values: dict[str, float]) -> None:
        """Appends a row to `name`.csv."""
        path = self.folder / f"{name}.csv"
        row = pd.DataFrame([{"patches": patches, **values}])
        row.to_csv(path, mode="a", header=not path.exists(), index=False)
        for key, value in values.items():
            self.writer.add_scalar(f"{name}/{key}", value, patches)
        self.writer.flush()
