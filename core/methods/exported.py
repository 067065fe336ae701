"""Our exported network in another engine as a method: `onnxruntime:FILE`, `openvino:FILE`."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.errors import UsageError
from core.inference import Derainer
from core.inference.onnx_engine import OnnxEngine
from core.methods.method import Derained, Method, Needs, Weights
from core.methods.sources import Sources

COST = 1.0
"""The file does not say what a pixel costs; above 0, since it is computed."""


def make_exported(key: str, which: str, sources: Sources) -> Method:
    """A file of `python -m core export --masks` in the engine that the key names.

    Raises:
        UsageError: no file is named.
        InferenceError: the engine is not installed, or the file is no such export.
    """
    name = key.partition(":")[0]
    if not which:
        raise UsageError(f"{name} needs a file of `python -m core export --masks`, as {name}:derain.onnx.")
    engine = OnnxEngine(which, name)
    derainer = Derainer(engine)

    def run(pixels: np.ndarray, names: Sequence[str]) -> Derained:
        result = derainer(pixels, scale=sources.scale)
        return Derained(result.pixels, result.mask)

    generator, dtype = engine.default_generator, str(engine.dtype).split(".")[-1]
    return Method(
        key,
        "Semi-DerainGAN",
        f"{generator.upper()[0]}_{generator[1:]}, {name}",
        run,
        Needs(COST, tiles=True, multiple=1, number_format=dtype, memory_format=name),
        Weights(Path(which).name, engine.sha256),
        about={
            "method": f"Semi-DerainGAN in {name}",
            "weights": which,
            "sha256": engine.sha256,
            "generator": generator,
            "dtype": dtype,
        },
    )
