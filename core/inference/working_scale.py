"""Working below a photo's own size: the photo is shrunk for the network, and its rain layer enlarged again.

The derained photo is ỹ = x − R, with x the photo as it is: only the rain layer R and the masks are ever enlarged.
"""

import functools
import math
from collections.abc import Iterator

import cv2
import numpy as np
import torch

LARGEST_SCALE = 64
"""A photo can be shrunk that far for a first look; what is chosen for it is less (`core.inference.rain_scale`)."""
BAND = 256
"""Rows of the photo that are put together at once, about."""
MARGIN = 8
"""Rows of the shrunk photo that a band sees beyond its own: more than the filters and the cubic enlargement reach."""
REACH = 4
"""Pixels of the shrunk photo to each side that sharpening looks at: what is farther weighs less than .001."""
ROUNDS = 2
"""How often what saturated pixels hide is put back into the shrunk photo."""
SHRINK_MARGIN = 16
"""Rows of the shrunk photo that a band sees beyond its own while shrinking: REACH, and REACH and 2 for each round."""
DEPTHS = {np.uint8: cv2.CV_8U, np.uint16: cv2.CV_16U}
"""OpenCV's names of the number formats that a photo can have."""
WINDOW = 3
"""Side of the window in which R is held against the photo, pixels of the shrunk photo."""
NOISE = 4.0
"""Detail of the shrunk photo below this, of 255, counts as noise that says nothing of R."""


def shrunk_size(length: int, scale: int) -> int:
    """Length of a side of the shrunk photo, the last pixel perhaps in part beyond the photo."""
    return math.ceil(length / scale)


def shrink(pixels: np.ndarray, scale: int) -> np.ndarray:
    """(H, W, channels) -> (⌈H / scale⌉, ⌈W / scale⌉, channels), same dtype: what, enlarged again, comes nearest to it.

    Means over blocks of scale × scale pixels would be blurred: lines one pixel wide come out fainter than the network
    knows them. So they are sharpened by what means do to a photo that was enlarged by that scale (cubic); of such a
    photo what it was enlarged from comes back. Where saturated pixels hide what was enlarged, that is corrected twice.

    Sides that are no multiples of the scale are continued by their last pixels.
    """
    if scale == 1:
        return pixels
    height, width, channels = pixels.shape
    small = np.empty((shrunk_size(height, scale), shrunk_size(width, scale), channels), pixels.dtype)
    rows = max(BAND // scale, 1)
    for start in range(0, len(small), rows):
        first, stop = max(start - SHRINK_MARGIN, 0), min(start + rows, len(small))
        last = min(stop + SHRINK_MARGIN, len(small))
        small[start:stop] = _shrink(pixels[first * scale : last * scale], scale)[start - first : stop - first]
    return small


def _shrink(pixels: np.ndarray, scale: int) -> np.ndarray:
    height, width = pixels.shape[:2]
    tall, wide = shrunk_size(height, scale), shrunk_size(width, scale)
    top = np.iinfo(pixels.dtype).max
    saturated = pixels.max() == top or pixels.min() == 0
    x = np.pad(pixels, ((0, tall * scale - height), (0, wide * scale - width), (0, 0)), mode="edge").astype(np.float32)
    small = _sharp_means(x, scale)
    np.clip(small, 0, top, out=small)
    for _ in range(ROUNDS if saturated else 0):
        shown = _enlarge(small, scale, slice(None), x.shape[1])
        np.clip(shown, 0, top, out=shown)
        small += _sharp_means(np.subtract(x, shown, out=shown), scale)
        np.clip(small, 0, top, out=small)
    return np.rint(small).astype(pixels.dtype)


def _sharp_means(x: np.ndarray, scale: int) -> np.ndarray:
    """Sharpened means over blocks: (h · scale, w · scale, channels) float32 -> (h, w, channels)."""
    tall, wide, channels = x.shape[0] // scale, x.shape[1] // scale, x.shape[2]
    means = cv2.resize(x, (wide, tall), interpolation=cv2.INTER_AREA)
    kernel = _sharpening(scale)
    return cv2.sepFilter2D(means, -1, kernel, kernel, borderType=cv2.BORDER_REPLICATE).reshape(tall, wide, channels)


@functools.cache
def _sharpening(scale: int) -> np.ndarray:
    """The filter that undoes cubic enlargement and means over blocks, one after the other: (2 REACH + 1,) float32."""
    length = 8 * REACH + 1
    point = np.zeros((1, length))
    point[0, length // 2] = 1
    means = cv2.resize(point, (length * scale, 1), interpolation=cv2.INTER_CUBIC).reshape(length, scale).mean(1)
    inverse = np.fft.fftshift(np.fft.irfft(1 / np.fft.rfft(np.fft.ifftshift(means)).real, length))
    kernel = inverse[length // 2 - REACH : length // 2 + REACH + 1]
    return (kernel / kernel.sum()).astype(np.float32)


def enlarged_bands(
    pixels: np.ndarray, small: np.ndarray, rain: np.ndarray, masks: np.ndarray, scale: int
) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
    """The rain layer and the masks in the photo's own size, band by band from top to bottom.

    A smooth enlargement of R would leave the fine middle lines of streaks behind. So R takes the photo's own detail in
    that share in which it follows the photo: R = R↑ + a↑ (x − x↓↑), where a is the slope of the line that R makes with
    x in a window of the shrunk photo, 0…1. Over scenery without rain a is 0.

    Args:
        pixels: the photo x, (H, W, channels), integers.
        small: the shrunk photo x↓, (h, w, channels), integers.
        rain: R of the shrunk photo, (h, w, channels) float16 or float32, of full scale 1.
        masks: (h, w, masks), likewise, 0…1.
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
        x = _unit(small[first:last])
        r, m = (torch.from_numpy(part[first:last]).float().numpy() for part in (rain, masks))
        layer = _unit(pixels[place])
        layer -= _enlarge(x, scale, inner, width)
        layer *= _enlarge(_share(x, r), scale, inner, width, linear=True)
        layer += _enlarge(r, scale, inner, width)
        mask = _enlarge(m, scale, inner, width)
        yield place, layer, np.clip(mask, 0, 1, out=mask).transpose(2, 0, 1)


def take_rain(pixels: np.ndarray, rain: np.ndarray, strength: float) -> np.ndarray:
    """x − s R, rounded: pixels x (h, w, channels) integers, R the same shape, float32 of full scale 1."""
    top = np.iinfo(pixels.dtype).max
    return cv2.addWeighted(pixels, 1, rain, -strength * top, 0, dtype=DEPTHS[pixels.dtype.type]).reshape(pixels.shape)


def _unit(pixels: np.ndarray) -> np.ndarray:
    return pixels.astype(np.float32) * np.float32(1 / np.iinfo(pixels.dtype).max)


def _enlarge(values: np.ndarray, scale: int, rows: slice, width: int, *, linear: bool = False) -> np.ndarray:
    """(h, w, n) float32 -> (rows, width, n): `scale` times larger, and of that the rows and the first columns."""
    size = (values.shape[1] * scale, values.shape[0] * scale)
    large = cv2.resize(values, size, interpolation=cv2.INTER_LINEAR if linear else cv2.INTER_CUBIC)
    return large.reshape(size[1], size[0], values.shape[2])[rows, :width]


def _share(x: np.ndarray, rain: np.ndarray) -> np.ndarray:
    """Slope of R over x around each pixel, 0…1, (h, w, channels), in every channel the same, as rain is grey."""
    mean_x, count = _mean(x), x.shape[2]
    share = _together(x, rain, mean_x, _mean(rain))
    share /= _together(x, x, mean_x, mean_x) + np.float32(count * (NOISE / 255) ** 2)
    np.clip(share, 0, 1, out=share)
    return cv2.merge([share] * count).reshape(x.shape)


def _together(a: np.ndarray, b: np.ndarray, mean_a: np.ndarray, mean_b: np.ndarray) -> np.ndarray:
    """How a and b, (h, w, channels), rise and fall together in a window, summed over the channels: (h, w)."""
    over_channels = np.ones((1, a.shape[2]), np.float32)
    both, means = (cv2.transform(product, over_channels) for product in (a * b, mean_a * mean_b))
    return _mean(both) - means


def _mean(values: np.ndarray) -> np.ndarray:
    return cv2.blur(values, (WINDOW, WINDOW), borderType=cv2.BORDER_REFLECT_101).reshape(values.shape)
