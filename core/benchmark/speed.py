"""How long each method takes on the same photo, in turns, so that a busy machine is unfair to none."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from core.methods import Method


@dataclass(frozen=True)
class Timing:
    """Seconds of the runs of one method on one photo of so many pixels."""

    seconds: tuple[float, ...]
    pixels: int

    @property
    def median(self) -> float:
        """Median seconds a photo."""
        return statistics.median(self.seconds)

    @property
    def megapixels_a_second(self) -> tuple[float, float, float]:
        """Median, least and most."""
        return tuple(self.pixels / 1e6 / s for s in (self.median, max(self.seconds), min(self.seconds)))  # type: ignore[return-value]


def make_photo(width: int, height: int) -> np.ndarray:
    """A photo of smooth noise, (height, width, 3) uint8; the same for the same size."""
    import cv2

    coarse = np.random.default_rng(0).integers(0, 256, (height // 16 + 2, width // 16 + 2, 3), np.uint8)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)


def measure_speed(
    methods: Mapping[str, Method], photo: np.ndarray, runs: int, progress: Callable[[], None] | None = None
) -> dict[str, Timing]:
    """Times every method `runs` times on a photo (H, W, 3) uint8, in turns; the first run of each does not count."""
    seconds: dict[str, list[float]] = {key: [] for key in methods}
    for turn in range(runs + 1):
        for key, method in methods.items():
            start = time.perf_counter()
            method.derain(photo)
            if turn:
                seconds[key].append(time.perf_counter() - start)
            if progress:
                progress()
    return {key: Timing(tuple(times), photo.shape[0] * photo.shape[1]) for key, times in seconds.items()}
