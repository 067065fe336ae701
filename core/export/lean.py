"""Rewrites an exported network so that a runtime passes over memory less often; what it gives stays the same."""

from collections.abc import Iterable

import numpy as np
import onnx
from onnx import helper, numpy_helper


class Graph:
    """An ONNX graph with its weights at hand, to be rewritten.

    Attributes:
        weights: name -> values of every initializer.
        nodes: in an order that can be run.
        makers: name of a tensor -> the node that gives it.
    """

    def __init__(self, model: onnx.ModelProto) -> None:
        self.model = model
        self.weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
        self.nodes = list(model.graph.node)
        self.makers = {name: node for node in self.nodes for name in node.output}

    def users(self, name: str) -> list[onnx.NodeProto]:
        """The nodes that take a tensor."""
        return [node for node in self.nodes if name in node.input]

    def add_weights(self, name: str, values: np.ndarray) -> str:
        """Keeps weights under a name, which is given back."""
        self.weights[name] = values
        return name

    def replace(self, old: Iterable[onnx.NodeProto], new: Iterable[onnx.NodeProto]) -> None:
        """Puts nodes where the first of the old ones stood."""
        gone = {id(node) for node in old}
        place = next(at for at, node in enumerate(self.nodes) if id(node) in gone)
        self.nodes = [node for node in self.nodes[:place] if id(node) not in gone] + [
            *new,
            *(node for node in self.nodes[place:] if id(node) not in gone),
        ]
        self.makers = {name: node for node in self.nodes for name in node.output}

    def write_back(self) -> onnx.ModelProto:
        """The model with what was changed, and no weights that nobody uses."""
        graph = self.model.graph
        del graph.node[:], graph.initializer[:], graph.value_info[:], graph.metadata_props[:]
        for node in self.nodes:
            del node.metadata_props[:]
        graph.node.extend(self.nodes)
        used = {name for node in self.nodes for name in node.input}
        graph.initializer.extend(
            numpy_helper.from_array(np.ascontiguousarray(values), name)
            for name, values in self.weights.items()
            if name in used
        )
        return self.model


def make_lean(model: onnx.ModelProto) -> Graph:
    """The graph of an exported network in a leaner form; `model` is changed when it is written back.

    Weights that are made of whole numbers when the file is loaded are made here, scales behind convolutions go into
    their weights, what is cut in halves after a convolution is made in halves, and layer norms are spelt out, without
    moving the channels to the end and back.
    """
    graph = Graph(model)
    fold_weights(graph)
    fold_scales(graph)
    halve_convolutions(graph)
    spell_out_norms(graph)
    return graph


def fold_weights(graph: Graph) -> None:
    """Cast of weights, and Mul of weights by weights, become weights."""
    for node in [node for node in graph.nodes if node.op_type in ("Cast", "Mul")]:
        values = [graph.weights[name] for name in node.input if name in graph.weights]
        if len(values) == len(node.input):
            made = values[0].astype(np.float32) if node.op_type == "Cast" else values[0] * values[1]
            graph.add_weights(node.output[0], made)
            graph.replace([node], [])


def fold_scales(graph: Graph) -> None:
    """Conv → Mul by a number a channel becomes a Conv."""
    for node in [node for node in graph.nodes if node.op_type == "Mul"]:
        convolution, scale = graph.makers.get(node.input[0]), graph.weights.get(node.input[1])
        if convolution is None or convolution.op_type != "Conv" or scale is None:
            continue
        weight, bias = (graph.weights[name] for name in convolution.input[1:])
        flat = scale.reshape(-1)
        names = [
            graph.add_weights(f"{convolution.input[1]}.scaled", weight * flat[:, None, None, None]),
            graph.add_weights(f"{convolution.input[2]}.scaled", bias * flat),
        ]
        folded = like(convolution, [convolution.input[0], *names], node.output[0], len(bias))
        graph.replace([convolution, node], [folded])


def halve_convolutions(graph: Graph) -> None:
    """Conv → Split in two becomes two Convs; so does Conv → depthwise Conv → Split."""
    for split in [node for node in graph.nodes if node.op_type == "Split" and len(node.output) == 2]:
        chain = []
        name = split.input[0]
        while name in graph.makers and graph.makers[name].op_type == "Conv" and len(graph.users(name)) == 1:
            chain.append(graph.makers[name])
            name = chain[-1].input[0]
            if group_of(chain[-1]) == 1:
                break
        if not chain:
            continue
        new = []
        for side in range(2):
            source = name
            for node in reversed(chain):
                target = split.output[side] if node is chain[0] else f"{node.output[0]}.{side}"
                halves = [
                    graph.add_weights(f"{name}.{side}", np.split(graph.weights[name], 2)[side])
                    for name in node.input[1:]
                ]
                new.append(like(node, [source, *halves], target, len(graph.weights[halves[0]])))
                source = target
        graph.replace([*chain, split], new)


def spell_out_norms(graph: Graph) -> None:
    """Transpose → LayerNormalization → Transpose becomes means over the channels."""
    for norm in [node for node in graph.nodes if node.op_type == "LayerNormalization"]:
        before = graph.makers[norm.input[0]]
        (after,) = graph.users(norm.output[0])
        epsilon = next(attribute.f for attribute in norm.attribute if attribute.name == "epsilon")
        channels = graph.add_weights("channels", np.array([1], np.int64))
        least = graph.add_weights("least_variance", np.array(epsilon, np.float32))
        weight, bias = (graph.add_weights(f"{n}.planes", graph.weights[n].reshape(1, -1, 1, 1)) for n in norm.input[1:])
        x, name = before.input[0], norm.output[0]
        steps = (
            ("ReduceMean", [x, channels], "mean"),
            ("Sub", [x, f"{name}.mean"], "centred"),
            ("Mul", [f"{name}.centred", f"{name}.centred"], "square"),
            ("ReduceMean", [f"{name}.square", channels], "variance"),
            ("Add", [f"{name}.variance", least], "above"),
            ("Sqrt", [f"{name}.above"], "deviation"),
            ("Div", [f"{name}.centred", f"{name}.deviation"], "normed"),
            ("Mul", [f"{name}.normed", weight], "scaled"),
        )
        new = [helper.make_node(kind, inputs, [f"{name}.{made}"]) for kind, inputs, made in steps]
        new.append(helper.make_node("Add", [f"{name}.scaled", bias], [after.output[0]]))
        alone = len(graph.users(before.output[0])) == 1
        graph.replace([*([before] if alone else []), norm, after], new)


def group_of(convolution: onnx.NodeProto) -> int:
    """How many groups a convolution has."""
    return next(attribute.i for attribute in convolution.attribute if attribute.name == "group")


def like(convolution: onnx.NodeProto, inputs: list[str], output: str, outputs: int) -> onnx.NodeProto:
    """A convolution as another one, with weights of so many outputs; a depthwise one stays depthwise."""
    new = helper.make_node("Conv", inputs, [output], name=f"conv.{output}")
    new.attribute.extend(convolution.attribute)
    for attribute in new.attribute:
        if attribute.name == "group" and attribute.i > 1:
            attribute.i = outputs
    return new
