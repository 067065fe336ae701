"""Our model as a method: `ours`, or `ours:GENERATOR`."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from core.inference import DEFAULT_WEIGHTS, Derainer
from core.inference.network import Network
from core.methods.cost import count_multiply_adds
from core.methods.method import Derained, Method, Needs, Weights
from core.methods.sources import Sources
from core.methods.whole import run_whole
from core.networks import SIZES, SemiDerainGAN
from core.peers.find import weights_sha256

TITLE = "Semi-DerainGAN"


def make_ours(key: str, generator: str, sources: Sources) -> Method:
    """Our model.

    Args:
        generator: its name, or "" for the one that fits the rain: G_s for rendered rain, else the default one.

    Raises:
        InferenceError: weights that cannot be loaded, or that have no such generator.
    """
    derainer, folder = _derainer(sources)
    if not generator and sources.synthetic and "gs" in derainer.generators:
        generator = "gs"
    generator = derainer.check_generator(generator or None)
    number_format = str(derainer.dtype).removeprefix("torch.")
    weights = Weights("random", "") if sources.size else None
    if folder is not None:
        weights = Weights(folder.name, weights_sha256(folder / "model.safetensors"))

    def run(pixels: np.ndarray, names: Sequence[str]) -> Derained:
        result = derainer(pixels, generator=generator, scale=sources.scale)
        return Derained(result.pixels, result.mask)

    network = derainer.model.network
    times = 4 if derainer.self_ensemble else 1
    return Method(
        key,
        TITLE,
        f"{generator.upper()[0]}_{generator[1:]}" + ("" if sources.scale == 1 else f", scale {sources.scale}"),
        run,
        Needs(
            cost=times * (count_multiply_adds(network, side=64) if network is not None else 1.0),
            tiles=derainer.tile is not None,
            multiple=derainer.model.stride,
            number_format=number_format,
        ),
        weights,
        about={
            "method": TITLE,
            "weights": str(sources.weights) if isinstance(sources.weights, (str, Path)) else "weights/fast",
            "sha256": weights.sha256 if weights else None,
            "generator": generator,
            "self_ensemble": derainer.self_ensemble,
            "scale": sources.scale,
            "dtype": number_format,
        },
        network=network,
    )


def network_method(network: SemiDerainGAN, generator: str) -> Method:
    """Our network where it lies, on photos whole and in float32, not rounded: what training validates."""
    ready = Network(network, next(network.parameters()).device)
    needs = Needs(count_multiply_adds(network, side=64), tiles=False, multiple=network.stride, number_format="float32")
    return Method("ours", TITLE, generator, run_whole(ready, TITLE, generator), needs, network=network)


def _derainer(sources: Sources) -> tuple[Derainer, Path | None]:
    """Our model ready to derain, and the folder of its weights where it is known."""
    if isinstance(sources.weights, Derainer):
        return sources.weights, None
    if sources.size:
        torch.manual_seed(0)
        return Derainer(SemiDerainGAN(**SIZES[sources.size]), device=sources.device, dtype=sources.dtype), None
    folder = Path(sources.weights) if sources.weights else DEFAULT_WEIGHTS
    derainer = Derainer(folder, device=sources.device, dtype=sources.dtype, self_ensemble=sources.self_ensemble)
    return derainer, folder
