"""The first photo of a process is derained as every later one: the first tanh is never that of a photo's threads."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from core.inference import Derainer
from core.inference.network import Network, to_input
from core.networks import SIZES, SemiDerainGAN
from core.peers.prenet import PReNet

PHOTO = np.zeros((32, 48, 3), np.uint8)


class Tanhs(TorchDispatchMode):
    """Notes of every tanh how many numbers it was of."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers: list[int] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is torch.ops.aten.tanh.default:
            self.numbers.append(args[0].numel())
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize(
    "derain",
    [
        lambda: Derainer(SemiDerainGAN(**SIZES["fast"]), device="cpu")(PHOTO),
        lambda: Network(PReNet())(to_input(PHOTO)),
    ],
    ids=["ours", "a peer"],
)
def test_one_number_goes_first(derain: Callable[[], object]) -> None:
    with Tanhs() as tanhs:
        derain()
    assert tanhs.numbers[0] == 1
    assert max(tanhs.numbers) > 32 * 48
