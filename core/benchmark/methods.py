"""What is measured: our model as it is shipped, and each peer as published and at our settings."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from core.inference import DEFAULT_WEIGHTS, Derainer
from core.networks import SIZES, SemiDerainGAN
from core.peers import PEERS, find_weights


@dataclass(frozen=True)
class Method:
    """One method at one setting.

    Attributes:
        name: what the table calls it.
        setting: number format, memory format and whether tiles are used.
        weights: which weights it runs, and of ours which generator.
        network: the network itself, for counting.
        dtype: number format of its convolutions.
        run: derains one photo, (H, W, 3) uint8 -> the same.
        tiles: whether `run` cuts large photos into tiles, so that memory is bounded.
    """

    name: str
    setting: str
    weights: str
    network: nn.Module
    dtype: torch.dtype
    run: Callable[[np.ndarray], np.ndarray]
    tiles: bool


@dataclass(frozen=True)
class Choice:
    """Which weights are measured: a folder or a size of SIZES with random weights, and the folder of peers' weights.

    Without that folder the peers have random weights, which are just as fast.
    """

    weights: str | None = None
    network: str | None = None
    peers: str | None = None


def make_methods(choice: Choice) -> dict[str, Method]:
    """Every method on the CPU, by a short key.

    Raises:
        InferenceError, PeerError: weights that cannot be loaded.
    """
    if choice.network:
        torch.manual_seed(0)
        derainer = Derainer(SemiDerainGAN(**SIZES[choice.network]), device="cpu")
        ours = f"random, size {choice.network}, {derainer.model.default_generator}"
    else:
        folder = choice.weights or DEFAULT_WEIGHTS
        derainer = Derainer(folder, device="cpu")
        ours = f"{Path(folder).name}, {derainer.model.default_generator}"
    methods = {
        "ours": Method(
            "Semi-DerainGAN",
            f"{_name(derainer.dtype)}, channels_last, tiles",
            ours,
            derainer.model,
            derainer.dtype,
            lambda pixels: derainer(pixels, scale=1).pixels,
            tiles=True,
        )
    }
    for key in PEERS:
        methods |= _peer(key, choice.peers, derainer.dtype)
    return methods


def _peer(key: str, folder: str | None, equal: torch.dtype) -> dict[str, Method]:
    """A peer as published, in float32 and contiguous memory, and at our settings, with the number format `equal`."""
    peer = PEERS[key]
    network = peer.load(find_weights(peer, peer.default, folder)) if folder else peer.make().eval()
    weights = peer.default if folder else "random"

    def method(setting: str, dtype: torch.dtype, memory_format: torch.memory_format) -> Method:
        def run(pixels: np.ndarray) -> np.ndarray:
            return _run_whole(network, pixels, dtype, memory_format)

        return Method(peer.title, setting, weights, network, dtype, run, tiles=False)

    return {
        f"{key}-published": method("float32, contiguous (as published)", torch.float32, torch.contiguous_format),
        f"{key}-equal": method(f"{_name(equal)}, channels_last (our settings)", equal, torch.channels_last),
    }


@torch.inference_mode()
def _run_whole(
    network: nn.Module, pixels: np.ndarray, dtype: torch.dtype, memory_format: torch.memory_format
) -> np.ndarray:
    network.to(memory_format=memory_format)  # type: ignore[call-overload]
    x = torch.from_numpy(pixels).permute(2, 0, 1)[None].float().div_(255).contiguous(memory_format=memory_format)
    with torch.autocast("cpu", dtype=dtype, enabled=dtype != torch.float32):
        derained = network(x)
    return derained[0].float().mul_(255).round_().byte().permute(1, 2, 0).contiguous().numpy()


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
