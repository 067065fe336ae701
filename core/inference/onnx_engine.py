"""Our exported network in another engine than PyTorch: ONNX Runtime or OpenVINO, each an `Engine` of the `Derainer`."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.inference.errors import InferenceError
from core.networks import Derained

Session = Callable[[np.ndarray], list[np.ndarray]]
"""(1, 3, H, W) float32, 0…1 -> derained image and mask."""


class OnnxEngine:
    """A file of `python -m core export --masks` in one of `ENGINES`.

    Args:
        path: the file.
        name: of the engine.

    Raises:
        InferenceError: the engine is not installed, or the file is no such export.
    """

    network: torch.nn.Module | None = None
    device = torch.device("cpu")

    def __init__(self, path: str | Path, name: str) -> None:
        if not Path(path).is_file():
            raise InferenceError(f"There is no file {path}; python -m core export --masks -o {path} writes one.")
        try:
            facts = _facts(path)
            self.session = ENGINES[name](str(path))
        except ImportError as error:
            raise InferenceError(
                f"The package {error.name} is not installed: python -m pip install -r requirements-engines.txt."
            ) from error
        except Exception as error:  # what is no model fails in any way, by the engine
            raise InferenceError(f"{path} cannot be opened by {name}: {str(error).strip().splitlines()[0]}") from error
        if "mask" not in facts.get("output", ""):
            raise InferenceError(f"{path} gives no rain mask; export it with --masks.")
        self.generators: tuple[str, ...] = (facts["generator"],)
        self.default_generator = facts["generator"]
        self.stride = int(facts["multiple"])
        self.sha256 = facts["weights_sha256"]
        self.dtype: Any = torch.int8 if facts["precision"] == "int8" else torch.float32

    def __call__(self, x: Tensor, generator: str, /) -> Derained:
        """(1, 3, H, W) float32, 0…1 -> derained image, mask, and that mask again as the only step's."""
        derained, mask = map(torch.from_numpy, self.session(np.ascontiguousarray(x.numpy())))
        return Derained(derained, mask, (mask,))

    def find_mask(self, x: Tensor) -> Tensor:
        """(1, 3, H, W) -> the mask (1, 1, H, W)."""
        return self(x, self.default_generator).mask


def _facts(path: str | Path) -> Mapping[str, str]:
    import onnx

    return {entry.key: entry.value for entry in onnx.load(str(path)).metadata_props}


def _onnxruntime(path: str) -> Session:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return lambda x: session.run(None, {"rainy": x})


def _openvino(path: str) -> Session:
    import openvino

    settings: dict[str, Any] = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": torch.get_num_threads()}
    compiled = openvino.Core().compile_model(path, "CPU", settings)

    def run(x: np.ndarray) -> list[np.ndarray]:
        given = compiled({0: x})
        return [given[output].copy() for output in compiled.outputs]

    return run


ENGINES: dict[str, Callable[[str], Session]] = {"onnxruntime": _onnxruntime, "openvino": _openvino}
"""Engine by its name, which is also the kind of its methods: a new one is a function and a line."""
