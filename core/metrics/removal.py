"""A derained image beside its rainy photo: what metrics without ground truth look at."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.metrics.real_rain import RealRain, Regions, find_regions, measure_real_rain


@dataclass(frozen=True)
class RainyPhoto:
    """A rainy photo x, (H, W, 3), 0…255; what several metrics find in it is worked out once."""

    pixels: np.ndarray

    @cached_property
    def regions(self) -> Regions:
        """Where it rains before smooth places, and where the scene has edges."""
        return find_regions(self.pixels)


@dataclass(frozen=True)
class Removal:
    """What a method did to a rainy photo: its derained image ỹ, of the photo's shape, 0…255, any number type."""

    photo: RainyPhoto
    derained: np.ndarray

    @cached_property
    def real_rain(self) -> RealRain | None:
        """Rain removed and structure lost; None where the photo has too little rain over smooth ground."""
        return measure_real_rain(self.photo.pixels, self.derained, self.photo.regions)
