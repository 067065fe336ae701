"""Cuts an exported network in two at the rain mask, for a web page: the mask alone is cheap, and half the memory."""

import onnx
from onnx.utils import Extractor

PADDED = "padded_mask"
"""Output of the first part and input of the second: the mask with its padding, (1, 1, H', W') float32."""


def mask_and_rest(model: onnx.ModelProto) -> tuple[onnx.ModelProto, onnx.ModelProto]:
    """The two parts of an export with masks; what they hold of the weights does not overlap.

    Args:
        model: is changed.

    Returns:
        "rainy" -> "mask" and "padded_mask"; "rainy" and "padded_mask" -> "derained". Both have the metadata of `model`.
    """
    makers = {name: node for node in model.graph.node for name in node.output}
    padded = "mask"
    while makers[padded].op_type == "Slice":
        padded = makers[padded].input[0]
    for node in model.graph.node:
        for names in (node.input, node.output):
            for place, name in enumerate(names):
                if name == padded:
                    names[place] = PADDED
        for field in ("metadata_props", "doc_string"):
            node.ClearField(field)
    model.graph.ClearField("metadata_props")
    model.graph.ClearField("value_info")
    model.graph.value_info.append(
        onnx.helper.make_tensor_value_info(PADDED, onnx.TensorProto.FLOAT, [1, 1, "padded_height", "padded_width"])
    )
    extractor = Extractor(model)
    parts = (
        extractor.extract_model(["rainy"], ["mask", PADDED]),
        extractor.extract_model(["rainy", PADDED], ["derained"]),
    )
    for part in parts:
        part.graph.ClearField("value_info")
        onnx.helper.set_model_props(part, {entry.key: entry.value for entry in model.metadata_props})
        onnx.checker.check_model(part, full_check=True)
    return parts
