"""Files that a command will write at its end: what would spoil that is found before the work."""

import os
from pathlib import Path

from core.errors import UsageError


def check_target(file: str | Path) -> None:
    """Checks that a file of this name can be written: its folder is there and open to us, and it is no folder itself.

    Raises:
        UsageError: it cannot.
    """
    path = Path(file)
    folder = path.absolute().parent
    if not folder.is_dir():
        raise UsageError(f"The folder of {file} does not exist.")
    if path.is_dir():
        raise UsageError(f"{file} is a folder.")
    if not os.access(folder, os.W_OK):
        raise UsageError(f"{file} cannot be written: its folder is closed to writing.")
