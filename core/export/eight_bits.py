"""Puts the convolutions of a lean network into 8 bits, by what goes through them when it derains given pictures."""

import re
from collections.abc import Iterable

import numpy as np
import onnx
from onnx import helper

from core.export.lean import Graph, group_of

FLOAT = re.compile(r"unet\.(head|tail)|ssrml\.(head|lstm|tail)|.*project2")
"""Convolutions that stay float32: what goes in and comes out there is seen in the photo, or goes round in SSRML, or is
a product of two halves whose range nothing bounds."""
Extent = tuple[np.ndarray, np.ndarray]
"""Least and greatest value of every channel of a tensor."""


def put_into_eight_bits(graph: Graph, pictures: Iterable[np.ndarray]) -> None:
    """Adds QuantizeLinear and DequantizeLinear before convolutions, and stores their weights as int8.

    Weights have a scale for each output; what goes in has one for all its channels, from 0 on where it never is
    negative, else even to both sides. Channels are brought to one reach before that, where the weights
    before and behind can make up for it.

    Args:
        graph: of `make_lean`; it is changed.
        pictures: rainy ones, each (1, 3, H, W) float32, 0…1.
    """
    chosen = [node for node in graph.nodes if node.op_type == "Conv" and not FLOAT.match(node.input[1])]
    extents = measure(graph, sorted({node.input[0] for node in chosen}), pictures)
    for name in extents:
        even_out(graph, name, extents)
    for name, extent in extents.items():
        quantise_input(graph, name, extent, [node for node in chosen if node.input[0] == name])
    for node in chosen:
        quantise_weights(graph, node)


def measure(graph: Graph, names: list[str], pictures: Iterable[np.ndarray]) -> dict[str, Extent]:
    """What every channel of some tensors reaches over all pictures, by ONNX Runtime."""
    import onnxruntime

    model = onnx.ModelProto()
    model.CopyFrom(graph.write_back())
    axes = helper.make_tensor("all_places", onnx.TensorProto.INT64, [3], [0, 2, 3])
    model.graph.initializer.append(axes)
    for name in names:
        for kind in ("ReduceMin", "ReduceMax"):
            model.graph.node.append(helper.make_node(kind, [name, axes.name], [f"{name}.{kind}"], keepdims=0))
            model.graph.output.append(helper.make_tensor_value_info(f"{name}.{kind}", onnx.TensorProto.FLOAT, None))
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    wanted = [f"{name}.{kind}" for name in names for kind in ("ReduceMin", "ReduceMax")]
    found = [session.run(wanted, {"rainy": picture}) for picture in pictures]
    least = [np.min([values[at] for values in found], axis=0) for at in range(0, len(wanted), 2)]
    greatest = [np.max([values[at] for values in found], axis=0) for at in range(1, len(wanted), 2)]
    return dict(zip(names, zip(least, greatest)))


def even_out(graph: Graph, name: str, extents: dict[str, Extent]) -> None:
    """Divides each channel of a tensor by what it reaches, where the weights before it and behind it can make up."""
    users, before = graph.users(name), graph.makers.get(name)
    if before is None or any(user.op_type != "Conv" or group_of(user) > 1 for user in users):
        return
    if before.op_type == "Mul":  # of two halves, the first of which a convolution makes
        before = graph.makers.get(before.input[0])
    if before is None:
        return
    if before.op_type == "Conv" and len(graph.users(before.output[0])) == 1:
        carriers = [(before, 1), (before, 2)]
    elif before.op_type == "Add" and before.input[1] in graph.weights:  # the end of a norm
        carriers = [(before, 1), (graph.makers[before.input[0]], 1)]
    else:
        return
    least, greatest = extents[name]
    reach = np.maximum(np.maximum(-least, greatest), 1e-6)
    divisor = (reach / reach.max()).astype(np.float32)
    for node, place in carriers:
        values = graph.weights[node.input[place]]
        of_norm = node.op_type != "Conv"
        shape = [-1 if axis == of_norm else 1 for axis in range(values.ndim)]
        give_own(graph, node, place, values / divisor.reshape(shape))
    for user in users:
        give_own(graph, user, 1, graph.weights[user.input[1]] * divisor[None, :, None, None])
    extents[name] = (least / divisor, greatest / divisor)


def give_own(graph: Graph, node: onnx.NodeProto, place: int, values: np.ndarray) -> None:
    """Has a node take other weights; other nodes may share those that it took."""
    node.input[place] = graph.add_weights(f"{node.input[place]}.{node.output[0]}", values)


def quantise_input(graph: Graph, name: str, extent: Extent, users: list[onnx.NodeProto]) -> None:
    """Has convolutions take a tensor in 8 bits."""
    least, greatest = float(extent[0].min()), float(extent[1].max())
    signed = least < 0
    scale = max(-least, greatest, 1e-6) / (127 if signed else 255)
    numbers = [
        graph.add_weights(f"{name}.scale", np.array(scale, np.float32)),
        graph.add_weights(f"{name}.zero", np.array(0, np.int8 if signed else np.uint8)),
    ]
    first = min(users, key=graph.nodes.index)
    new = [
        helper.make_node("QuantizeLinear", [name, *numbers], [f"{name}.levels"]),
        helper.make_node("DequantizeLinear", [f"{name}.levels", *numbers], [f"{name}.rough"]),
    ]
    for user in users:
        user.input[0] = f"{name}.rough"
    graph.replace([first], [*new, first])


def quantise_weights(graph: Graph, convolution: onnx.NodeProto) -> None:
    """Stores a convolution's weights as int8, with a scale for each output."""
    name = convolution.input[1]
    if f"{name}.levels" not in graph.weights:
        values = graph.weights[name]
        scale = np.maximum(np.abs(values).max(axis=(1, 2, 3)), 1e-12) / np.float32(127)
        graph.add_weights(f"{name}.scale", scale.astype(np.float32))
        graph.add_weights(f"{name}.zero", np.zeros(len(scale), np.int8))
        graph.add_weights(f"{name}.levels", np.rint(values / scale[:, None, None, None]).astype(np.int8))
        parts = [f"{name}.levels", f"{name}.scale", f"{name}.zero"]
        made = helper.make_node("DequantizeLinear", parts, [f"{name}.rough"], axis=0)
        graph.replace([convolution], [made, convolution])
    convolution.input[1] = f"{name}.rough"
