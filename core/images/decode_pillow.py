"""What Pillow decodes, as pixels and alpha of 8 bits: every mode that photos come in."""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.images.cmyk import cmyk_to_rgb
from core.images.photo import Pixels
from core.images.refusals import Refusal

_GREY_MODES = ("1", "L", "LA", "La")
_BAND_PIXELS = 1 << 21
_COLOUR_MODES = ("RGB", "RGBA", "RGBa", "RGBX", "P", "PA", "YCbCr", "CMYK")


def pixels_of(image: Image.Image) -> tuple[Pixels, Pixels | None]:
    """Decodes: (H, W, 1 or 3) uint8 and alpha (H, W) uint8 or None.

    Palettes and CMYK become RGB (CMYK by its ICC profile where it has one), 1 bit becomes grey.

    Raises:
        Refusal: the mode is none of a photo's (32 bits, floating point, Lab …).
    """
    if image.mode not in _GREY_MODES + _COLOUR_MODES:
        raise Refusal(f"holds pixels of a kind that is not supported ({image.mode})")
    image.load()
    grey = image.mode in _GREY_MODES
    if image.has_transparency_data:
        array = _to_array(image if image.mode in ("LA", "RGBA") else image.convert("RGBA"))
        return np.ascontiguousarray(array[..., : 1 if grey else 3]), np.ascontiguousarray(array[..., -1])
    if grey:
        return _to_array(image if image.mode == "L" else image.convert("L")), None
    if image.mode == "CMYK":
        return _to_array(cmyk_to_rgb(image)), None
    return _to_array(image if image.mode == "RGB" else image.convert("RGB")), None


def _to_array(image: Image.Image) -> NDArray[np.uint8]:
    """(H, W, C) of a decoded picture, copied in bands: at once would take the picture's memory three times."""
    height, width = image.height, image.width
    array = np.empty((height, width, len(image.getbands())), np.uint8)
    rows = max(1, _BAND_PIXELS // width)
    for top in range(0, height, rows):
        band = np.asarray(image.crop((0, top, width, min(top + rows, height))))
        array[top : top + rows] = band.reshape(array[top : top + rows].shape)
    return array


def resolution_of(image: Image.Image) -> tuple[float, float] | None:
    """Pixels an inch across and down, None where the file does not say or says nonsense."""
    try:
        across, down = (float(value) for value in image.info["dpi"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    if all(math.isfinite(value) and 1 <= value <= 65535 for value in (across, down)):
        return across, down
    return None
