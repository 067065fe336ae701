"""EXIF changed in place, byte by byte: maker notes hold absolute offsets and would not survive being written anew."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_PREFIX = b"Exif\x00\x00"
_ORIENTATION, _EXIF_IFD = 0x0112, 0x8769
_PIXEL_WIDTH, _PIXEL_HEIGHT = 0xA002, 0xA003
_SHORT, _LONG = 3, 4


@dataclass(frozen=True)
class UprightExif:
    """EXIF of a photo whose pixels are about to be turned upright."""

    orientation: int
    """What the file said, 1…8; 1 where it said nothing or nonsense."""
    content: bytes
    """The TIFF structure with orientation 1, its pixel dimensions exchanged where the turn does that, no thumbnail."""


def make_upright(exif: bytes | None) -> UprightExif | None:
    """Reads the orientation from EXIF (with or without its "Exif" prefix) and resets it.

    The thumbnail (the second directory) shows the photo as it was, so it is unlinked. None where there is no EXIF or it
    is no TIFF structure.
    """
    if not exif:
        return None
    data = bytearray(exif[len(_PREFIX) :] if exif.startswith(_PREFIX) else exif)
    if data[:4] not in (b"II*\x00", b"MM\x00*") or len(data) < 8:
        return None
    order = "<" if data[:2] == b"II" else ">"
    orientation = 1
    try:
        (first,) = struct.unpack_from(order + "I", data, 4)
        exif_directory = 0
        for tag, kind, position in _entries(data, order, first):
            if tag == _ORIENTATION:
                found = _get(data, order, kind, position) or 1
                orientation = found if 1 <= found <= 8 else 1
                _set(data, order, kind, position, 1)
            elif tag == _EXIF_IFD:
                exif_directory = _get(data, order, kind, position) or 0
        (count,) = struct.unpack_from(order + "H", data, first)
        if first + 2 + 12 * count + 4 <= len(data):
            struct.pack_into(order + "I", data, first + 2 + 12 * count, 0)
        if orientation >= 5 and exif_directory:
            _exchange_dimensions(data, order, exif_directory)
    except struct.error:
        pass  # EXIF that stops early: what was found until there holds
    return UprightExif(orientation, bytes(data))


def _entries(data: bytearray, order: str, directory: int) -> Iterator[tuple[int, int, int]]:
    """(tag, type, position of the value) of a directory's entries."""
    (count,) = struct.unpack_from(order + "H", data, directory)
    for index in range(count):
        tag, kind = struct.unpack_from(order + "HH", data, directory + 2 + 12 * index)
        yield tag, kind, directory + 2 + 12 * index + 8


def _get(data: bytearray, order: str, kind: int, position: int) -> int | None:
    if kind not in (_SHORT, _LONG):
        return None
    value: int = struct.unpack_from(order + ("H" if kind == _SHORT else "I"), data, position)[0]
    return value


def _set(data: bytearray, order: str, kind: int, position: int, value: int) -> None:
    if kind in (_SHORT, _LONG) and value < (1 << 16 if kind == _SHORT else 1 << 32):
        struct.pack_into(order + ("H" if kind == _SHORT else "I"), data, position, value)


def _exchange_dimensions(data: bytearray, order: str, directory: int) -> None:
    found = {tag: (kind, position) for tag, kind, position in _entries(data, order, directory)}
    if _PIXEL_WIDTH in found and _PIXEL_HEIGHT in found:
        width = _get(data, order, *found[_PIXEL_WIDTH])
        height = _get(data, order, *found[_PIXEL_HEIGHT])
        if width is not None and height is not None:
            _set(data, order, *found[_PIXEL_WIDTH], height)
            _set(data, order, *found[_PIXEL_HEIGHT], width)
