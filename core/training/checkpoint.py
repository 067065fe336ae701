"""Files of a run: checkpoints and weights, written whole or not at all."""

import os
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from core.errors import UserError
from core.networks import SemiDerainGAN
from core.networks.packing import pack


class CheckpointError(UserError):
    """A checkpoint cannot be read, or does not fit."""


def save_checkpoint(state: dict[str, Any], path: Path) -> None:
    """Writes beside `path` and renames, so that a kill at any moment leaves the old checkpoint or the new one.

    Raises:
        CheckpointError: the disk is full or the folder closed.
    """
    temporary = path.with_suffix(".partial")
    try:
        with temporary.open("wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except (OSError, RuntimeError) as error:
        temporary.unlink(missing_ok=True)
        raise CheckpointError(f"The checkpoint {path} cannot be written, the one before is kept: {error}") from error


def load_checkpoint(path: Path) -> dict[str, Any]:
    """The state that `save_checkpoint` wrote; runs no code from the file.

    Raises:
        CheckpointError: the file is damaged or no checkpoint.
    """
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise CheckpointError(f"The checkpoint {path} cannot be read; move it away to start over.") from error


def save_weights(model: SemiDerainGAN, folder: Path) -> None:
    """Writes config.json and model.safetensors, packed, for `SemiDerainGAN.from_pretrained(folder)`."""
    temporary = folder.with_name(folder.name + ".partial")
    shutil.rmtree(temporary, ignore_errors=True)
    model.save_pretrained(temporary)
    save_file(pack(model.state_dict()), temporary / "model.safetensors", metadata={"format": "pt"})
    (temporary / "README.md").unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    for file in temporary.iterdir():
        file.chmod(0o644)
        file.replace(folder / file.name)
    temporary.rmdir()
