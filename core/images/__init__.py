"""Image files: reading a photo with everything that is kept, and writing it again without loss of it."""

from core.images.encode import check_writable, encode_photo, left_out
from core.images.errors import ImageFileError
from core.images.formats import IMAGE_SUFFIXES, WRITABLE_SUFFIXES
from core.images.photo import JpegSettings, Photo
from core.images.read import read_photo
from core.images.write import write_mask, write_photo

__all__ = [
    "IMAGE_SUFFIXES",
    "WRITABLE_SUFFIXES",
    "ImageFileError",
    "JpegSettings",
    "Photo",
    "check_writable",
    "encode_photo",
    "left_out",
    "read_photo",
    "write_mask",
    "write_photo",
]
