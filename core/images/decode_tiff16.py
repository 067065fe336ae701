"""TIFF of 16 bits a sample: grey, grey with alpha, RGB, RGBA."""

import io
import mmap
import struct
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from tifffile import TiffFile, TiffPage

from core.images.decode_opencv import decode_16_bit
from core.images.orientation import turn_upright
from core.images.photo import Pixels
from core.images.refusals import Refusal

_MIN_IS_WHITE, _RGB = 0, 2
_UNSPECIFIED, _PREMULTIPLIED = 0, 1
_ORIENTATION = 274
_COMPRESSION, _LENGTH, _ROWS_PER_STRIP, _FILL_ORDER = 259, 257, 278, 266
_STRIP_OFFSETS, _STRIP_COUNTS, _TILE_LENGTH, _TILE_OFFSETS, _TILE_COUNTS = 273, 279, 323, 324, 325


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
    array = _decode_grey_alpha(content, tiff, page) if (colours, extra) == (1, 1) else decode_16_bit(content)
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


def _decode_grey_alpha(content: NDArray[np.uint8], tiff: TiffFile, page: TiffPage) -> Pixels:
    """(H, W, 2). No decoder takes two samples of 16 bits, so they are decoded as one of twice the width.

    Compression does not care where a pixel ends; only horizontal differencing does, so it is undone here.
    """
    predictor = page.predictor
    if page.planarconfig != 1 or predictor not in (1, 2) or tiff.byteorder not in ("<", ">"):
        raise Refusal("holds 16-bit grey and alpha stored in a way that is not supported")
    height, width = page.imagelength, page.imagewidth
    wide = decode_16_bit(_with_directory(content, tiff, page))
    if wide.shape != (height, 2 * width, 1):
        raise Refusal("is broken or cut off")
    array = wide.reshape(height, width, 2)
    if predictor == 2:
        step = page.tilewidth if page.is_tiled else width
        for left in range(0, width, step):
            part = array[:, left : left + step]
            np.cumsum(part, axis=1, dtype=np.uint16, out=part)
    orientation = page.tags.get(_ORIENTATION)
    return turn_upright(array, orientation.value if orientation is not None else 1)


def _with_directory(content: NDArray[np.uint8], tiff: TiffFile, page: TiffPage) -> bytes:
    """The file with another directory at its end, which calls the pixels one sample of twice the width."""
    order = tiff.byteorder
    big = tiff.is_bigtiff
    pointer, number = ("Q", "Q") if big else ("I", "H")

    def short(code: int, value: int) -> bytes:
        return struct.pack(order + ("HHQH6x" if big else "HHIH2x"), code, 3, 1, value)

    def long(code: int, value: int) -> bytes:
        return struct.pack(order + ("HHQI4x" if big else "HHII"), code, 4, 1, value)

    entries = {256: long(256, 2 * page.imagewidth), 258: short(258, 16), 262: short(262, 1), 277: short(277, 1)}
    kept = [_LENGTH, _COMPRESSION, _FILL_ORDER]
    if page.is_tiled:
        kept += [_TILE_LENGTH, _TILE_OFFSETS, _TILE_COUNTS]
        entries[322] = long(322, 2 * page.tilewidth)
    else:
        kept += [_ROWS_PER_STRIP, _STRIP_OFFSETS, _STRIP_COUNTS]
    entry_size = 20 if big else 12
    for code in kept:
        tag = page.tags.get(code)
        if tag is not None:
            entries[code] = content[tag.offset : tag.offset + entry_size].tobytes()
    directory = struct.pack(order + number, len(entries)) + b"".join(entries[code] for code in sorted(entries))
    directory += struct.pack(order + pointer, 0)
    start = len(content) + len(content) % 2
    changed = bytearray(content.tobytes().ljust(start, b"\0") + directory)
    struct.pack_into(order + pointer, changed, 8 if big else 4, start)
    return bytes(changed)
