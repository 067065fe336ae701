"""Image files: reading a photo with everything that is kept, and writing it again without loss of it."""

from core.images.encode import encode_photo
from core.images.errors import ImageFileError
from core.images.formats import IMAGE_SUFFIXES
from core.images.photo import JpegSettings, Photo
from core.images.read import read_photo
from core.images.write import write_mask, write_photo

__all__ = [
    "IMAGE_SUFFIXES",
    "ImageFileError",
    "JpegSettings",
    "Photo",
    "encode_photo",
    "read_photo",
    "write_mask",
    "write_photo",
]
