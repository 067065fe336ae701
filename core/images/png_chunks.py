"""PNG's chunks: walking through a file without decoding it, and making new ones."""

import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOUR_CHUNKS = (b"cICP", b"gAMA", b"cHRM", b"sRGB")
"""Chunks that say what the pixels' numbers mean, besides the ICC profile."""

TEXT_CHUNKS = (b"tEXt", b"zTXt", b"iTXt")
"""Chunks of a keyword and a text."""
XMP_KEYWORD = b"XML:com.adobe.xmp"
_LONGEST_TEXT = 16 << 20

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


@dataclass(frozen=True)
class Header:
    """What IHDR says."""

    width: int
    height: int
    bit_depth: int
    colour_type: int
    interlaced: bool

    @property
    def channels(self) -> int:
        """Samples a pixel as stored."""
        return _CHANNELS[self.colour_type]

    def stored_bytes(self) -> int:
        """How many bytes the pixels take before compression, a filter byte for every row included."""
        passes = [(0, 0, 1, 1)]
        if self.interlaced:
            passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
        total = 0
        for left, top, across, down in passes:
            columns = max(0, -(-(self.width - left) // across))
            rows = max(0, -(-(self.height - top) // down))
            if columns:
                total += rows * (1 + -(-columns * self.channels * self.bit_depth // 8))
        return total


@dataclass(frozen=True)
class Chunk:
    """Where a chunk lies."""

    name: bytes
    start: int
    """Position of the content, after length and name."""
    length: int

    def read(self, stream: BinaryIO) -> bytes:
        """The content; ValueError when its check sum is wrong."""
        stream.seek(self.start)
        content = stream.read(self.length)
        (expected,) = struct.unpack(">I", stream.read(4))
        if zlib.crc32(content, zlib.crc32(self.name)) != expected:
            raise ValueError(f"the check sum of chunk {self.name.decode('latin-1')} is wrong")
        return content


def walk_chunks(stream: BinaryIO) -> Iterator[Chunk]:
    """Every chunk up to and with IEND, contents skipped; ValueError when the file ends before IEND."""
    size = stream.seek(0, os.SEEK_END)
    position = len(SIGNATURE)
    while True:
        stream.seek(position)
        head = stream.read(8)
        if len(head) < 8:
            raise ValueError("the file is cut off")
        (length,) = struct.unpack(">I", head[:4])
        chunk = Chunk(head[4:], position + 8, length)
        position += 12 + length
        if position > size:
            raise ValueError("the file is cut off")
        yield chunk
        if chunk.name == b"IEND":
            return


def read_header(stream: BinaryIO) -> Header:
    """IHDR, which must come first; ValueError when it is missing or makes no sense."""
    stream.seek(len(SIGNATURE))
    head = stream.read(21)
    if len(head) < 21 or head[4:8] != b"IHDR":
        raise ValueError("its header is missing")
    width, height, bit_depth, colour_type, _, _, interlace = struct.unpack(">IIBBBBB", head[8:])
    if colour_type not in _CHANNELS or bit_depth not in (1, 2, 4, 8, 16) or interlace not in (0, 1):
        raise ValueError("its header makes no sense")
    return Header(width, height, bit_depth, colour_type, interlace == 1)


def keyword_of(content: bytes) -> bytes:
    """The keyword that a text chunk begins with."""
    return content.partition(b"\0")[0]


def text_of(name: bytes, content: bytes) -> bytes:
    """The text of a text chunk, inflated; ValueError where it is broken or unreasonably long."""
    rest = content.partition(b"\0")[2]
    packed = name == b"zTXt"
    if name == b"zTXt":
        rest = rest[1:]
    elif name == b"iTXt":
        packed = rest[:1] == b"\1"
        rest = rest[2:].split(b"\0", 2)[-1]
    if not packed:
        return rest
    inflate = zlib.decompressobj()
    try:
        text = inflate.decompress(rest, _LONGEST_TEXT)
    except zlib.error as error:
        raise ValueError("a text is broken") from error
    if not inflate.eof:
        raise ValueError("a text is too long")
    return text


def make_xmp(xmp: bytes) -> tuple[bytes, bytes]:
    """Name and content of the chunk that holds XMP."""
    return b"iTXt", XMP_KEYWORD + b"\0\0\0\0\0" + xmp


def make_profile(kind: str, content: bytes) -> tuple[bytes, bytes]:
    """Name and content of the text chunk in which programs put what PNG has no chunk for: length and hexadecimals."""
    digits = content.hex()
    lines = "\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
    text = f"\n{kind}\n{len(content):8d}\n{lines}\n"
    return b"zTXt", f"Raw profile type {kind}".encode() + b"\0\0" + zlib.compress(text.encode())


def read_profile(text: bytes) -> bytes | None:
    """What `make_profile` wrote into the text; None where it is none."""
    try:
        return bytes.fromhex(b"".join(text.split(b"\n")[3:]).decode("ascii"))
    except ValueError:
        return None


def make_chunk(name: bytes, content: bytes) -> bytes:
    """A whole chunk: length, name, content, check sum."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(content, zlib.crc32(name)))
