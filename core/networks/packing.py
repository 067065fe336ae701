"""How shipped weights lie in their file: SSRML and G_s in half precision, G_r in 8 bits, so that all fit into 20 MB."""

from collections.abc import Mapping

import torch
from torch import Tensor

SCALE = ".scale"
LEVELS = 127


def pack(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A model's state as it is saved.

    Everything in half precision, but for the convolutions of G_r where G_s is held too: whole numbers −127…127, and for
    each output channel a float32 scale, (out, 1, 1, 1), under the name with `SCALE`. That rounds by a 440th of a
    channel's largest weight (root mean square).
    """
    both = any(name.startswith("unets.gs.") for name in state)
    packed: dict[str, Tensor] = {}
    for name, value in state.items():
        value = value.detach().cpu().float()
        if both and name.startswith("unets.gr.") and value.ndim == 4:
            scale = value.abs().amax((1, 2, 3), keepdim=True).clamp_min(1e-12) / LEVELS
            packed[name] = (value / scale).round().to(torch.int8).contiguous()
            packed[name + SCALE] = scale.contiguous()
        else:
            packed[name] = value.half().contiguous()
    return packed


def unpack(packed: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What `pack` made, or a state that was never packed -> the state."""
    return {
        name: value.float() * packed[name + SCALE] if name + SCALE in packed else value
        for name, value in packed.items()
        if not name.endswith(SCALE)
    }
