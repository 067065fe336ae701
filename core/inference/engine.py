"""What a `Derainer` runs: our network in PyTorch, or the same network in another engine."""

from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, Protocol

import torch
from safetensors import SafetensorError
from torch import Tensor

from core.inference.errors import InferenceError
from core.inference.network import Network
from core.networks import Derained, SemiDerainGAN
from core.networks.semi_deraingan import pad_to_multiple


class Engine(Protocol):
    """Runs our network on one photo or tile.

    Attributes:
        generators: the generators held; `default_generator` is one of them.
        stride: sides that are no multiples of it are padded by the engine.
        device: where it wants its input.
        dtype: number format of the convolutions, for reports: float32, bfloat16 …
        network: the network for counting what it costs; None where it is not PyTorch's.
    """

    generators: tuple[str, ...]
    default_generator: str
    stride: int
    device: torch.device
    dtype: Any
    network: torch.nn.Module | None

    def __call__(self, x: Tensor, generator: str, /) -> Derained:
        """(1, 3, H, W) float32, 0…1 -> derained image, mask and every step's mask, float32."""
        ...

    def find_mask(self, x: Tensor) -> Tensor:
        """(1, 3, H, W) float32, 0…1 -> the last step's mask alone, (1, 1, H, W), which all generators share."""
        ...


class TorchEngine(Network):
    """Our network in PyTorch."""

    def __init__(self, model: SemiDerainGAN, device: torch.device, dtype: torch.dtype) -> None:
        super().__init__(model, device, dtype)
        self.network = self.module
        self.generators = model.generators
        self.default_generator = model.default_generator
        self.stride = model.stride
        self.mask_finder = Network(_MaskFinder(model), device, dtype)

    def find_mask(self, x: Tensor) -> Tensor:
        """(1, 3, H, W) -> the last step's mask (1, 1, H, W)."""
        return self.mask_finder(x)


class _MaskFinder(torch.nn.Module):
    """The rain mask learner of a model, with its padding."""

    def __init__(self, model: SemiDerainGAN) -> None:
        super().__init__()
        self.ssrml, self.stride = model.ssrml, model.stride

    def forward(self, x: Tensor) -> Tensor:
        return self.ssrml(pad_to_multiple(x, self.stride))[-1][..., : x.shape[2], : x.shape[3]]


def load_model(folder: str | Path) -> SemiDerainGAN:
    """The model saved in a local folder as config.json and model.safetensors.

    Raises:
        InferenceError: there is no such folder, or it holds no such model.
    """
    folder = Path(folder)
    for name in ("config.json", "model.safetensors"):
        if not (folder / name).is_file():
            raise InferenceError(f"There are no weights in {folder}: {name} is missing.")
    try:
        with redirect_stdout(None):  # huggingface_hub prints "Loading weights from local directory" there
            return SemiDerainGAN.from_pretrained(str(folder))
    except (OSError, ValueError, TypeError, KeyError, RuntimeError, SafetensorError) as error:
        reason = str(error).strip().split("\n")[0]
        raise InferenceError(f"The weights in {folder} cannot be loaded: {reason}") from error
