"""TIFF of 16 bits a sample: grey, grey with alpha, RGB, RGBA."""

import io
import mmap
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from tifffile import TiffFile, TiffPage

from core.images.decode_opencv import decode_16_bit
from core.images.orientation import turn_upright
from core.images.photo import Pixels
from core.images.refusals import Refusal
from core.images.tiff_views import single_sample_view

_MIN_IS_WHITE, _RGB = 0, 2
_UNSPECIFIED, _PREMULTIPLIED = 0, 1
_SEPARATE = 2
_ORIENTATION = 274


def decode_tiff_16_bit(stream: BinaryIO, tiff: TiffFile, page: TiffPage) -> tuple[Pixels, Pixels | None]:
    """Upright (H, W, 1 or 3) uint16 and alpha (H, W) uint16 or None.

    Raises:
        Refusal: broken, or samples laid out in a way that is not supported.
    """
    colours = 3 if page.photometric == _RGB else 1
    extra = page.samplesperpixel - colours
    if extra not in (0, 1):
        raise Refusal(f"has {page.samplesperpixel} samples a pixel, which is not supported at 16 bits")
    content = _whole(stream)
    if page.predictor not in (1, 2) or tiff.byteorder not in ("<", ">"):
        raise Refusal("holds 16-bit pixels stored in a way that is not supported")
    if page.samplesperpixel > 1 and page.planarconfig == _SEPARATE:
        array = _decode_planes(content, tiff, page)
    elif (colours, extra) == (1, 1):
        array = _decode_grey_alpha(content, tiff, page)
    else:
        array = decode_16_bit(content)
    if array.shape[2] != colours + extra:
        raise Refusal("holds 16-bit pixels stored in a way that is not supported")
    kind = int(page.extrasamples[0]) if page.extrasamples else None
    pixels: Pixels = np.ascontiguousarray(array[..., :colours])
    alpha: Pixels | None = None
    if extra and kind != _UNSPECIFIED:
        alpha = np.ascontiguousarray(array[..., colours])
    if page.photometric == _MIN_IS_WHITE:
        pixels = np.bitwise_not(pixels)
    if alpha is not None and kind == _PREMULTIPLIED:
        pixels = _divide_by_alpha(pixels, alpha)
    return pixels, alpha


def _whole(stream: BinaryIO) -> NDArray[np.uint8]:
    """The file's bytes, mapped where it is a file, so that they take no memory of their own."""
    if isinstance(stream, io.BytesIO):
        return np.frombuffer(stream.getvalue(), np.uint8)
    return np.frombuffer(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ), np.uint8)


def _divide_by_alpha(pixels: Pixels, alpha: Pixels) -> Pixels:
    """Undoes the multiplication of the colours by alpha, rounding; where alpha is 0 the colour is 0."""
    divisor = np.maximum(alpha, 1).astype(np.uint32)[..., np.newaxis]
    divided = (pixels.astype(np.uint32) * np.uint32(65535) + divisor // 2) // divisor
    return np.where(alpha[..., np.newaxis] == 0, 0, np.minimum(divided, 65535)).astype(np.uint16)


def _decode_planes(content: NDArray[np.uint8], tiff: TiffFile, page: TiffPage) -> Pixels:
    """(H, W, samples) where every sample has a plane of its own, which OpenCV would misread: plane by plane."""
    each = len(page.dataoffsets) // page.samplesperpixel
    planes = []
    for sample in range(page.samplesperpixel):
        view = single_sample_view(content, tiff, page, slice(sample * each, (sample + 1) * each))
        planes.append(_checked(decode_16_bit(view), page.imagelength, page.imagewidth))
    return _upright(np.concatenate(planes, axis=2), page)


def _decode_grey_alpha(content: NDArray[np.uint8], tiff: TiffFile, page: TiffPage) -> Pixels:
    """(H, W, 2). No decoder takes two samples of 16 bits, so they are decoded as one of twice the width.

    Compression does not care where a pixel ends; only horizontal differencing does, so it is undone here.
    """
    height, width = page.imagelength, page.imagewidth
    view = single_sample_view(content, tiff, page, slice(None), samples_side_by_side=2)
    array = _checked(decode_16_bit(view), height, 2 * width).reshape(height, width, 2)
    if page.predictor == 2:
        step = page.tilewidth if page.is_tiled else width
        for left in range(0, width, step):
            part = array[:, left : left + step]
            np.cumsum(part, axis=1, dtype=np.uint16, out=part)
    return _upright(array, page)


def _checked(array: Pixels, height: int, width: int) -> Pixels:
    if array.shape != (height, width, 1):
        raise Refusal("is broken or cut off")
    return array


def _upright(array: Pixels, page: TiffPage) -> Pixels:
    orientation = page.tags.get(_ORIENTATION)
    return turn_upright(array, orientation.value if orientation is not None else 1)
