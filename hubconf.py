"""Entry points of torch.hub: `torch.hub.load(REPOSITORY, "derainer")`."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.inference import Derainer

dependencies = ["torch", "numpy", "cv2", "safetensors", "huggingface_hub"]


def derainer(weights: str | None = None, device: str = "auto") -> "Derainer":
    """What takes the rain out of photos: `derainer(pixels)`, (H, W, 3) uint8 or uint16 -> result.pixels, result.mask.

    Args:
        weights: folder of a trained model; None for the one that ships.
        device: "auto", "cpu", "cuda" or "cuda:1" ….
    """
    from core.inference import DEFAULT_WEIGHTS, Derainer

    return Derainer(weights or DEFAULT_WEIGHTS, device=device)
