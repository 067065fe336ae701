"""Files made at test time by encoders that are not ours, and by hand where no encoder makes such files."""

import functools
import io
import struct
import zlib

import numpy as np
import tifffile
from PIL import Image, ImageCms, TiffImagePlugin

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def random_pixels(height: int, width: int, channels: int, dtype: type, seed: int = 0) -> np.ndarray:
    high = np.iinfo(dtype).max
    return np.random.default_rng(seed).integers(0, high + 1, (height, width, channels), dtype=dtype)


def smooth_pixels(height: int, width: int, channels: int = 3) -> np.ndarray:
    """Gradients, which JPEG and lossy WebP keep well."""
    y, x = np.mgrid[0:height, 0:width] / max(height, width)
    planes = [40 + 160 * x, 200 - 120 * y, 60 + 90 * (x + y)]
    return np.stack(planes[:channels], axis=2).round().astype(np.uint8)


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png16(array: np.ndarray, *extra: bytes, interlaced: bool = False) -> bytes:
    """A 16-bit PNG of (H, W, 1…4), unfiltered, by hand; `extra` are chunks that go before the pixels."""
    height, width, channels = array.shape
    colour_type = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    header = struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, int(interlaced))
    parts = [array]
    if interlaced:
        passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
        parts = [array[y::down, x::across] for x, y, across, down in passes]
    raw = b"".join(b"\0" + row.astype(">u2").tobytes() for part in parts if part.size for row in part)
    pixels = chunk(b"IDAT", zlib.compress(raw))
    return SIGNATURE + chunk(b"IHDR", header) + b"".join(extra) + pixels + chunk(b"IEND", b"")


def read_png16(content: bytes) -> np.ndarray:
    """(H, W, C) of an uninterlaced 16-bit PNG, unfiltered row by row as the PNG specification says it."""
    chunks = dict(png_chunks(content))
    width, height, depth, colour_type = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert depth == 16
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[colour_type]
    step = 2 * channels
    raw = zlib.decompress(b"".join(content for name, content in png_chunks(content) if name == b"IDAT"))
    above = bytearray(width * step)
    rows = []
    for y in range(height):
        kind, *line = raw[y * (width * step + 1) : (y + 1) * (width * step + 1)]
        row = bytearray(line)
        for i in range(len(row)):
            left = row[i - step] if i >= step else 0
            corner = above[i - step] if i >= step else 0
            guess = left + above[i] - corner
            nearest = min((abs(guess - v), n, v) for n, v in enumerate((left, above[i], corner)))[2]
            row[i] = (row[i] + (0, left, above[i], (left + above[i]) // 2, nearest)[kind]) & 255
        rows.append(bytes(row))
        above = row
    return np.frombuffer(b"".join(rows), ">u2").reshape(height, width, channels).astype(np.uint16)


def png_chunks(content: bytes) -> list[tuple[bytes, bytes]]:
    found, position = [], 8
    while position < len(content):
        (length,) = struct.unpack(">I", content[position : position + 4])
        name, body = content[position + 4 : position + 8], content[position + 8 : position + 8 + length]
        assert struct.unpack(">I", content[position + 8 + length : position + 12 + length])[0] == zlib.crc32(
            name + body
        )
        found.append((name, body))
        position += 12 + length
    return found


def huge_png(width: int = 12000, height: int = 12000) -> bytes:
    """A small file of many pixels: one colour, 8 bits RGB."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    deflate = zlib.compressobj(9)
    row = bytes(1 + 3 * width)
    pixels = b"".join(deflate.compress(row) for _ in range(height)) + deflate.flush()
    return SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def pillow_bytes(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def tiff_bytes(array: np.ndarray, **options: object) -> bytes:
    stream = io.BytesIO()
    tifffile.imwrite(stream, array, **{"metadata": None, **options})
    return stream.getvalue()


def exif_bytes(orientation: int | None = None, *, order: bytes = b"II", thumbnail: bytes = b"") -> bytes:
    """EXIF (without prefix) with camera, exposure, position, a maker note, and a thumbnail where one is given."""
    exif = Image.Exif()
    exif.endian = "<" if order == b"II" else ">"
    exif[0x010F] = "Maker"
    exif[0x0110] = "Model X"
    if orientation is not None:
        exif[0x0112] = orientation
    exif[0x8769] = {
        0x829A: TiffImagePlugin.IFDRational(1, 250),
        0x927C: b"maker note \x00\xff\x01",
        0xA002: 57,
        0xA003: 41,
    }
    exif[0x8825] = {1: "N", 2: (51.0, 30.0, 12.5)}
    data = bytearray(exif.tobytes().removeprefix(b"Exif\0\0"))
    if thumbnail:
        mark = "<" if data[:2] == b"II" else ">"
        (first,) = struct.unpack_from(mark + "I", data, 4)
        (count,) = struct.unpack_from(mark + "H", data, first)
        second = len(data)
        struct.pack_into(mark + "I", data, first + 2 + 12 * count, second)
        data += struct.pack(mark + "H", 2)
        data += struct.pack(mark + "HHII", 0x0201, 4, 1, second + 30)
        data += struct.pack(mark + "HHII", 0x0202, 4, 1, len(thumbnail))
        data += struct.pack(mark + "I", 0) + thumbnail
    return bytes(data)


def read_exif(content: bytes | None) -> Image.Exif:
    exif = Image.Exif()
    exif.load(content)
    return exif


@functools.cache
def icc_profile() -> bytes:
    """A real RGB profile: lcms's sRGB, which bears the time when it was made."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def cmyk_profile() -> bytes:
    """An ICC profile whose every ink mixture is neutral: L* = 100 without ink, 50 with black, 25 with any colour."""
    clut = bytearray()
    for corner in range(16):
        colours, black = corner >> 1, corner & 1
        lightness = 25 if colours else 50 if black else 100
        clut += bytes((round(lightness * 255 / 100), 128, 128))
    identity = struct.pack(">9i", *(65536 if i in (0, 4, 8) else 0 for i in range(9)))
    ramp = bytes(range(256))
    table = b"mft1\0\0\0\0" + bytes((4, 3, 2, 0)) + identity + ramp * 4 + bytes(clut) + ramp * 3
    text = b"text\0\0\0\0made\0"
    description = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"made\0" + bytes(4 + 4 + 2 + 1 + 67)
    white = b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061)
    tags = [(b"A2B0", table), (b"cprt", text), (b"desc", description), (b"wtpt", white)]
    position = 128 + 4 + 12 * len(tags)
    directory, body = struct.pack(">I", len(tags)), b""
    for name, content in tags:
        content += bytes(-len(content) % 4)
        directory += name + struct.pack(">II", position + len(body), len(content))
        body += content
    header = struct.pack(">I4sI4s4s4s12s4s", position + len(body), b"lcms", 0x02400000, b"prtr", b"CMYK", b"Lab ",
                         bytes(12), b"acsp")  # fmt: skip
    header += bytes(68 - len(header)) + struct.pack(">3i", 63190, 65536, 54061)
    return header.ljust(128, b"\0") + directory + body
