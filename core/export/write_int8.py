"""Exports our network with most convolutions in 8 bits, tries the file out on held-out rain, and only then keeps it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from core.export.calibration import calibration_pairs, held_out_pairs
from core.export.errors import TooCostly
from core.export.write import export_onnx
from core.images.atomic import write_atomically
from core.inference.network import to_input
from core.metrics.psnr import psnr

LEAST_PSNR = 48.0
"""dB of the derained images against those of float32, mean over the pictures of one kind of rain."""
MOST_LOSS = 0.1
"""dB that derained images may lose against the clean ones, mean over the pictures of one kind of rain."""


@dataclass(frozen=True)
class ExportedInt8:
    """What was written.

    Attributes:
        path: the file.
        size: bytes.
        near: kind of rain -> dB against what float32 gives.
        loss: kind of rain -> dB that are lost against the clean pictures.
    """

    path: Path
    size: int
    near: dict[str, float]
    loss: dict[str, float]


def export_int8(
    path: Path, weights: str | Path | None = None, generator: str | None = None, *, masks: bool = False
) -> ExportedInt8:
    """Writes the network as `export_onnx` does, with most convolutions in 8 bits (QuantizeLinear, DequantizeLinear).

    Ranges are chosen by rain that is rendered on photos of scikit-image; light and heavy rain on another photo of it
    says what the 8 bits cost, by ONNX Runtime.

    Args:
        path: the file.
        weights: folder of our model; None for the one that is shipped.
        generator: None for the model's default.
        masks: whether the rain mask is a second output.

    Raises:
        InferenceError: the weights cannot be loaded.
        ExportError: packages or photos for it are missing, or there is no such generator.
        TooCostly: it costs more than LEAST_PSNR and MOST_LOSS allow; nothing is then written.
    """
    with TemporaryDirectory(dir=path.parent, prefix=".export-") as folder:
        plain = Path(folder) / "float32.onnx"
        export_onnx(plain, weights, generator, masks=masks, precision="float32")
        content = _in_eight_bits(plain)
        near, loss = _what_it_costs(plain.read_bytes(), content)
    if min(near.values()) < LEAST_PSNR or max(loss.values()) > MOST_LOSS:
        costs = "; ".join(f"{kind} {near[kind]:.1f} dB against float32, {loss[kind]:.2f} dB lost" for kind in near)
        raise TooCostly(f"8 bits would cost these weights too much ({costs}), so nothing was written.")
    write_atomically(path, content)
    return ExportedInt8(path, len(content), near, loss)


def _in_eight_bits(plain: Path) -> bytes:
    import onnx

    from core.export.eight_bits import put_into_eight_bits
    from core.export.lean import Graph

    model = onnx.load(str(plain))
    graph = Graph(model)
    put_into_eight_bits(graph, (_input(pair.rainy) for pair in calibration_pairs()))
    made = graph.write_back()
    for entry in made.metadata_props:
        if entry.key == "precision":
            entry.value = "int8"
    onnx.checker.check_model(made, full_check=True)
    return bytes(made.SerializeToString())


def _what_it_costs(plain: bytes, content: bytes) -> tuple[dict[str, float], dict[str, float]]:
    """Kind of rain -> dB against float32, and dB lost against the clean pictures."""
    derain_plain, derain = _runner(plain), _runner(content)
    near: dict[str, list[float]] = {}
    loss: dict[str, list[float]] = {}
    for pair in held_out_pairs():
        wanted, made = derain_plain(pair.rainy), derain(pair.rainy)
        near.setdefault(pair.recipe, []).append(psnr(wanted, made))
        loss.setdefault(pair.recipe, []).append(psnr(pair.clean, wanted) - psnr(pair.clean, made))
    return tuple({kind: float(np.mean(values)) for kind, values in given.items()} for given in (near, loss))  # type: ignore[return-value]


def _runner(content: bytes) -> Callable[[np.ndarray], np.ndarray]:
    """Pixels (H, W, 3) uint8 -> derained ones, as ONNX Runtime gives them."""
    import onnxruntime

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])

    def run(pixels: np.ndarray) -> np.ndarray:
        derained = session.run(["derained"], {"rainy": _input(pixels)})[0][0]
        return np.rint(derained.transpose(1, 2, 0) * 255).astype(np.uint8)

    return run


def _input(pixels: np.ndarray) -> np.ndarray:
    return to_input(pixels).contiguous().numpy()
