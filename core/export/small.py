"""Stores the weights in an ONNX file as small as they can be without loss, in half precision, or in 8 bits."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

LEVELS = 127
FEWEST = 256
"""Tensors of fewer numbers stay as they are."""


def shrink_weights(model: onnx.ModelProto, precision: str) -> None:
    """Replaces float32 weights by what they can be made from when the file is loaded; `model` is changed.

    Whole numbers of −127…127 with a scale for each output channel, where the weights are such (within a millionth of
    the channel's largest); half precision, where they are such. Others stay float32 for the precision "exact", become
    half for "half", and for "small" convolutions are rounded to whole numbers, the rest to half.
    """
    graph = model.graph
    nodes, kept = [], []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < FEWEST:
            kept.append(tensor)
            continue
        half = values.astype(np.float16)
        is_half = np.array_equal(half.astype(np.float32), values)
        levels, scale, is_whole = whole_numbers(values)
        if is_whole or (precision == "small" and values.ndim == 4 and not is_half):
            kept += [
                numpy_helper.from_array(levels, f"{tensor.name}.levels"),
                numpy_helper.from_array(scale, f"{tensor.name}.scale"),
            ]
            nodes.append(
                helper.make_node("Cast", [f"{tensor.name}.levels"], [f"{tensor.name}.cast"], to=TensorProto.FLOAT)
            )
            nodes.append(helper.make_node("Mul", [f"{tensor.name}.cast", f"{tensor.name}.scale"], [tensor.name]))
        elif is_half or precision != "exact":
            kept.append(numpy_helper.from_array(half, f"{tensor.name}.half"))
            nodes.append(helper.make_node("Cast", [f"{tensor.name}.half"], [tensor.name], to=TensorProto.FLOAT))
        else:
            kept.append(tensor)
    del graph.initializer[:]
    graph.initializer.extend(kept)
    rest = list(graph.node)
    del graph.node[:]
    graph.node.extend([*nodes, *rest])


def whole_numbers(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, bool]:
    """Weights (out, …) as int8 and a float32 scale for each output channel, and whether they are a convolution's that
    are just that."""
    scale = np.abs(values).max(axis=tuple(range(1, values.ndim)), keepdims=True) / np.float32(LEVELS)
    scale = np.maximum(scale, np.float32(1e-30))
    levels = np.rint(values / scale)
    far = np.abs(levels * scale - values) > 1e-6 * LEVELS * scale
    return levels.astype(np.int8), scale.astype(np.float32), values.ndim == 4 and not far.any()
