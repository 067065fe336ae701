"""JPEG to pixels, with the settings to save it alike."""

from typing import BinaryIO

from PIL.JpegImagePlugin import JpegImageFile, get_sampling

from core.images.decode_pillow import pixels_of, resolution_of
from core.images.photo import JpegSettings, Photo
from core.images.refusals import refuse_size


def decode_jpeg(stream: BinaryIO, max_pixels: int) -> Photo:
    """A photo with its pixels as stored (not yet upright) and EXIF as found. Of a file with several, the first.

    Raises:
        Refusal: too many pixels.
    """
    image = JpegImageFile(stream)
    refuse_size(*image.size, max_pixels)
    settings = _settings(image)
    icc = None if image.mode == "CMYK" else image.info.get("icc_profile")
    exif = image.info.get("exif")
    dpi = resolution_of(image)
    pixels, alpha = pixels_of(image)
    return Photo(pixels, alpha, "JPEG", icc_profile=icc, exif=exif, dpi=dpi, jpeg=settings, lossless=False)


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
