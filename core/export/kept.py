"""Exports that engines run, made once and kept in the user's cache folder."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

from core.export.errors import ExportError, TooCostly
from core.export.write import export_onnx
from core.export.write_int8 import export_int8
from core.inference import DEFAULT_WEIGHTS
from core.inference.errors import InferenceError
from core.inference.onnx_engine import OnnxEngine
from core.peers.find import weights_sha256

KEPT_ENGINES = {
    "onnxruntime": ("onnxruntime", "float32"),
    "openvino": ("openvino", "float32"),
    "openvino-int8": ("openvino", "int8"),
}
"""Engine by its name: what runs it, and the precision of the export that it runs."""
MAKING = 1
"""Counts the ways in which kept exports have been made: one of an older way is not taken."""


def kept_engine(
    name: str,
    weights: str | Path | None = None,
    generator: str | None = None,
    tell: Callable[[str], None] = lambda sentence: None,
) -> OnnxEngine:
    """An engine of KEPT_ENGINES, by an export that was kept or is made now.

    Raises:
        InferenceError, ExportError: as for `kept_export`, or the engine is not installed.
    """
    runtime, precision = KEPT_ENGINES[name]
    return OnnxEngine(kept_export(weights, generator, tell, precision=precision), runtime)


def kept_export(
    weights: str | Path | None = None,
    generator: str | None = None,
    tell: Callable[[str], None] = lambda sentence: None,
    *,
    precision: str = "float32",
) -> Path:
    """The export, with masks, of these weights: the kept one, or one that is made now.

    Args:
        weights: folder of our model; None for the one that is shipped.
        generator: None for the model's default.
        tell: hears a sentence before the file is made.
        precision: "float32", or "int8" for 8 bits.

    Raises:
        InferenceError: there are no weights there.
        ExportError: the packages for it are missing, or what the file gives differs from PyTorch too much. That 8 bits
            cost too much is kept too, so that they are not tried again.
    """
    model = Path(weights or DEFAULT_WEIGHTS) / "model.safetensors"
    if not model.is_file():
        raise InferenceError(f"There are no weights in {model.parent}: {model.name} is missing.")
    path = _folder() / f"{weights_sha256(model)[:16]}-{generator or 'default'}-{precision}-{MAKING}.onnx"
    if path.is_file():
        return path
    refused = path.with_suffix(".refused")
    if refused.is_file():
        raise ExportError(refused.read_text(encoding="utf-8"))
    if precision == "int8":
        tell("The network is put into 8 bits and tried out, this once: about a minute …")
        try:
            export_int8(path, weights, generator, masks=True)
        except TooCostly as error:
            refused.write_text(str(error), encoding="utf-8")
            raise
    else:
        tell("The network is exported for its engine, this once …")
        export_onnx(path, weights, generator, masks=True, precision=precision)
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
