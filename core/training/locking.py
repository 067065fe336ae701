"""Keeps two trainings from one run folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.training.descent import TrainingError


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Within it no other process is within it for that folder; a process that is killed leaves it too.

    Raises:
        TrainingError: another one is.
    """
    with (folder / "lock").open("a") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # not inherited by the processes that make patches
        except (BlockingIOError, PermissionError) as error:
            raise TrainingError(
                f"Another training is at work in {folder}: let it end, or give this one another name."
            ) from error
        yield


def refuse_if_taken(folder: Path) -> None:
    """Looks before anything is loaded; processes beside the first leave that to it.

    Raises:
        TrainingError: another process is at work in the folder.
    """
    if os.environ.get("RANK", "0") == "0" and (folder / "lock").exists():
        with alone_in(folder):
            pass
