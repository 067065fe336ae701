"""What is measured: our model as it is shipped, and PReNet as published and at our settings."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from core.inference import DEFAULT_WEIGHTS, Derainer
from core.networks import SIZES, SemiDerainGAN
from core.peers.prenet import PReNet, load_prenet


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
    """Which weights are measured: a folder or a size of SIZES with random weights, and PReNet's checkpoint or None."""

    weights: str | None = None
    network: str | None = None
    prenet: str | None = None


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
    prenet = load_prenet(choice.prenet) if choice.prenet else PReNet().eval()
    theirs = Path(choice.prenet).name if choice.prenet else "random"
    equal = derainer.dtype
    return {
        "ours": Method(
            "Semi-DerainGAN",
            f"{_name(equal)}, channels_last, tiles",
            ours,
            derainer.model,
            equal,
            lambda pixels: derainer(pixels).pixels,
            tiles=True,
        ),
        "prenet-published": Method(
            "PReNet",
            "float32, contiguous (as published)",
            theirs,
            prenet,
            torch.float32,
            lambda pixels: _run_whole(prenet, pixels, torch.float32, torch.contiguous_format),
            tiles=False,
        ),
        "prenet-equal": Method(
            "PReNet",
            f"{_name(equal)}, channels_last (our settings)",
            theirs,
            prenet,
            equal,
            lambda pixels: _run_whole(prenet, pixels, equal, torch.channels_last),
            tiles=False,
        ),
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
