"""How shipped weights lie in their file: SSRML and G_s in half precision, G_r in 8 bits, so that all fit into 20 MB."""

from collections.abc import Mapping

import torch
from torch import Tensor

STEP = ".step"
"""G_r's convolution is that of G_s plus whole numbers times this."""
SCALE = ".scale"
"""… or, where that is finer, whole numbers times this alone; in files from before there were steps all of them."""
LEVELS = 127


def pack(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A model's state as it is saved.

    Everything in half precision, but for the convolutions of G_r where G_s is held too: what they differ by from those
    of G_s, in whole numbers −127…127, and for each output channel a float32 step, (out, 1, 1, 1), under the name with
    `STEP`. G_r was trained on from a copy of G_s, so steps are small; where they are not, the convolution itself is
    kept like that, under the name with `SCALE`.
    """
    packed: dict[str, Tensor] = {}
    for name, value in state.items():
        value = value.detach().cpu().float()
        other = state.get(_of_gs(name))
        if name.startswith("unets.gr.") and value.ndim == 4 and other is not None:
            difference = value - other.detach().cpu().half().float()
            if _step(difference).mean() < _step(value).mean():
                value, suffix = difference, STEP
            else:
                suffix = SCALE
            step = _step(value)
            packed[name] = (value / step).round().to(torch.int8).contiguous()
            packed[name + suffix] = step.contiguous()
        else:
            packed[name] = value.half().contiguous()
    return packed


def unpack(packed: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What `pack` made, or a state that was never packed -> the state."""
    state: dict[str, Tensor] = {}
    for name, value in packed.items():
        if name + STEP in packed and (other := packed.get(_of_gs(name))) is not None:
            state[name] = other.float() + value.float() * packed[name + STEP]
        elif name + SCALE in packed:
            state[name] = value.float() * packed[name + SCALE]
        elif not name.endswith((STEP, SCALE)):
            state[name] = value
    return state


def _step(values: Tensor) -> Tensor:
    """Of each output channel (out, …): (out, 1, 1, 1)."""
    return values.abs().amax((1, 2, 3), keepdim=True).clamp_min(1e-12) / LEVELS


def _of_gs(name: str) -> str:
    return name.replace("unets.gr.", "unets.gs.", 1)
