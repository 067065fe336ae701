"""PNG to pixels: 8 bits by Pillow, 16 bits by OpenCV (Pillow would halve the depth of colour)."""

import struct
import zlib
from typing import BinaryIO

import numpy as np
from PIL.PngImagePlugin import PngImageFile

from core.images import png_chunks
from core.images.decode_opencv import decode_16_bit
from core.images.decode_pillow import pixels_of, resolution_of
from core.images.iptc import find_iptc
from core.images.photo import Photo, Pixels
from core.images.refusals import Refusal, refuse_size

_LONGEST_CHUNK_KEPT = 16 << 20
_PIECE = 1 << 20
_PROFILE_KEYWORD = b"Raw profile type "


def decode_png(stream: BinaryIO, max_pixels: int) -> Photo:
    """A photo with its pixels as stored (not yet upright) and EXIF as found.

    Raises:
        Refusal: too many pixels, an animation, or broken.
    """
    header = png_chunks.read_header(stream)
    refuse_size(header.width, header.height, max_pixels)
    exif: bytes | None = None
    transparency: bytes | None = None
    colour, texts, data = [], [], []
    for chunk in png_chunks.walk_chunks(stream):
        if chunk.name == b"acTL" and chunk.length >= 8 and struct.unpack(">I", chunk.read(stream)[:4])[0] > 1:
            raise Refusal("is an animation, not a photo")
        if chunk.name == b"IDAT":
            data.append(chunk)
        elif chunk.name in png_chunks.COLOUR_CHUNKS and chunk.length <= 32:
            colour.append((chunk.name, chunk.read(stream)))
        elif chunk.name in png_chunks.TEXT_CHUNKS and chunk.length <= _LONGEST_CHUNK_KEPT:
            texts.append((chunk.name, chunk.read(stream)))
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
    packets, texts = _packets(texts)
    return Photo(
        pixels,
        alpha,
        "PNG",
        icc_profile=icc,
        exif=exif or _profile(packets, "exif"),
        xmp=packets.get(png_chunks.XMP_KEYWORD) or _profile(packets, "xmp"),
        iptc=_iptc(_profile(packets, "iptc")),
        png_text=tuple(texts),
        dpi=dpi,
        png_colour=tuple(colour),
    )


_Texts = list[tuple[bytes, bytes]]


def _packets(texts: _Texts) -> tuple[dict[bytes, bytes], _Texts]:
    """The texts that hold EXIF, XMP or IPTC by their keywords, and the chunks of the other texts."""
    packets: dict[bytes, bytes] = {}
    others: _Texts = []
    for name, content in texts:
        keyword = png_chunks.keyword_of(content)
        if keyword == png_chunks.XMP_KEYWORD or keyword.startswith(_PROFILE_KEYWORD):
            packets[keyword] = png_chunks.text_of(name, content)
        else:
            others.append((name, content))
    return packets, others


def _profile(packets: dict[bytes, bytes], kind: str) -> bytes | None:
    """EXIF, XMP or IPTC as ImageMagick writes it: a text of name, length and hexadecimal digits."""
    text = packets.get(_PROFILE_KEYWORD + kind.encode())
    return None if text is None else png_chunks.read_profile(text)


def _iptc(profile: bytes | None) -> bytes | None:
    """IPTC records, which may be wrapped as in JPEG."""
    return find_iptc(profile) if profile is not None and profile.startswith(b"8BIM") else profile


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
