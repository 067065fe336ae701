"""PNG to pixels: 8 bits by Pillow, 16 bits by OpenCV (Pillow would halve the depth of colour)."""

import struct
import zlib
from typing import BinaryIO

import numpy as np
from PIL.PngImagePlugin import PngImageFile

from core.images import png_chunks
from core.images.decode_opencv import decode_16_bit
from core.images.decode_pillow import pixels_of, resolution_of
from core.images.photo import Photo, Pixels
from core.images.refusals import Refusal, refuse_size

_LONGEST_CHUNK_KEPT = 16 << 20
_PIECE = 1 << 20


def decode_png(stream: BinaryIO, max_pixels: int) -> Photo:
    """A photo with its pixels as stored (not yet upright) and EXIF as found.

    Raises:
        Refusal: too many pixels, an animation, or broken.
    """
    header = png_chunks.read_header(stream)
    refuse_size(header.width, header.height, max_pixels)
    exif: bytes | None = None
    transparency: bytes | None = None
    colour = []
    data = []
    for chunk in png_chunks.walk_chunks(stream):
        if chunk.name == b"acTL" and chunk.length >= 8 and struct.unpack(">I", chunk.read(stream)[:4])[0] > 1:
            raise Refusal("is an animation, not a photo")
        if chunk.name == b"IDAT":
            data.append(chunk)
        elif chunk.name in png_chunks.COLOUR_CHUNKS and chunk.length <= 32:
            colour.append((chunk.name, chunk.read(stream)))
        elif chunk.name == b"eXIf" and chunk.length <= _LONGEST_CHUNK_KEPT:
            exif = chunk.read(stream)
        elif chunk.name == b"tRNS" and chunk.length <= 256:
            transparency = chunk.read(stream)

    stream.seek(0)
    image = PngImageFile(stream)
    icc = image.info.get("icc_profile")
    pixels: Pixels
    alpha: Pixels | None
    if header.bit_depth == 16:
        dpi = resolution_of(image)
        pixels, alpha = _decode_16_bit(stream, header, data, transparency)
    else:
        pixels, alpha = pixels_of(image)
        dpi = resolution_of(image)
        exif = exif or _exif_of_text(image.info.get("Raw profile type exif"))
    return Photo(pixels, alpha, "PNG", icc_profile=icc, exif=exif, dpi=dpi, png_colour=tuple(colour))


def _decode_16_bit(
    stream: BinaryIO, header: png_chunks.Header, data: list[png_chunks.Chunk], transparency: bytes | None
) -> tuple[Pixels, Pixels | None]:
    """(H, W, 1 or 3) uint16 and alpha (H, W) or None. Only what holds the pixels is handed to the decoder."""
    stored = header.stored_bytes()
    if sum(chunk.length for chunk in data) > stored + stored // 8 + _PIECE:
        raise Refusal("is broken: it holds more data than its size needs")
    compressed = b"".join(chunk.read(stream) for chunk in data)
    if not _inflates_to(compressed, stored):
        raise Refusal("is broken or cut off")
    interlace = int(header.interlaced)
    ihdr = struct.pack(">IIBBBBB", header.width, header.height, header.bit_depth, header.colour_type, 0, 0, interlace)
    rest = (png_chunks.make_chunk(b"IDAT", compressed), png_chunks.make_chunk(b"IEND", b""))
    del compressed
    array = decode_16_bit(b"".join((png_chunks.SIGNATURE, png_chunks.make_chunk(b"IHDR", ihdr), *rest)))
    if array.shape[:2] != (header.height, header.width):
        raise Refusal("is broken")
    alpha = np.ascontiguousarray(array[..., 3]) if header.colour_type in (4, 6) else None
    colours = 1 if header.colour_type in (0, 4) else 3
    pixels = array[..., :colours]
    if transparency is not None and alpha is None and len(transparency) >= 2 * colours:
        key = np.frombuffer(transparency, ">u2", colours)
        alpha = np.where((pixels == key).all(axis=2), 0, 65535).astype(np.uint16)
    return pixels, alpha


def _inflates_to(compressed: bytes, size: int) -> bool:
    """Whether a zlib stream holds at least `size` bytes, without keeping them."""
    stream = zlib.decompressobj()
    count = 0
    try:
        for start in range(0, len(compressed), _PIECE):
            rest = compressed[start : start + _PIECE]
            while rest and count < size:
                count += len(stream.decompress(rest, _PIECE))
                rest = stream.unconsumed_tail
            if count >= size or stream.eof:
                break
    except zlib.error:
        return False
    return count >= size


def _exif_of_text(text: object) -> bytes | None:
    """EXIF as ImageMagick used to write it: a text chunk of name, length and hexadecimal digits."""
    if not isinstance(text, str):
        return None
    try:
        return bytes.fromhex("".join(text.split("\n")[3:]))
    except ValueError:
        return None
