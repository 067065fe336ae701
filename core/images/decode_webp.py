"""WebP to pixels; its header is read by hand, since Pillow's reader makes room for the whole picture at once."""

import io
import struct
from dataclasses import dataclass
from typing import BinaryIO

from PIL.WebPImagePlugin import WebPImageFile

from core.images.decode_pillow import pixels_of
from core.images.photo import Photo
from core.images.refusals import Refusal, refuse_size

_ANIMATED = 0x02


@dataclass(frozen=True)
class _Header:
    size: tuple[int, int]
    """Width and height."""
    lossless: bool


def decode_webp(stream: BinaryIO, max_pixels: int) -> Photo:
    """A photo with its pixels as stored (not yet upright) and EXIF as found.

    Raises:
        Refusal: too many pixels, an animation, or broken.
    """
    stream.seek(0)
    content_length = 8 + struct.unpack("<4xI", stream.read(8))[0]
    header = _read_header(stream)
    refuse_size(*header.size, max_pixels)
    stream.seek(0)
    content = stream.read(content_length)
    if len(content) < content_length:
        raise Refusal("is cut off")
    image = WebPImageFile(io.BytesIO(content))
    if image.size != header.size:
        raise Refusal("is broken: its parts differ in size")
    pixels, alpha = pixels_of(image)
    return Photo(
        pixels,
        alpha,
        "WEBP",
        icc_profile=image.info.get("icc_profile"),
        exif=image.info.get("exif"),
        xmp=image.info.get("xmp"),
        lossless=header.lossless,
    )


def _read_header(stream: BinaryIO) -> _Header:
    """Size and kind from the chunks VP8X, VP8 and VP8L (RFC 9649); the canvas of VP8X wins."""
    position = 12
    canvas: tuple[int, int] | None = None
    while True:
        stream.seek(position)
        head = stream.read(8)
        if len(head) < 8:
            raise Refusal("is broken or cut off")
        name, length = head[:4], struct.unpack("<I", head[4:])[0]
        body = stream.read(10)
        if len(body) < 5:
            raise Refusal("is broken or cut off")
        if name == b"VP8X" and len(body) == 10:
            if body[0] & _ANIMATED:
                raise Refusal("is an animation, not a photo")
            canvas = 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
        elif name == b"VP8 " and len(body) == 10:
            width, height = struct.unpack("<HH", body[6:10])
            return _Header(canvas or (width & 0x3FFF, height & 0x3FFF), lossless=False)
        elif name == b"VP8L":
            bits = int.from_bytes(body[1:5], "little")
            return _Header(canvas or (1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)), lossless=True)
        position += 8 + length + (length & 1)
