"""How shipped weights lie in their file: in half precision, or, where both generators' would pass 20 MB, in 12 bits."""

from collections.abc import Mapping

import torch
from torch import Tensor

SCALE, FINE = ".scale", ".fine"
STEPS = 16
"""Of the fine part, four bits, in one of the coarse part's, eight."""
LEVELS = 127 * STEPS


def pack(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A model's state as it is saved.

    Everything in half precision, but for the generators' convolutions where there are both: whole numbers n of
    −2032…2032, and a float32 scale for each output channel, (out, 1, 1, 1), under the name with `SCALE`. The weight is
    n · scale / 16; n's upper eight bits, ⌊n / 16⌋, are under the name itself, the lower four, two to a byte, under the
    name with `FINE`. That rounds by a 7,000th of a channel's largest weight (root mean square).
    """
    both = all(any(name.startswith(f"unets.{generator}.") for name in state) for generator in ("gs", "gr"))
    packed: dict[str, Tensor] = {}
    for name, value in state.items():
        value = value.detach().cpu().float()
        if both and name.startswith("unets.") and value.ndim == 4:
            scale = value.abs().amax((1, 2, 3), keepdim=True).clamp_min(1e-12) / 127
            number = (value / scale * STEPS).round().clamp(-LEVELS, LEVELS).int()
            packed[name] = number.div(STEPS, rounding_mode="floor").to(torch.int8).contiguous()
            packed[name + FINE] = _paired(number.remainder(STEPS))
            packed[name + SCALE] = scale.contiguous()
        else:
            packed[name] = value.half().contiguous()
    return packed


def unpack(packed: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What `pack` made, also before there was a fine part, or a state that was never packed -> the state."""
    state: dict[str, Tensor] = {}
    for name, value in packed.items():
        if name.endswith((SCALE, FINE)):
            continue
        if name + SCALE in packed:
            number = value.float()
            if name + FINE in packed:
                number = number + _apart(packed[name + FINE], value) / STEPS
            value = number * packed[name + SCALE]
        state[name] = value
    return state


def _paired(fine: Tensor) -> Tensor:
    """Whole numbers 0…15 -> (n,) uint8, two to a byte, the first in its lower half."""
    flat = torch.cat((fine.flatten(), fine.new_zeros(fine.numel() % 2))).to(torch.uint8)
    return flat[0::2] | flat[1::2] << 4


def _apart(fine: Tensor, like: Tensor) -> Tensor:
    """What `_paired` made -> the numbers, as float32 of the shape of `like`."""
    return torch.stack((fine & 15, fine >> 4), 1).flatten()[: like.numel()].reshape(like.shape).float()
