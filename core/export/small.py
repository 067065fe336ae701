"""Stores the weights in an ONNX file as small as they can be without loss, or in half precision."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

LEVELS = 127
FEWEST = 256
"""Tensors of fewer numbers stay as they are."""


def shrink_weights(model: onnx.ModelProto, *, lossless: bool) -> None:
    """Replaces float32 weights by what they can be made from when the file is loaded; `model` is changed.

    Whole numbers of −127…127 with a scale for each output channel, where the weights are such (within a millionth of
    the channel's largest); half precision, where they are such, or `lossless` is not asked for; else float32.
    """
    graph = model.graph
    nodes, kept = [], []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < FEWEST:
            kept.append(tensor)
            continue
        levels, scale = whole_numbers(values)
        half = values.astype(np.float16)
        if scale is not None:
            kept += [
                numpy_helper.from_array(levels, f"{tensor.name}.levels"),
                numpy_helper.from_array(scale, f"{tensor.name}.scale"),
            ]
            nodes.append(
                helper.make_node("Cast", [f"{tensor.name}.levels"], [f"{tensor.name}.cast"], to=TensorProto.FLOAT)
            )
            nodes.append(helper.make_node("Mul", [f"{tensor.name}.cast", f"{tensor.name}.scale"], [tensor.name]))
        elif not lossless or np.array_equal(half.astype(np.float32), values):
            kept.append(numpy_helper.from_array(half, f"{tensor.name}.half"))
            nodes.append(helper.make_node("Cast", [f"{tensor.name}.half"], [tensor.name], to=TensorProto.FLOAT))
        else:
            kept.append(tensor)
    del graph.initializer[:]
    graph.initializer.extend(kept)
    rest = list(graph.node)
    del graph.node[:]
    graph.node.extend([*nodes, *rest])


def whole_numbers(values: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """Weights (out, …) as int8 and a float32 scale for each output channel; no scale where they are no such."""
    if values.ndim != 4:
        return values, None
    scale = np.abs(values).max(axis=(1, 2, 3), keepdims=True) / np.float32(LEVELS)
    scale = np.maximum(scale, np.float32(1e-30))
    levels = np.rint(values / scale)
    far = np.abs(levels * scale - values) > 1e-6 * LEVELS * scale
    return levels.astype(np.int8), None if far.any() else scale.astype(np.float32)
