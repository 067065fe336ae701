"""The named protocols: on which planes of a photo metrics with reference are taken; no figure without its protocol."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from core.metrics.colour import full_range_grey, matlab_y
from core.metrics.table import WITH_REFERENCE

Scores = dict[str, float]
"""Every metric with reference by its key, such as psnr in dB (infinite for equal photos) and ssim (-1…1)."""


class Protocol(NamedTuple):
    """What is measured: `planes` takes (H, W, 3) of 0…255 to (H, W) or (H, W, 3) of at most 255."""

    about: str
    planes: Callable[[np.ndarray], np.ndarray]


PROTOCOLS = {
    "y": Protocol("Y of MATLAB's rgb2ycbcr (16…235), peak 255", matlab_y),
    "y-full": Protocol("full-range grey (0…255), peak 255", full_range_grey),
    "rgb": Protocol("the three channels, peak 255; SSIM is the channels' mean", lambda rgb: rgb),
}


def measure(protocol: str, reference: np.ndarray, picture: np.ndarray) -> Scores:
    """Every metric with reference of `picture` against `reference` under a protocol; nothing is downscaled or cropped.

    Args:
        protocol: a name in `PROTOCOLS`.
        reference, picture: (H, W, 3), uint8, one shape of at least 11×11.

    Raises:
        ValueError: the protocol is unknown, a picture is not 8-bit, or the shapes do not fit.
    """
    if protocol not in PROTOCOLS:
        raise ValueError(f"There is no protocol {protocol!r}; there are {', '.join(PROTOCOLS)}.")
    if reference.dtype != np.uint8 or picture.dtype != np.uint8:
        raise ValueError(f"Protocols measure 8-bit photos, got {reference.dtype} and {picture.dtype}.")
    planes = PROTOCOLS[protocol].planes
    x, y = planes(reference), planes(picture)
    return {metric.key: metric.measure(x, y) for metric in WITH_REFERENCE}
