"""Reading a photo: what it is and how large is known before a pixel is decoded."""

import io
import os
import stat
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from core.images.decode_bmp import decode_bmp
from core.images.decode_heif import decode_avif, decode_heif
from core.images.decode_jpeg import decode_jpeg
from core.images.decode_png import decode_png
from core.images.decode_tiff import decode_tiff
from core.images.decode_webp import decode_webp
from core.images.errors import ImageFileError
from core.images.exif import make_upright
from core.images.formats import READABLE, SIGNATURE_BYTES, describe_other, sniff_format
from core.images.orientation import turn_upright
from core.images.photo import Photo
from core.images.refusals import Refusal
from core.images.xmp import update_xmp

_DECODERS: dict[str, Callable[[BinaryIO, int], Photo]] = {
    "JPEG": decode_jpeg,
    "PNG": decode_png,
    "WEBP": decode_webp,
    "TIFF": decode_tiff,
    "BMP": decode_bmp,
    "HEIF": decode_heif,
    "AVIF": decode_avif,
}


def read_photo(
    source: str | Path | bytes,
    *,
    name: str | None = None,
    max_pixels: int = 256_000_000,
    max_bytes: int | None = None,
) -> Photo:
    """Reads a JPEG, PNG, WebP, TIFF, BMP, HEIC or AVIF photo, whatever its suffix says.

    Args:
        source: a path, or the file's content.
        name: what errors call the file; the path itself by default.
        max_pixels: more pixels than that are refused from the header, before any memory is spent on them.
        max_bytes: a larger file is refused unread; None is no limit.

    Returns:
        The photo, upright: pixels (H, W, 3) RGB or (H, W, 1) grey in uint8, or uint16 for PNG and TIFF of 16 bits.
        Palettes, 1 bit and CMYK are converted to RGB or grey of 8 bits, HEIC and AVIF of more bits to 8.

    Raises:
        ImageFileError: missing, unreadable, a folder, too large, broken, cut off, animated, of several pages, a vector
            drawing, or not a photo at all.
    """
    label = name or ("the photo" if isinstance(source, bytes) else str(source))
    try:
        with _open(source, max_bytes) as stream, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _read(stream, max_pixels)
    except Refusal as refusal:
        raise ImageFileError(f"{label} {refusal}.") from refusal
    except FileNotFoundError as error:
        raise ImageFileError(f"{label} does not exist.") from error
    except PermissionError as error:
        raise ImageFileError(f"{label} may not be read: permission denied.") from error
    except MemoryError as error:
        raise ImageFileError(f"{label} needs more memory than there is.") from error
    except Exception as error:  # decoders of broken files raise nearly anything
        if isinstance(error, OSError) and error.errno is not None:
            raise ImageFileError(f"{label} cannot be read: {(error.strerror or str(error)).lower()}.") from error
        raise ImageFileError(f"{label} is broken or cut off.") from error


@contextmanager
def _open(source: str | Path | bytes, max_bytes: int | None) -> Iterator[BinaryIO]:
    if isinstance(source, bytes):
        _refuse_bytes(len(source), max_bytes)
        yield io.BytesIO(source)
        return
    status = os.stat(source)
    if stat.S_ISDIR(status.st_mode):
        raise Refusal("is a folder, not a photo")
    if not stat.S_ISREG(status.st_mode):
        raise Refusal("is not a file")
    _refuse_bytes(status.st_size, max_bytes)
    with open(source, "rb") as stream:
        yield stream


def _refuse_bytes(size: int, max_bytes: int | None) -> None:
    if size == 0:
        raise Refusal("is empty")
    if max_bytes is not None and size > max_bytes:
        raise Refusal(f"is {size / 1e6:.4g} MB large, more than the {max_bytes / 1e6:.4g} MB that are allowed")


def _read(stream: BinaryIO, max_pixels: int) -> Photo:
    head = stream.read(SIGNATURE_BYTES)
    stream.seek(0)
    kind = sniff_format(head)
    if kind is None:
        other = describe_other(head)
        raise Refusal(f"is {other}, not a {READABLE} photo" if other else f"is not a {READABLE} photo")
    photo = _DECODERS[kind](stream, max_pixels)
    photo = replace(photo, xmp=update_xmp(photo.xmp))
    exif = make_upright(photo.exif)
    if exif is None:
        return replace(photo, exif=None)
    turned = exif.orientation >= 5 and photo.dpi is not None
    return replace(
        photo,
        pixels=turn_upright(photo.pixels, exif.orientation),
        alpha=None if photo.alpha is None else turn_upright(photo.alpha, exif.orientation),
        exif=exif.content,
        dpi=photo.dpi[::-1] if turned and photo.dpi else photo.dpi,
    )
