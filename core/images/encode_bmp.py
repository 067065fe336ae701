"""Pixels to BMP, with transparency where there is some: Pillow would write alpha where nobody looks for it."""

import io
import struct

import numpy as np

from core.images.layers import image_of
from core.images.photo import Photo

_METRES_PER_INCH = 0.0254
_FILE_HEADER, _V4_HEADER = 14, 108
_BITFIELDS = 3
_MASKS = (0x00FF0000, 0x0000FF00, 0x000000FF, 0xFF000000)
_SRGB = b"BGRs"


def encode_bmp(photo: Photo) -> bytes:
    """Grey or RGB as Pillow writes them; with alpha 32 bits a pixel, whose header (version 4) says which are alpha."""
    if photo.alpha is None:
        stream = io.BytesIO()
        image_of(photo).save(stream, "BMP", **({"dpi": photo.dpi} if photo.dpi else {}))
        return stream.getvalue()
    height, width = photo.alpha.shape
    colours = np.broadcast_to(photo.pixels, (height, width, 3))[..., ::-1]
    rows = np.dstack((colours, photo.alpha))[::-1].tobytes()
    across, down = (round(value / _METRES_PER_INCH) for value in photo.dpi or (96, 96))
    start = _FILE_HEADER + _V4_HEADER
    return b"".join(
        (
            struct.pack("<2sIHHI", b"BM", start + len(rows), 0, 0, start),
            struct.pack("<IiiHHIIiiII", _V4_HEADER, width, height, 1, 32, _BITFIELDS, len(rows), across, down, 0, 0),
            struct.pack("<4I4s48x", *_MASKS, _SRGB),
            rows,
        )
    )
