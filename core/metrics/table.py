"""The one table of metrics: what tables, CSV, JSON, reports and pages give of a derained image, in this order."""

import math
from collections.abc import Callable

import numpy as np

from core.metrics.metric import Metric
from core.metrics.psnr import psnr
from core.metrics.real_rain import RealRain
from core.metrics.removal import Removal
from core.metrics.ssim import WINDOW, ssim
from core.metrics.texture import texture_lost_in_rain


def _of_real_rain(figure: Callable[[RealRain], float]) -> Callable[[Removal], float]:
    return lambda removal: math.nan if removal.real_rain is None else figure(removal.real_rain)


def _texture(removal: Removal) -> float:
    lost = texture_lost_in_rain(removal.photo.pixels, removal.derained)
    return math.nan if lost is None else lost


def _change(removal: Removal) -> float:
    """Mean |x − ỹ|."""
    return float(np.abs(removal.photo.pixels.astype(np.int16) - removal.derained).mean())


METRICS: tuple[Metric, ...] = (
    Metric("psnr", "PSNR", psnr, reference=True, decimals=2, unit="dB", ceiling=100.0),
    Metric("ssim", "SSIM", ssim, reference=True, decimals=4, least_side=WINDOW),
    Metric("score", "Score", _of_real_rain(lambda figures: figures.score), reference=False, decimals=3),
    Metric("removed", "Rain removed", _of_real_rain(lambda of: of.removed), reference=False, decimals=3, unit="%"),
    Metric("lost", "Structure lost", _of_real_rain(lambda of: of.lost), False, decimals=3, unit="%", higher=False),
    Metric("texture", "Texture lost", _texture, reference=False, decimals=3, unit="%", higher=False),
    Metric("change", "Mean |x − ỹ|, 0…255", _change, reference=False, decimals=2, higher=None),
)
"""The first with reference, and the first without, rank the photos. One grey level in one value of a 481×321 photo has
104.8 dB, so 100 dB stand for equal photos."""

WITH_REFERENCE = tuple(metric for metric in METRICS if metric.reference)
WITHOUT_REFERENCE = tuple(metric for metric in METRICS if not metric.reference)
BY_KEY = {metric.key: metric for metric in METRICS}


def too_small(width: int, height: int) -> str | None:
    """Which metric with reference a photo of this size is too small for, in a sentence's end; None where it is not."""
    for metric in WITH_REFERENCE:
        least = metric.least_side
        if min(width, height) < least:
            return f"has {width}×{height} pixels; {metric.title} needs at least {least}×{least}"
    return None


def measure_removal(removal: Removal) -> dict[str, float]:
    """Every metric without reference by its key; NaN where the photo has no such figure.

    Raises:
        ValueError: the derained image has another shape than the photo.
    """
    return {metric.key: metric.measure(removal) for metric in WITHOUT_REFERENCE}
