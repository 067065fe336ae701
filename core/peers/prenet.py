"""PReNet (Ren et al., Progressive Image Deraining Networks, CVPR 2019), to run its published weights."""

from pathlib import Path

import torch
from torch import nn

from core.peers.errors import PeerError
from core.peers.keys import check_keys
from core.peers.peer import Peer

CHANNELS = 32
STEPS = 6


def _conv(inputs: int, outputs: int) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, kernel_size=3, padding=1)


class PReNet(nn.Module):
    """Six recurrent steps at full resolution: convolution, LSTM, five residual units, convolution, plus rainy image.

    Module names are those of the published checkpoints: `conv0.0`, `conv_{i,f,g,o}.0`, `res_conv{1…5}.{0,2}`, `conv.0`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv0 = nn.Sequential(_conv(6, CHANNELS), nn.ReLU())
        self.conv_i = nn.Sequential(_conv(2 * CHANNELS, CHANNELS), nn.Sigmoid())
        self.conv_f = nn.Sequential(_conv(2 * CHANNELS, CHANNELS), nn.Sigmoid())
        self.conv_g = nn.Sequential(_conv(2 * CHANNELS, CHANNELS), nn.Tanh())
        self.conv_o = nn.Sequential(_conv(2 * CHANNELS, CHANNELS), nn.Sigmoid())
        for number in range(1, 6):
            unit = nn.Sequential(_conv(CHANNELS, CHANNELS), nn.ReLU(), _conv(CHANNELS, CHANNELS), nn.ReLU())
            self.add_module(f"res_conv{number}", unit)
        self.conv = nn.Sequential(_conv(CHANNELS, 3))

    def forward(self, rainy: torch.Tensor) -> torch.Tensor:
        """(B, 3, H, W), values 0…1 -> derained (B, 3, H, W), clamped to 0…1."""
        derained = rainy
        hidden = rainy.new_zeros(rainy.shape[0], CHANNELS, *rainy.shape[2:])
        cell = hidden
        for _ in range(STEPS):
            features = self.conv0(torch.cat((rainy, derained), 1))
            gates_in = torch.cat((features, hidden), 1)
            cell = self.conv_f(gates_in) * cell + self.conv_i(gates_in) * self.conv_g(gates_in)
            hidden = self.conv_o(gates_in) * torch.tanh(cell)
            features = hidden
            for number in range(1, 6):
                features = torch.relu(self.get_submodule(f"res_conv{number}")(features) + features)
            derained = self.conv(features) + rainy
        return derained.clamp(0.0, 1.0)


def load_prenet(path: str | Path) -> PReNet:
    """PReNet with the weights of a published checkpoint (`net_latest.pth`), in float32, ready for inference.

    Raises:
        PeerError: the file is missing, is no checkpoint, or its keys do not fit the network (they are named).
    """
    path = Path(path)
    if not path.is_file():
        raise PeerError(f"{path} is not a file; PReNet's weights are one file such as net_latest.pth.")
    try:
        weights = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise PeerError(f"{path} cannot be read: {(error.strerror or str(error)).lower()}.") from error
    except Exception as error:  # what is no checkpoint is taken for pickled data, which fails in any way
        raise PeerError(f"{path} is not a PyTorch checkpoint of tensors.") from error
    network = PReNet()
    expected = {key: tensor.shape for key, tensor in network.state_dict().items()}
    held = {key: getattr(value, "shape", None) for key, value in weights.items()} if isinstance(weights, dict) else {}
    check_keys(path, "PReNet", expected, held)
    network.load_state_dict(weights)
    return network.eval()


PEER = Peer(
    "PReNet",
    PReNet,
    load_prenet,
    weights={name: f"PReNet/{name}/net_latest.pth" for name in ("Rain100L", "Rain100H", "Rain1400")},
    for_set={name: name for name in ("Rain100L", "Rain100H", "Rain1400")},
    default="Rain1400",
    cost=STEPS * 9 * (6 * CHANNELS + 4 * 2 * CHANNELS**2 + 10 * CHANNELS**2 + CHANNELS * 3),
    published="github.com/csdwren/PReNet",
)
