"""A network that takes photos whole, as a method: every peer, and our own network while it is trained."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from core.errors import UserError
from core.inference.network import Network, to_input
from core.methods.method import Derained


def run_whole(network: Network, title: str, *arguments: Any) -> Callable[[np.ndarray, Sequence[str]], Derained]:
    """What a method's `run` is for a network that gives the derained image, or image, mask and more; not rounded.

    Args:
        title: what a sentence about memory calls it.
        arguments: the network's own, beside the photo.
    """

    def run(pixels: np.ndarray, names: Sequence[str]) -> Derained:
        try:
            given = network(to_input(pixels, network.device), *arguments)
        except (MemoryError, RuntimeError) as error:
            height, width = pixels.shape[:2]
            if isinstance(error, RuntimeError) and "memory" not in str(error):
                raise
            raise UserError(
                f"There is not enough memory for {title} on {width}×{height} pixels; it has no tiles."
            ) from error
        derained, mask = (given[0], given[1]) if isinstance(given, tuple) else (given, None)
        image = derained[0].float().permute(1, 2, 0).cpu().numpy()
        return Derained(image, None if mask is None else mask[0, 0].float().cpu().numpy())

    return run
