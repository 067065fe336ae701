"""BMP to pixels."""

from typing import BinaryIO

from PIL.BmpImagePlugin import BmpImageFile

from core.images.decode_pillow import pixels_of, resolution_of
from core.images.photo import Photo
from core.images.refusals import refuse_size


def decode_bmp(stream: BinaryIO, max_pixels: int) -> Photo:
    """A photo with its pixels.

    Raises:
        Refusal: too many pixels.
    """
    image = BmpImageFile(stream)
    refuse_size(*image.size, max_pixels)
    dpi = resolution_of(image)
    pixels, alpha = pixels_of(image)
    return Photo(pixels, alpha, "BMP", dpi=dpi)
