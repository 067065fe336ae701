"""The number format that a training's networks run in."""

import torch

from core.inference.device import choose_dtype

PRECISIONS = ("float32", "bfloat16", "auto")


def in_bfloat16(precision: str, device: torch.device) -> bool:
    """Whether networks run in bfloat16 (autocast): as one of `PRECISIONS` says, "auto" if this device gains."""
    if precision == "auto":
        return choose_dtype(device) == torch.bfloat16
    return precision == "bfloat16"
