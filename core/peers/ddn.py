"""DDN (Fu et al., Removing Rain from Single Images via a Deep Detail Network, CVPR 2017), to run published weights."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
from torch import nn

from core.peers.guided_filter import guided_filter
from core.peers.keys import check_keys
from core.peers.peer import Peer
from core.peers.tensorflow_checkpoint import checkpoint_prefix, read_tensors

CHANNELS = 16
LAYERS = 26
RADIUS, EPSILON = 15, 1.0
"""The guided filter's window and smoothing, on values of 0…1."""
NORM_EPSILON = 1e-5
KEYS = {"conv.weight": "weights", "conv.bias": "biases", "scale": "scale", "beta": "beta"}
"""What a published checkpoint calls the parameters of a layer."""


class Layer(nn.Module):
    """A 3×3 convolution and batch norm with the picture's own mean and variance, at test time too."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel_size=3, padding=1)
        self.scale = nn.Parameter(torch.ones(outputs))
        self.beta = nn.Parameter(torch.zeros(outputs))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, inputs, H, W) -> (B, outputs, H, W)."""
        pictures = [
            torch.batch_norm(picture, self.scale, self.beta, None, None, True, 0.0, NORM_EPSILON, False)
            for picture in self.conv(x).split(1)
        ]
        return torch.cat(pictures) if len(pictures) > 1 else pictures[0]


class DDN(nn.Module):
    """26 layers see the detail layer, photo minus its guided filter, and give what is added to the photo.

    Every two of layers 2 to 25 are a residual unit. Since each layer is normalised over the whole picture, deraining a
    photo in tiles would change the derained image.
    """

    def __init__(self) -> None:
        super().__init__()
        inner = [Layer(CHANNELS, CHANNELS) for _ in range(LAYERS - 2)]
        self.layers = nn.ModuleList([Layer(3, CHANNELS), *inner, Layer(CHANNELS, 3)])

    def forward(self, rainy: torch.Tensor) -> torch.Tensor:
        """(B, 3, H, W), values 0…1 -> derained (B, 3, H, W), clamped to 0…1."""
        detail = rainy - guided_filter(rainy, RADIUS, EPSILON)
        features = torch.relu(self.layers[0](detail))
        for number in range(1, LAYERS - 1, 2):
            inner = torch.relu(self.layers[number](features))
            features = features + torch.relu(self.layers[number + 1](inner))
        return (rainy + self.layers[-1](features)).clamp(0.0, 1.0)


def load_ddn(path: str | Path) -> DDN:
    """DDN with the weights of a TensorFlow checkpoint (`model-epoch-15.index` and its `.data` file), in float32.

    Raises:
        PeerError: a file is missing, damaged or no checkpoint, or its keys do not fit the network (they are named).
    """
    return load_layers(path, "DDN")


def load_layers(path: str | Path, title: str, also: Iterable[str] = ()) -> DDN:
    """DDN's network with the tensors `conv_N/{weights,biases,scale,beta}_N` of a checkpoint, N from 1 to 26.

    What a training leaves behind (Adam's moments, step counters) is left out.

    Args:
        title: what a sentence about wrong keys calls the network.
        also: suffixes of further groups that the checkpoint must hold, such as `_1` for `conv_N_1/…`: biases, scale
            and beta of a second branch, which is not loaded.

    Raises:
        PeerError: as `load_ddn`.
    """
    network = DDN()
    wanted = {_key(name): (name, tensor.shape) for name, tensor in network.state_dict().items()}
    expected: dict[str, Sequence[int]] = {}
    for key, (_, shape) in wanted.items():
        convolution = len(shape) == 4
        expected[key] = (*shape[2:], shape[1], shape[0]) if convolution else shape
        if not convolution:
            expected |= {key.replace("/", f"{group}/"): shape for group in also}
    held = {key: tensor for key, tensor in read_tensors(path).items() if not _is_of_training(key)}
    prefix = checkpoint_prefix(path)
    check_keys(prefix.with_name(f"{prefix.name}.index"), title, expected, {key: held[key].shape for key in held})
    state = {name: torch.from_numpy(held[key]) for key, (name, _) in wanted.items()}
    network.load_state_dict({n: t.permute(3, 2, 0, 1) if t.ndim == 4 else t for n, t in state.items()})
    return network.eval()


def _key(name: str) -> str:
    """`layers.4.conv.weight` -> `conv_5/weights_5`."""
    _, index, *rest = name.split(".")
    number = int(index) + 1
    return f"conv_{number}/{KEYS['.'.join(rest)]}_{number}"


def _is_of_training(key: str) -> bool:
    return key.endswith(("/Adam", "/Adam_1")) or key in ("beta1_power", "beta2_power")


COST = 9 * (3 * CHANNELS + (LAYERS - 2) * CHANNELS**2 + CHANNELS * 3)
"""Multiply-adds a pixel of its convolutions."""

PEER = Peer(
    "DDN",
    DDN,
    load_ddn,
    weights={
        "RainLight": "DDN/RainLight/model-epoch-15.index",
        "RainHeavy": "DDN/RainHeavy/model-epoch-15.index",
    },
    for_set={"Rain100L": "RainLight", "Rain100H": "RainHeavy"},
    default="RainLight",
    cost=COST,
    published="github.com/XMU-smartdsp/Removing_Rain",
)
