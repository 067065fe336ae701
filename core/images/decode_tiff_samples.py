"""TIFF as the samples that it stores, grey or RGB, maybe with alpha: 16 bits, and 8 bits that Pillow cannot read."""

import io
import mmap
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from tifffile import TiffPage

from core.images.decode_opencv import decode_16_bit
from core.images.orientation import turn_upright
from core.images.photo import Pixels
from core.images.refusals import Refusal

MIN_IS_WHITE, MIN_IS_BLACK, RGB = 0, 1, 2
_UNSPECIFIED, _PREMULTIPLIED = 0, 1
_SEPARATE = 2
_ORIENTATION = 274
_OPENCV_COMPRESSIONS = (1, 5, 8, 32773, 32946)
"""None, LZW, deflate (two numbers) and PackBits."""


def decode_tiff_samples(stream: BinaryIO, page: TiffPage) -> tuple[Pixels, Pixels | None]:
    """Upright (H, W, 1 or 3) uint8 or uint16 and alpha (H, W) or None.

    Raises:
        Refusal: broken, or samples laid out in a way that is not supported.
    """
    colours = 3 if page.photometric == RGB else 1
    extra = page.samplesperpixel - colours
    if extra not in (0, 1):
        raise Refusal(f"has {page.samplesperpixel} samples a pixel, which is not supported")
    array = _decode(stream, page)
    if array.shape[2] != colours + extra:
        raise Refusal("holds pixels stored in a way that is not supported")
    kind = int(page.extrasamples[0]) if page.extrasamples else None
    pixels: Pixels = np.ascontiguousarray(array[..., :colours])
    alpha: Pixels | None = None
    if extra and kind != _UNSPECIFIED:
        alpha = np.ascontiguousarray(array[..., colours])
    if page.photometric == MIN_IS_WHITE:
        pixels = np.bitwise_not(pixels)
    if alpha is not None and kind == _PREMULTIPLIED:
        pixels = _divide_by_alpha(pixels, alpha)
    return pixels, alpha


def _decode(stream: BinaryIO, page: TiffPage) -> Pixels:
    """(H, W, samples), upright: by OpenCV what it decodes rightly, as it is fast, the rest by tifffile."""
    separate = page.samplesperpixel > 1 and page.planarconfig == _SEPARATE
    plain = page.compression in _OPENCV_COMPRESSIONS and page.predictor in (1, 2)
    if page.bitspersample == 16 and plain and not separate and page.samplesperpixel != 2:
        return decode_16_bit(_whole(stream))
    try:
        array = page.asarray()
    except ValueError as error:
        if "requires" in str(error) or "not supported" in str(error) or "not implemented" in str(error):
            raise Refusal("holds pixels stored in a way that is not supported") from error
        raise
    if array.dtype not in (np.uint8, np.uint16) or array.size != page.imagewidth * page.imagelength * (
        page.samplesperpixel
    ):
        raise Refusal("holds pixels stored in a way that is not supported")
    if separate:
        array = np.moveaxis(array.reshape(-1, page.imagelength, page.imagewidth), 0, 2)
    array = array.reshape(page.imagelength, page.imagewidth, page.samplesperpixel)
    orientation = page.tags.get(_ORIENTATION)
    return turn_upright(array, orientation.value if orientation is not None else 1)


def _whole(stream: BinaryIO) -> NDArray[np.uint8]:
    """The file's bytes, mapped where it is a file, so that they take no memory of their own."""
    if isinstance(stream, io.BytesIO):
        return np.frombuffer(stream.getvalue(), np.uint8)
    return np.frombuffer(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ), np.uint8)


def _divide_by_alpha(pixels: Pixels, alpha: Pixels) -> Pixels:
    """Undoes the multiplication of the colours by alpha, rounding; where alpha is 0 the colour is 0."""
    full = np.iinfo(alpha.dtype).max
    divisor = np.maximum(alpha, 1).astype(np.uint32)[..., np.newaxis]
    divided = (pixels.astype(np.uint32) * np.uint32(full) + divisor // 2) // divisor
    divided = np.where(alpha[..., np.newaxis] == 0, 0, np.minimum(divided, full))
    return divided.astype(alpha.dtype)
