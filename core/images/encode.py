"""A photo to a file's content, in the format that a suffix names."""

import io

import numpy as np

from core.images.encode_png import encode_png
from core.images.encode_tiff import encode_tiff
from core.images.errors import ImageFileError
from core.images.formats import READABLE, format_of_suffix
from core.images.layers import image_of
from core.images.photo import Photo

_QUALITY = 95
_FULL_CHROMA = 0
_LONGEST_SIDE = {"JPEG": 65500, "WEBP": 16383}
_LONGEST_JPEG_EXIF = 65533 - len(b"Exif\0\0")


def encode_photo(photo: Photo, suffix: str, *, name: str = "the photo") -> bytes:
    """The content of a file.

    PNG, TIFF and BMP are lossless. JPEG takes the source's quantisation tables and subsampling where it was a JPEG,
    otherwise quality 95 without subsampling. WebP is lossless where the source was, otherwise quality 95. BMP can hold
    neither ICC profile nor EXIF, and JPEG no EXIF over 64 KB: there they are left out.

    Args:
        photo: what to save.
        suffix: ".jpg", ".png" …; decides the format.
        name: what errors call the file.

    Raises:
        ImageFileError: the format is none of ours, or cannot hold the photo's depth, transparency or size.
    """
    kind = format_of_suffix(suffix)
    if kind is None:
        raise ImageFileError(f'{name} cannot be written: the suffix "{suffix}" does not stand for {READABLE}.')
    if photo.pixels.dtype == np.uint16 and kind not in ("PNG", "TIFF"):
        raise ImageFileError(f"{name} cannot be written: {kind} cannot hold 16 bits a channel, PNG and TIFF can.")
    if photo.alpha is not None and kind in ("JPEG", "BMP"):
        raise ImageFileError(f"{name} cannot be written: {kind} cannot hold transparency, PNG, WebP and TIFF can.")
    longest = _LONGEST_SIDE.get(kind)
    if longest and max(photo.pixels.shape[:2]) > longest:
        raise ImageFileError(f"{name} cannot be written: {kind} cannot hold more than {longest} pixels a side.")
    if kind == "PNG":
        return encode_png(photo)
    if kind == "TIFF":
        return encode_tiff(photo)
    options = {"JPEG": _jpeg_options, "WEBP": _webp_options, "BMP": _bmp_options}[kind](photo)
    stream = io.BytesIO()
    image_of(photo).save(stream, kind, **{key: value for key, value in options.items() if value is not None})
    return stream.getvalue()


def _jpeg_options(photo: Photo) -> dict[str, object]:
    options: dict[str, object] = {"icc_profile": photo.icc_profile, "dpi": photo.dpi}
    if photo.dpi:
        options["dpi"] = tuple(round(value) for value in photo.dpi)
    if photo.exif and len(photo.exif) <= _LONGEST_JPEG_EXIF:
        options["exif"] = b"Exif\0\0" + photo.exif
    if photo.jpeg is None:
        return options | {"quality": _QUALITY, "subsampling": _FULL_CHROMA}
    return options | {"qtables": [list(table) for table in photo.jpeg.tables], "subsampling": photo.jpeg.subsampling}


def _webp_options(photo: Photo) -> dict[str, object]:
    options: dict[str, object] = {"icc_profile": photo.icc_profile, "exif": photo.exif}
    if photo.lossless:
        return options | {"lossless": True, "exact": True, "quality": 50, "method": 3}
    return options | {"quality": _QUALITY, "exact": True}


def _bmp_options(photo: Photo) -> dict[str, object]:
    return {"dpi": photo.dpi}
