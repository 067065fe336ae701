"""A network made ready for photos: this is the one place where a network becomes something to call."""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from core.inference.vector_math import ready_vector_math


class Network:
    """A network on its device, in its number and memory format.

    Args:
        module: takes (B, 3, H, W) float32, 0…1; it is moved to the device and set to evaluation mode.
        dtype: number format of the convolutions; what goes in and comes out stays float32 (autocast).
    """

    def __init__(
        self,
        module: nn.Module,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
        memory_format: torch.memory_format = torch.channels_last,
    ) -> None:
        ready_vector_math()
        self.device, self.dtype, self.memory_format = torch.device(device), dtype, memory_format
        self.module = module.eval().to(self.device, memory_format=memory_format)  # type: ignore[call-overload]

    @torch.inference_mode()
    def __call__(self, x: Tensor, *arguments: Any) -> Any:
        """What the network gives for (B, 3, H, W) float32, 0…1, and further arguments of its own."""
        x = x.to(self.device).contiguous(memory_format=self.memory_format)
        with torch.autocast(self.device.type, dtype=self.dtype, enabled=self.dtype != torch.float32):
            return self.module(x, *arguments)


def to_input(pixels: np.ndarray, device: torch.device | str = "cpu") -> Tensor:
    """(H, W, 3 or 1) uint8 or uint16 -> (1, 3, H, W) float32, 0…1; grey becomes three equal channels."""
    x = torch.from_numpy(np.require(pixels, requirements=["C", "W"])).to(device).permute(2, 0, 1)[None].float()
    return x.div_(np.iinfo(pixels.dtype).max).expand(-1, 3, -1, -1)
