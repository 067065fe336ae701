"""Working below a photo's own size: the photo is shrunk for the network, and its rain layer enlarged again.

The derained photo is ỹ = x − R, with x the photo as it is: only the rain layer R and the masks are ever enlarged.
"""

import math
from collections.abc import Iterator

import cv2
import numpy as np

LARGEST_SCALE = 64
"""A photo can be shrunk that far for a first look; what is chosen for it is less (`core.inference.rain_scale`)."""
BAND = 256
"""Rows of the photo that are put together at once, about."""
MARGIN = 8
"""Rows of the shrunk photo that a band sees beyond its own: more than the filters and the cubic enlargement reach."""
WINDOW = 3
"""Side of the window in which R is held against the photo, pixels of the shrunk photo."""
NOISE = 4.0
"""Detail of the shrunk photo below this, of 255, counts as noise that says nothing of R."""


def shrunk_size(length: int, scale: int) -> int:
    """Length of a side of the shrunk photo, the last pixel perhaps in part beyond the photo."""
    return math.ceil(length / scale)


def shrink(pixels: np.ndarray, scale: int) -> np.ndarray:
    """Means over blocks of scale × scale pixels: (H, W, channels) -> (⌈H / scale⌉, ⌈W / scale⌉, channels), same dtype.

    Sides that are no multiples of the scale are continued by their last pixels.
    """
    if scale == 1:
        return pixels
    height, width, channels = pixels.shape
    small = (shrunk_size(width, scale), shrunk_size(height, scale))
    bottom, right = small[1] * scale - height, small[0] * scale - width
    if bottom or right:
        pixels = np.pad(pixels, ((0, bottom), (0, right), (0, 0)), mode="edge")
    made = cv2.resize(np.ascontiguousarray(pixels), small, interpolation=cv2.INTER_AREA)
    return made.reshape(small[1], small[0], channels)


def enlarged_bands(
    pixels: np.ndarray, rain: np.ndarray, masks: np.ndarray, scale: int
) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
    """The rain layer and the masks in the photo's own size, band by band from top to bottom.

    A smooth enlargement of R would leave the fine middle lines of streaks behind. So R takes the photo's own detail in
    that share in which it follows the photo: R = R↑ + a↑ (x − x↓↑), where a is the slope of the line that R makes with
    x in a window of the shrunk photo, 0…1. Over scenery without rain a is 0.

    Args:
        pixels: the photo x, (H, W, channels), integers.
        rain: R of the shrunk photo, (h, w, channels) float32, of full scale 1.
        masks: (h, w, masks) float32, 0…1.
        scale: the photo's side over the shrunk photo's.

    Yields:
        Rows of the photo; R there, (rows, W, channels); the masks there, (masks, rows, W), 0…1; both float32.
    """
    height, width = pixels.shape[:2]
    rows = max(BAND // scale, 1)
    for start in range(0, len(rain), rows):
        first, stop = max(start - MARGIN, 0), min(start + rows, len(rain))
        last = min(stop + MARGIN, len(rain))
        place = slice(start * scale, min(stop * scale, height))
        inner = slice(place.start - first * scale, place.stop - first * scale)
        x = _unit(shrink(pixels[first * scale : last * scale], scale))
        share = _share(x, rain[first:last])
        detail = _unit(pixels[place]) - _enlarge(x, scale, inner, width)
        layer = (
            _enlarge(rain[first:last], scale, inner, width) + _enlarge(share, scale, inner, width, linear=True) * detail
        )
        yield place, layer, np.clip(_enlarge(masks[first:last], scale, inner, width), 0, 1).transpose(2, 0, 1)


def _unit(pixels: np.ndarray) -> np.ndarray:
    return pixels.astype(np.float32) * np.float32(1 / np.iinfo(pixels.dtype).max)


def _enlarge(values: np.ndarray, scale: int, rows: slice, width: int, *, linear: bool = False) -> np.ndarray:
    """(h, w, n) float32 -> (rows, width, n): `scale` times larger, and of that the rows and the first columns."""
    size = (values.shape[1] * scale, values.shape[0] * scale)
    large = cv2.resize(values, size, interpolation=cv2.INTER_LINEAR if linear else cv2.INTER_CUBIC)
    return large.reshape(size[1], size[0], values.shape[2])[rows, :width]


def _share(x: np.ndarray, rain: np.ndarray) -> np.ndarray:
    """Slope of R over x around each pixel, 0…1, (h, w, 1): the channels share it, as rain is grey."""
    count = x.shape[2]
    mean_x, mean_rain = _mean(x), _mean(rain)
    together = (_mean(x * rain) - mean_x * mean_rain).sum(2) / count
    alone = (_mean(x * x) - mean_x**2).sum(2) / count
    return np.clip(together / (alone + (NOISE / 255) ** 2), 0, 1)[:, :, None]


def _mean(values: np.ndarray) -> np.ndarray:
    return cv2.blur(values, (WINDOW, WINDOW), borderType=cv2.BORDER_REFLECT_101).reshape(values.shape)
