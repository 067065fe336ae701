"""A crop of an original as a PNG, without any loss."""

from dataclasses import replace

from annotator.usecases.candidates import Crop
from core.images import Photo, encode_photo


def cut(photo: Photo, crop: Crop) -> Photo:
    """The crop of an upright photo: its pixels as they are, 8 or 16 bits, with alpha and colour profile, without EXIF.

    EXIF stays behind: it may tell where and by whom a photo was taken.
    """
    rows, columns = slice(crop.y, crop.y + crop.h), slice(crop.x, crop.x + crop.w)
    alpha = None if photo.alpha is None else photo.alpha[rows, columns].copy()
    return replace(
        photo, pixels=photo.pixels[rows, columns].copy(), alpha=alpha, exif=None, format="PNG", lossless=True
    )


def png_of(photo: Photo, name: str) -> bytes:
    """A photo as PNG; the name is for errors."""
    return encode_photo(photo, ".png", name=name)
