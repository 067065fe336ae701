"""Curves of a run: CSV files and TensorBoard events, cut back to the checkpoint when a run is resumed."""

from pathlib import Path

import pandas as pd
from torch.utils.tensorboard import SummaryWriter

from core.training.descent import TrainingError

CURVES = ("training", "validation", "final")
"""The curves of a run; other CSV files in its folder are somebody else's, and left alone."""


class Curves:
    """Rows by number of patches seen: `CURVES`, each as a CSV file, and the same for TensorBoard.

    Args:
        folder: of the run.
        patches: where the run is resumed; rows beyond it are dropped.

    Raises:
        TrainingError: a file that has a curve's name is no curve; nothing has been changed.
    """

    def __init__(self, folder: Path, patches: int) -> None:
        self.folder = folder
        paths = [path for name in CURVES if (path := folder / f"{name}.csv").exists()]
        for path, rows in [(path, read_curve(path)) for path in paths]:
            if (rows["patches"] > patches).any():
                _write(path, rows[rows["patches"] <= patches])
        self.writer = SummaryWriter(str(folder / "tensorboard"), purge_step=patches + 1)

    def add(self, name: str, patches: int, values: dict[str, float]) -> None:
        """Adds a row to one of `CURVES`, in place of one for as many patches; columns may come and go."""
        path = self.folder / f"{name}.csv"
        row = pd.DataFrame([{"patches": patches, **values}])
        rows = read_curve(path) if path.exists() else row[:0]
        kept = rows[rows["patches"] != patches]
        _write(path, pd.concat([kept, row]) if len(kept) else row)
        for key, value in values.items():
            self.writer.add_scalar(f"{name}/{key}", value, patches)
        self.writer.flush()

    def close(self) -> None:
        """Ends TensorBoard's file."""
        self.writer.close()


def read_curve(path: Path) -> pd.DataFrame:
    """The rows of a curve; an empty file has none.

    Raises:
        TrainingError: the file is no curve.
    """
    try:
        rows = pd.read_csv(path)
    except pd.errors.EmptyDataError:
        return pd.DataFrame({"patches": pd.Series(dtype=int)})
    except (ValueError, UnicodeDecodeError) as error:
        raise TrainingError(f"{path} is no table; move it away, for the run writes its own there.") from error
    if "patches" not in rows or not (rows.empty or pd.api.types.is_numeric_dtype(rows["patches"])):
        raise TrainingError(f"{path} is no curve of a run (no column of patches); move it away.")
    return rows


def _write(path: Path, rows: pd.DataFrame) -> None:
    """Writes beside `path` and renames."""
    temporary = path.with_suffix(".partial")
    rows.to_csv(temporary, index=False)
    temporary.replace(path)
