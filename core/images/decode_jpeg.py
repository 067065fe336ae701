"""JPEG to pixels, with the settings to save it alike."""

import io
from typing import BinaryIO

import numpy as np
from PIL.JpegImagePlugin import JpegImageFile, get_sampling

from core.images.decode_pillow import pixels_of, resolution_of
from core.images.photo import FILM, FURTHER_PICTURES, GAIN_MAP, JpegSettings, Photo, Pixels
from core.images.refusals import Refusal, refuse_size
from core.images.xmp import tells_of_film, tells_of_gain_map

_IPTC = 0x0404
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_LOSSLESS_FRAMES = (0xC3, 0xC7, 0xCB, 0xCF)
_JPEG_LS_FRAME = 0xF7
_END = b"\xff\xd9"
_MP_ENTRIES, _LARGE_THUMBNAIL = 0xB002, "Large Thumbnail"


def decode_jpeg(stream: BinaryIO, max_pixels: int) -> Photo:
    """A photo with its pixels as stored (not yet upright) and EXIF as found. Of a file with several, the first.

    Raises:
        Refusal: too many pixels, or a kind of JPEG that is not supported.
    """
    try:
        image = JpegImageFile(stream)
    except SyntaxError:
        _refuse_kinds(stream)
        raise
    refuse_size(*image.size, max_pixels)
    settings = _settings(image)
    about = dict(image.info)
    dpi = resolution_of(image)
    lost = _lost(image)
    try:
        pixels, alpha = pixels_of(image)
    except OSError:
        _refuse_kinds(stream)
        pixels, alpha = _without_end(stream)
    iptc = about.get("photoshop", {}).get(_IPTC)
    return Photo(
        pixels,
        alpha,
        "JPEG",
        icc_profile=None if image.mode == "CMYK" else about.get("icc_profile"),
        exif=about.get("exif"),
        xmp=about.get("xmp"),
        iptc=iptc if isinstance(iptc, bytes) else None,
        comment=about.get("comment"),
        dpi=dpi,
        jpeg=settings,
        lossless=False,
        lost=lost,
    )


def _without_end(stream: BinaryIO) -> tuple[Pixels, Pixels | None]:
    """Pixels of a file that lacks its end marker only.

    What is missing at the end is put there in two ways. A file that is whole but for the marker decodes alike with
    both; one that is cut off takes what was put there for pixels, which come out differently.

    Raises:
        Refusal: the file is cut off.
    """
    stream.seek(0)
    content = stream.read().rstrip(b"\xff")
    (pixels, alpha), (others, _) = (
        pixels_of(JpegImageFile(io.BytesIO(content + padding + _END))) for padding in (b"", b"\x55" * 2048)
    )
    if not np.array_equal(pixels, others):
        raise Refusal("is broken or cut off")
    return pixels, alpha


def _refuse_kinds(stream: BinaryIO) -> None:
    """Raises Refusal where the header tells why the decoder will not have the file."""
    stream.seek(2)
    while (head := stream.read(4)) and len(head) == 4 and head[0] == 0xFF:
        marker, length = head[1], int.from_bytes(head[2:], "big")
        if marker == _JPEG_LS_FRAME or marker in _LOSSLESS_FRAMES:
            raise Refusal("is a lossless JPEG, which is not supported: save it as PNG or TIFF")
        if marker in _FRAMES:
            precision = stream.read(1)
            if precision and precision != b"\x08":
                raise Refusal(f"is a JPEG of {precision[0]} bits, which is not supported: save it as PNG or TIFF")
            return
        stream.seek(length - 2, io.SEEK_CUR)


def _lost(image: JpegImageFile) -> tuple[str, ...]:
    """What the file holds besides the photo, and no other file can take over."""
    xmp = image.info.get("xmp")
    lost = [GAIN_MAP] if tells_of_gain_map(xmp) else []
    if tells_of_film(xmp):
        lost.append(FILM)
    try:
        entries = (image._getmp() or {}).get(_MP_ENTRIES, [])
    except (SyntaxError, ValueError, KeyError, OSError):
        entries = []
    kinds = [str(entry["Attribute"]["MPType"]) for entry in entries[1:]]
    if not lost and any(not kind.startswith(_LARGE_THUMBNAIL) for kind in kinds):
        lost.append(FURTHER_PICTURES)
    return tuple(lost)


def _settings(image: JpegImageFile) -> JpegSettings | None:
    """Tables and subsampling of grey and YCbCr with tables of 8 bits; other files are saved by a quality instead."""
    stored_as_rgb = image.info.get("adobe_transform") == 0 and image.layers == 3
    if image.layers not in (1, 3) or stored_as_rgb:
        return None
    subsampling = get_sampling(image) if image.layers == 3 else 0
    selectors = list(dict.fromkeys(layer[3] for layer in image.layer))
    if subsampling < 0 or any(selector not in image.quantization for selector in selectors):
        return None
    tables = tuple(tuple(image.quantization[selector]) for selector in selectors)
    if any(len(table) != 64 or not all(1 <= value <= 255 for value in table) for table in tables):
        return None
    return JpegSettings(tables, subsampling)
