"""Light and haze: how bright a photo is, how much of it is too light to show rain, and how misty it looks."""

from dataclasses import dataclass

import cv2
import numpy as np

from annotator.prescreen.working_copy import WorkingCopy, patch_means

TOO_LIGHT = 235
"""Where every channel is above this, rain can hardly be seen."""

SNOW_WHITE = 200
"""Where every channel is above this, the ground looks white."""

_DARK_CHANNEL_WINDOW = 15


@dataclass(frozen=True)
class Light:
    """How light a photo is; all 0…1.

    Attributes:
        brightness: mean grey.
        bright: share of pixels too light to show rain.
        bright_sky: the same in the upper third.
        white_ground: share of nearly white pixels in the lower third.
        haze: mean of the dark channel: 0 where every neighbourhood holds something dark or coloured.
        colour: mean difference of the largest and the smallest channel.
    """

    brightness: float
    bright: float
    bright_sky: float
    white_ground: float
    haze: float
    colour: float


def light_map(copy: WorkingCopy) -> np.ndarray:
    """(rows, columns): the share of every patch that is too light to show rain."""
    return patch_means((copy.rgb.min(2) > TOO_LIGHT).astype(np.float32))


def measure_light(copy: WorkingCopy) -> Light:
    """Measures exposure and haze.

    The dark channel is the least channel's minimum over 15 × 15 pixels (He, Sun and Tang, Single Image Haze Removal
    Using Dark Channel Prior, equation 5).
    """
    least = copy.rgb.min(2)
    third = max(1, len(least) // 3)
    dark = cv2.erode(least, np.ones((_DARK_CHANNEL_WINDOW, _DARK_CHANNEL_WINDOW), np.uint8))
    return Light(
        brightness=float(copy.grey.mean()),
        bright=float((least > TOO_LIGHT).mean()),
        bright_sky=float((least[:third] > TOO_LIGHT).mean()),
        white_ground=float((least[-third:] > SNOW_WHITE).mean()),
        haze=float(dark.mean() / 255),
        colour=float((copy.rgb.max(2).astype(np.int16) - least).mean() / 255),
    )
