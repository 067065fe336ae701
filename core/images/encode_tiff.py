"""Pixels to TIFF: grey or RGB, with or without alpha, 8 or 16 bits, deflated without loss."""

import io
import zlib
from typing import Any

import numpy as np
from PIL import Image
from PIL.TiffImagePlugin import IFDRational, ImageFileDirectory_v2
from PIL.TiffTags import BYTE, LONG, SHORT, UNDEFINED

from core.images.layers import stacked
from core.images.photo import Photo

_STRIP_BYTES = 1 << 20
_LEVEL = 3
_ADOBE_DEFLATE, _HORIZONTAL_DIFFERENCING = 8, 2
_MIN_IS_BLACK, _RGB = 1, 2
_UNASSOCIATED_ALPHA = 2
_INCH = 2
_EXIF_IFD, _GPS_IFD, _INTEROPERABILITY_IFD = 0x8769, 0x8825, 0xA005
_DESCRIBING_TAGS = (270, 271, 272, 305, 306, 315, 316, 33432)


def encode_tiff(photo: Photo) -> bytes:
    """A little-endian TIFF of one page with the photo's ICC profile, EXIF, GPS, XMP, IPTC and resolution."""
    array = stacked(photo)
    height, width, channels = array.shape
    bits = array.dtype.itemsize * 8
    rows = max(1, _STRIP_BYTES // (width * channels * array.dtype.itemsize))
    strips = [_compress(array[top : top + rows]) for top in range(0, height, rows)]
    lengths = [len(strip) for strip in strips]

    directory = ImageFileDirectory_v2(prefix=b"II")
    _put(directory, 256, LONG, width)
    _put(directory, 257, LONG, height)
    _put(directory, 258, SHORT, (bits,) * channels)
    _put(directory, 259, SHORT, _ADOBE_DEFLATE)
    _put(directory, 262, SHORT, _RGB if photo.pixels.shape[2] == 3 else _MIN_IS_BLACK)
    _put(directory, 273, LONG, tuple(sum(lengths[:index]) for index in range(len(lengths))))
    _put(directory, 277, SHORT, channels)
    _put(directory, 278, LONG, rows)
    _put(directory, 279, LONG, tuple(lengths))
    _put(directory, 284, SHORT, 1)
    _put(directory, 317, SHORT, _HORIZONTAL_DIFFERENCING)
    if photo.alpha is not None:
        _put(directory, 338, SHORT, _UNASSOCIATED_ALPHA)
    if photo.dpi:
        directory[282], directory[283] = (IFDRational(round(value * 1000), 1000) for value in photo.dpi)
        _put(directory, 296, SHORT, _INCH)
    if photo.icc_profile:
        _put(directory, 34675, UNDEFINED, photo.icc_profile)
    if photo.xmp:
        _put(directory, 700, BYTE, photo.xmp)
    if photo.iptc:
        _put(directory, 33723, UNDEFINED, photo.iptc)
    return _assemble(directory, photo.exif, strips)


def _put(directory: ImageFileDirectory_v2, tag: int, kind: int, value: Any) -> None:
    directory.tagtype[tag] = kind
    directory[tag] = value


def _compress(strip: np.ndarray) -> bytes:
    """(rows, W, C): differences along the row modulo the depth, then deflate."""
    differences = strip.copy()
    differences[:, 1:] -= strip[:, :-1]
    return zlib.compress(differences.astype(strip.dtype.newbyteorder("<")).tobytes(), _LEVEL)


def _assemble(directory: ImageFileDirectory_v2, exif: bytes | None, strips: list[bytes]) -> bytes:
    """Directory, its values, then the strips; Pillow shifts the strips' offsets to where they come to lie."""
    plain = dict(directory.items())
    kinds = dict(directory.tagtype)
    stream = io.BytesIO()
    try:
        _put_exif(directory, exif)
        directory.save(stream)
    except Exception:  # EXIF with values that cannot be written anew: the photo matters more
        directory = ImageFileDirectory_v2(prefix=b"II")
        for tag, value in plain.items():
            _put(directory, tag, kinds[tag], value)
        stream = io.BytesIO()
        directory.save(stream)
    return b"".join((stream.getvalue(), *strips))


def _put_exif(directory: ImageFileDirectory_v2, exif: bytes | None) -> None:
    if not exif:
        return
    found = Image.Exif()
    found.load(exif)
    for tag in _DESCRIBING_TAGS:
        if tag in found:
            directory[tag] = found[tag]
    for tag in (_EXIF_IFD, _GPS_IFD):
        if tag in found:
            content = dict(found.get_ifd(tag))
            content.pop(_INTEROPERABILITY_IFD, None)
            if content:
                directory[tag] = content
