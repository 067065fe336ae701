"""One TIFF seen as another: a directory put behind the file that describes its compressed pixels in a simpler way."""

import struct

import numpy as np
from numpy.typing import NDArray
from tifffile import TiffFile, TiffPage

_SHORT, _LONG, _LONG8 = 3, 4, 16
_PLAIN = 1


def single_sample_view(
    content: NDArray[np.uint8], tiff: TiffFile, page: TiffPage, segments: slice, *, samples_side_by_side: int = 1
) -> bytes:
    """The same file whose only page has one sample a pixel.

    Args:
        content: the file's bytes, (length,).
        tiff, page: what tifffile says of it.
        segments: which of the page's strips or tiles belong to that page.
        samples_side_by_side: above 1, a pixel's samples are taken for so many pixels next to each other, and the
            predictor, which would take the wrong neighbour, is left to the caller.
    """
    order, big = tiff.byteorder, tiff.is_bigtiff
    pointer, number = ("Q", "Q") if big else ("I", "H")
    tiled = page.is_tiled
    start = len(content) + -len(content) % 8
    offsets, counts = page.dataoffsets[segments], page.databytecounts[segments]
    wide = _LONG8 if big else _LONG
    entries: list[tuple[int, int, tuple[int, ...]]] = [
        (256, _LONG, (samples_side_by_side * page.imagewidth,)),
        (257, _LONG, (page.imagelength,)),
        (258, _SHORT, (16,)),
        (259, _SHORT, (int(page.compression),)),
        (262, _SHORT, (1,)),
        (266, _SHORT, (int(page.fillorder),)),
        (324 if tiled else 273, wide, tuple(offsets)),
        (277, _SHORT, (1,)),
        (325 if tiled else 279, wide, tuple(counts)),
        (317, _SHORT, (int(page.predictor) if samples_side_by_side == 1 else _PLAIN,)),
    ]
    if tiled:
        entries += [(322, _LONG, (samples_side_by_side * page.tilewidth,)), (323, _LONG, (page.tilelength,))]
    else:
        entries += [(278, _LONG, (page.rowsperstrip,))]

    inline = 8 if big else 4
    after = start + struct.calcsize("=" + number) + len(entries) * (20 if big else 12) + inline
    directory, values = struct.pack(order + number, len(entries)), b""
    for code, kind, numbers in sorted(entries):
        packed = struct.pack(f"{order}{len(numbers)}{ {_SHORT: 'H', _LONG: 'I', _LONG8: 'Q'}[kind] }", *numbers)
        if len(packed) > inline:
            packed, values = struct.pack(order + pointer, after + len(values)), values + packed
        directory += struct.pack(order + "HH" + pointer, code, kind, len(numbers)) + packed.ljust(inline, b"\0")
    directory += bytes(inline)
    changed = bytearray(content)
    changed.extend(bytes(start - len(content)))
    struct.pack_into(order + pointer, changed, inline, start)
    return bytes(changed) + directory + values
