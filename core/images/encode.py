"""A photo to a file's content, in the format that a suffix names."""

import io
import struct

import numpy as np

from core.images.encode_bmp import encode_bmp
from core.images.encode_png import encode_png
from core.images.encode_tiff import encode_tiff
from core.images.errors import ImageFileError
from core.images.formats import WRITABLE, WRITABLE_SUFFIXES, format_of_suffix
from core.images.iptc import as_resource
from core.images.layers import image_of
from core.images.photo import Photo

_QUALITY = 95
_FULL_CHROMA = 0
_LONGEST_SIDE = {"JPEG": 65500, "WEBP": 16383}
_LONGEST_SEGMENT = 65533
_EXIF_PREFIX, _XMP_PREFIX, _IPTC_PREFIX = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"Photoshop 3.0\0"


def encode_photo(photo: Photo, suffix: str, *, name: str = "the photo") -> bytes:
    """The content of a file.

    PNG, TIFF and BMP are lossless. JPEG takes the source's quantisation tables and subsampling where it was a JPEG,
    otherwise quality 95 without subsampling. WebP is lossless where the source was, otherwise quality 95. What the
    format cannot hold besides the pixels is left out; `left_out` says what.

    Args:
        photo: what to save.
        suffix: ".jpg", ".png" …; decides the format.
        name: what errors call the file.

    Raises:
        ImageFileError: as `check_writable`.
    """
    kind = check_writable(photo, suffix, name=name)
    if kind == "PNG":
        return encode_png(photo)
    if kind == "TIFF":
        return encode_tiff(photo)
    if kind == "BMP":
        return encode_bmp(photo)
    options = {"JPEG": _jpeg_options, "WEBP": _webp_options}[kind](photo)
    stream = io.BytesIO()
    image_of(photo).save(stream, kind, **{key: value for key, value in options.items() if value is not None})
    return stream.getvalue()


def check_writable(photo: Photo, suffix: str, *, name: str = "the photo") -> str:
    """The format of a suffix, which must be able to hold the photo: to be asked before work is spent on its pixels.

    Raises:
        ImageFileError: the format is none of ours, or cannot hold the photo's depth, transparency or size.
    """
    kind = format_of_suffix(suffix)
    if kind is None or suffix.lower() not in WRITABLE_SUFFIXES:
        raise ImageFileError(f'{name} cannot be written: the suffix "{suffix}" does not stand for {WRITABLE}.')
    if photo.pixels.dtype == np.uint16 and kind not in ("PNG", "TIFF"):
        raise ImageFileError(f"{name} cannot be written: {kind} cannot hold 16 bits a channel, PNG and TIFF can.")
    if photo.alpha is not None and kind == "JPEG":
        raise ImageFileError(f"{name} cannot be written: JPEG cannot hold transparency, PNG, WebP, TIFF and BMP can.")
    longest = _LONGEST_SIDE.get(kind)
    if longest and max(photo.pixels.shape[:2]) > longest:
        raise ImageFileError(f"{name} cannot be written: {kind} cannot hold more than {longest} pixels a side.")
    return kind


def left_out(photo: Photo, suffix: str) -> tuple[str, ...]:
    """What of a photo's file is not in the file that is written under a suffix, such as "an HDR gain map"."""
    kind = format_of_suffix(suffix)
    iptc = as_resource(photo.iptc) if photo.iptc else None
    parts = (
        ("the colour profile", photo.icc_profile, kind != "BMP"),
        ("EXIF", photo.exif, _holds(kind, _EXIF_PREFIX, photo.exif)),
        ("XMP", photo.xmp, _holds(kind, _XMP_PREFIX, photo.xmp)),
        ("IPTC", iptc, kind != "WEBP" and _holds(kind, _IPTC_PREFIX, iptc)),
        ("texts of PNG", photo.png_text, kind == "PNG"),
        ("a comment of JPEG", photo.comment, kind == "JPEG"),
    )
    return (*photo.lost, *(name for name, content, held in parts if content and not held))


def _holds(kind: str | None, prefix: bytes, content: bytes | None) -> bool:
    return kind != "BMP" and (kind != "JPEG" or _fits(prefix, content or b""))


def _fits(prefix: bytes, content: bytes) -> bool:
    return len(prefix) + len(content) <= _LONGEST_SEGMENT


def _jpeg_options(photo: Photo) -> dict[str, object]:
    options: dict[str, object] = {"icc_profile": photo.icc_profile, "dpi": photo.dpi, "comment": photo.comment}
    if photo.dpi:
        options["dpi"] = tuple(round(value) for value in photo.dpi)
    if photo.exif and _fits(_EXIF_PREFIX, photo.exif):
        options["exif"] = _EXIF_PREFIX + photo.exif
    if photo.xmp and _fits(_XMP_PREFIX, photo.xmp):
        options["xmp"] = photo.xmp
    if photo.iptc and _fits(_IPTC_PREFIX, as_resource(photo.iptc)):
        segment = _IPTC_PREFIX + as_resource(photo.iptc)
        options["extra"] = b"\xff\xed" + struct.pack(">H", 2 + len(segment)) + segment
    if photo.jpeg is None:
        return options | {"quality": _QUALITY, "subsampling": _FULL_CHROMA}
    return options | {"qtables": [list(table) for table in photo.jpeg.tables], "subsampling": photo.jpeg.subsampling}


def _webp_options(photo: Photo) -> dict[str, object]:
    options: dict[str, object] = {"icc_profile": photo.icc_profile, "exif": photo.exif, "xmp": photo.xmp}
    if photo.lossless:
        return options | {"lossless": True, "exact": True, "quality": 50, "method": 3}
    return options | {"quality": _QUALITY, "exact": True}
