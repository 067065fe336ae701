"""Exports that engines run, made once and kept in the user's cache folder."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

from core.export.write import export_onnx
from core.inference import DEFAULT_WEIGHTS
from core.inference.errors import InferenceError
from core.peers.find import weights_sha256


def kept_export(
    weights: str | Path | None = None,
    generator: str | None = None,
    tell: Callable[[str], None] = lambda sentence: None,
) -> Path:
    """The export, with masks, of these weights: the kept one, or one that is made now.

    Args:
        weights: folder of our model; None for the one that is shipped.
        generator: None for the model's default.
        tell: hears a sentence before the file is made.

    Raises:
        InferenceError: there are no weights there.
        ExportError: the packages for it are missing, or what ONNX Runtime makes of the file differs from PyTorch.
    """
    model = Path(weights or DEFAULT_WEIGHTS) / "model.safetensors"
    if not model.is_file():
        raise InferenceError(f"There are no weights in {model.parent}: {model.name} is missing.")
    path = _folder() / f"{weights_sha256(model)[:16]}-{generator or 'default'}.onnx"
    if not path.is_file():
        tell("The network is exported for its engine, this once …")
        export_onnx(path, weights, generator, masks=True)
    return path


def _folder() -> Path:
    """Where exports are kept; where that cannot be written to, a temporary folder."""
    try:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "semi-deraingan" / "exports"
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except (OSError, RuntimeError) as error:  # RuntimeError: there is no home at all
        print(f"The export is not kept, because its folder cannot be made ({error}).", file=sys.stderr)
    return Path(mkdtemp(prefix="semi-deraingan-"))
