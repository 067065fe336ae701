"""Exports our network to ONNX, holds the file against PyTorch, and only then keeps it."""

import copy
import io
import logging
import warnings
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from core.export.errors import ExportError
from core.export.plain import Plain
from core.images.atomic import write_atomically
from core.inference import DEFAULT_WEIGHTS
from core.inference.engine import load_model
from core.inference.network import Network, to_input
from core.peers.find import weights_sha256

OPSET = 18
PRECISIONS = {"exact": 0.01, "half": 0.1, "small": 16.0, "float32": 0.01}
"""How weights are stored -> what the derained image may differ from PyTorch's, of 255."""
LICENCE = "MIT"


@dataclass(frozen=True)
class Exported:
    """What was written.

    Attributes:
        path: the file.
        size: bytes.
        difference: largest, between what ONNX Runtime and PyTorch make of a picture, of 255.
    """

    path: Path
    size: int
    difference: float


def export_onnx(
    path: Path,
    weights: str | Path | None = None,
    generator: str | None = None,
    *,
    masks: bool = False,
    precision: str = "exact",
) -> Exported:
    """Writes the network as an ONNX file: photo in, derained photo out, with padding inside.

    Input "rainy" and output "derained" are (1, 3, H, W) float32 of 0…1, RGB, of any H and W; with `masks` there is a
    second output "mask", (1, 1, H, W).

    Args:
        weights: folder of our model; None for the one that is shipped.
        generator: None for the model's default.
        precision: how weights are stored: "exact" as in the model's own file, "half", "small", G_r's convolutions
            rounded to 8 bits, or "float32", which is laid out so that runtimes take less time.

    Raises:
        InferenceError: the weights cannot be loaded.
        ExportError: the packages for it are not installed, there is no such generator, or what ONNX Runtime makes of
            the file differs from PyTorch; nothing is then written.
    """
    try:
        import onnx
        import onnxruntime
        import onnxscript  # noqa: F401  what PyTorch's exporter works with
    except ImportError as error:
        raise ExportError(
            f"The package {error.name} is not installed: python -m pip install -r requirements-engines.txt."
        ) from error
    folder = Path(weights) if weights else DEFAULT_WEIGHTS
    model = load_model(folder)
    generator = generator or model.default_generator
    if generator not in model.generators:
        raise ExportError(f"These weights hold no generator {generator!r}, only {', '.join(model.generators)}.")
    content = _content(onnx, model, generator, masks, precision, weights_sha256(folder / "model.safetensors"))
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    reference = Network(model)
    difference = max(_difference(session, reference, generator, *size) for size in ((93, 61), (13, 40)))
    if not difference <= PRECISIONS[precision]:
        raise ExportError(
            f"The file would give other pixels than PyTorch (up to {difference:.3g} of 255, where "
            f"{PRECISIONS[precision]:g} is allowed), so it was not written."
        )
    write_atomically(path, content)
    return Exported(path, len(content), difference)


def _content(onnx, model, generator: str, masks: bool, precision: str, sha256: str) -> bytes:  # type: ignore[no-untyped-def]
    from core.export.lean import make_lean
    from core.export.small import shrink_weights

    plain = Plain(copy.deepcopy(model), generator, masks).eval()
    outputs = ["derained", "mask"] if masks else ["derained"]
    exported = _exported(plain, outputs)
    for node in exported.graph.node:
        node.ClearField("metadata_props")  # where in our code a step came from, with this machine's paths
    if precision == "float32":
        exported = make_lean(exported).write_back()
    else:
        shrink_weights(exported, precision)
    facts = {
        "model": "Semi-DerainGAN",
        "weights_sha256": sha256,
        "generator": generator,
        "precision": precision,
        "multiple": str(model.stride),
        "licence": LICENCE,
        "input": "rainy: (1, 3, H, W) float32, RGB, 0…1, any H and W",
        "output": "derained: of the same shape" + ("; mask: (1, 1, H, W), 0…1" if masks else ""),
    }
    onnx.helper.set_model_props(exported, facts)
    exported.producer_name = "Semi-DerainGAN"
    onnx.checker.check_model(exported, full_check=True)
    return bytes(exported.SerializeToString())


def _exported(plain: Plain, outputs: list[str]):  # type: ignore[no-untyped-def]
    """PyTorch's exporter, without what it prints."""
    sides = {2: torch.export.Dim("height", min=1, max=16384), 3: torch.export.Dim("width", min=1, max=16384)}
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            plain,
            (torch.rand(1, 3, 93, 61),),
            dynamo=True,
            opset_version=OPSET,
            input_names=["rainy"],
            output_names=outputs,
            dynamic_shapes=({**sides},),
            verbose=False,
        )
    assert program is not None
    program.optimize()
    return program.model_proto


def _difference(session, reference: Network, generator: str, width: int, height: int) -> float:  # type: ignore[no-untyped-def]
    """Largest difference between ONNX Runtime's and PyTorch's outputs for a picture, of 255."""
    rng = np.random.default_rng(0)
    x = to_input(rng.integers(0, 256, (height, width, 3), np.uint8)).contiguous()
    expected = reference(x, generator)
    made = session.run(None, {"rainy": x.numpy()})
    wanted = (expected.derained, expected.mask)[: len(made)]
    return max(float(np.abs(one - other.numpy()).max()) * 255 for one, other in zip(made, wanted))
