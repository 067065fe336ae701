"""Which engine `auto` takes on this machine, and why."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from core.export.errors import ExportError
from core.export.kept import kept_engine
from core.inference import choose_device
from core.inference.device import cpu_gains_from_int8
from core.inference.onnx_engine import OnnxEngine

PACKAGES = ("onnx", "onnxruntime", "onnxscript", "openvino")


def choose_engine(
    device: str = "auto",
    weights: str | Path | None = None,
    generator: str | None = None,
    tell: Callable[[str], None] = lambda sentence: None,
) -> tuple[OnnxEngine | None, str]:
    """The network in 8 bits where that is faster here and costs little, else None for PyTorch; and a reason to tell.

    It is taken on processors that were measured to gain from it (`cpu_gains_from_int8`), where what it needs is
    installed and where these weights keep to the limits of `export_int8`.

    Args:
        device: "auto", "cpu", "cuda" or "cuda:N", as of the `Derainer`.
        weights: folder of our model; None for the one that is shipped.
        generator: None for the model's default.
        tell: hears a sentence before an export is made.

    Raises:
        InferenceError: the device is not there, or the weights cannot be loaded.
    """
    if choose_device(device).type != "cpu":
        return None, "PyTorch runs on the GPU"
    if not cpu_gains_from_int8():
        return None, "this processor was not measured to gain from 8 bits over PyTorch's own choice"
    if missing := [name for name in PACKAGES if find_spec(name) is None]:
        return None, f"8 bits need {', '.join(missing)}, of requirements-engines.txt"
    try:
        return kept_engine("openvino-int8", weights, generator, tell), "this processor gains from 8 bits"
    except ExportError as error:
        return None, str(error)
