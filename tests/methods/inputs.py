"""Photos and weights from numbers alone, so that what the commands made of them once can be held against them today."""

from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image
from torch import nn

from core.networks import SemiDerainGAN
from core.peers.prenet import PReNet

PAIRS, SIDE = 3, 48


def make_all(folder: Path) -> dict[str, Path]:
    """Weights of ours and of PReNet, pairs, outputs of another method, and real rain, in a folder each."""
    return {
        "weights": make_weights(folder / "weights"),
        "peers": make_peers(folder / "peers"),
        "pairs": make_pairs(folder / "Rain100L"),
        "outputs": make_outputs(folder / "outputs", folder / "Rain100L"),
        "real": make_real(folder / "real"),
    }


def make_weights(folder: Path) -> Path:
    network = SemiDerainGAN(ssrml={"channels": 4, "steps": 2, "units": 1}, unet={"width": 4}, generators=("gs", "gr"))
    fill(network, 0.5).save_pretrained(folder)
    return folder


def make_peers(folder: Path) -> Path:
    (folder / "PReNet/Rain100L").mkdir(parents=True)
    torch.save(fill(PReNet()).state_dict(), folder / "PReNet/Rain100L/net_latest.pth")
    return folder


def make_pairs(folder: Path) -> Path:
    (folder / "rainy").mkdir(parents=True)
    for number in range(1, PAIRS + 1):
        clean = scene(number)[:, : SIDE + 8 * number]
        Image.fromarray(clean).save(folder / f"norain-{number:03}.png")
        Image.fromarray(rained_on(clean, number)).save(folder / "rainy" / f"rain-{number:03}.png")
    return folder


def make_outputs(folder: Path, pairs: Path) -> Path:
    """Images on disk: the clean photo itself of the first pair, its mean with the rainy one of the others."""
    (folder / "Other").mkdir(parents=True)
    for number in range(1, PAIRS + 1):
        clean, rainy = (
            np.array(Image.open(pairs / name)).astype(int)
            for name in (f"norain-{number:03}.png", f"rainy/rain-{number:03}.png")
        )
        image = clean if number == 1 else (clean + rainy) // 2
        Image.fromarray(image.astype(np.uint8)).save(folder / "Other" / f"rain-{number:03}.png")
    return folder


def make_real(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for number in (1, 2):
        flat = np.full((120, 160, 3), 100 + 10 * number, np.uint8)
        flat[100:, ::16] = 220
        Image.fromarray(rained_on(flat, number, drops=150)).save(folder / f"rain-{number}.png")
    Image.new("RGB", (60, 40), (90, 90, 90)).save(folder / "plain.png")
    return folder


def scene(seed: int) -> np.ndarray:
    """(SIDE, 2 SIDE, 3) uint8: coarse noise, enlarged."""
    coarse = np.random.default_rng(seed).integers(20, 190, (SIDE // 8, SIDE // 4, 3), np.uint8)
    return cv2.resize(coarse, (2 * SIDE, SIDE), interpolation=cv2.INTER_LINEAR)


def rained_on(photo: np.ndarray, seed: int, drops: int = 20) -> np.ndarray:
    layer = np.zeros(photo.shape[:2], np.uint8)
    for x, y in np.random.default_rng(seed).integers(0, photo.shape[1], (drops, 2)):
        cv2.line(layer, (int(x), int(y)), (int(x) + 2, int(y) + 14), 50, 1)
    return np.minimum(photo.astype(int) + layer[..., None], 255).astype(np.uint8)


def fill(network: nn.Module, scale: float = 1.0) -> nn.Module:
    """The network with weights from NumPy's generator, as large as keeps the values in range."""
    rng = np.random.default_rng(0)
    state = network.state_dict()
    for name, tensor in state.items():
        if tensor.is_floating_point():
            fan = max(1, tensor[0].numel()) if tensor.ndim > 1 else 16
            state[name] = torch.from_numpy(rng.normal(0, scale * fan**-0.5, tuple(tensor.shape)).astype(np.float32))
    network.load_state_dict(state)
    return network
