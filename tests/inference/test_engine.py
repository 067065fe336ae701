"""An engine of one's own in the place of weights: whole photos and tiles run through it."""

import numpy as np
import torch
from torch import Tensor

from core.inference import Derainer
from core.networks.semi_deraingan import Derained


class Darker:
    """Takes a tenth from every value, and finds rain nowhere; sides are padded to fours."""

    generators = ("gs",)
    default_generator = "gs"
    stride = 4
    device = torch.device("cpu")
    dtype = torch.float32
    network = None

    def __init__(self) -> None:
        self.calls: list[tuple[int, ...]] = []

    def __call__(self, x: Tensor, generator: str, /) -> Derained:
        assert generator == "gs"
        self.calls.append(tuple(x.shape))
        mask = torch.zeros_like(x[:, :1])
        return Derained((x - 0.1).clamp(0, 1), mask, (mask,))


def test_photos_and_tiles_run_through_an_engine() -> None:
    photo = np.random.default_rng(0).integers(0, 256, (90, 130, 3), np.uint8)
    wanted = np.rint(np.clip(photo / 255 - 0.1, 0, 1) * 255)
    whole, tiled = Darker(), Darker()
    for engine, tile in ((whole, None), (tiled, 64)):
        result = Derainer(engine, tile=tile, overlap=16)(photo)
        assert np.abs(result.pixels - wanted).max() <= 1 and result.mask.max() == 0
    assert len(whole.calls) == 1 and len(tiled.calls) > 2 and max(tiled.calls[0][2:]) <= 64
