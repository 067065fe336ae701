"""HEIC and AVIF, the photos of telephones, to pixels of 8 bits."""

from typing import BinaryIO

from PIL.AvifImagePlugin import AvifImageFile
from pillow_heif.as_plugin import HeifImageFile

from core.images.decode_pillow import pixels_of
from core.images.photo import GAIN_MAP, Photo
from core.images.refusals import Refusal, refuse_size
from core.images.xmp import tells_of_gain_map


def decode_heif(stream: BinaryIO, max_pixels: int) -> Photo:
    """The primary photo of a file, upright as the decoder turns it; more than 8 bits are rounded to 8.

    Raises:
        Refusal: too many pixels.
    """
    image = HeifImageFile(stream)
    refuse_size(*image.size, max_pixels)
    about = dict(image.info)
    pixels, alpha = pixels_of(image)
    others = [str(kind).lower() for kind in about.get("aux") or {}]
    gain_map = any("gainmap" in kind for kind in others) or tells_of_gain_map(about.get("xmp"))
    return Photo(
        pixels,
        alpha,
        "HEIF",
        icc_profile=about.get("icc_profile"),
        exif=about.get("exif"),
        xmp=about.get("xmp"),
        lossless=False,
        lost=(GAIN_MAP,) if gain_map else (),
    )


def decode_avif(stream: BinaryIO, max_pixels: int) -> Photo:
    """A photo with its pixels as stored (not yet upright) and EXIF as found; more than 8 bits are rounded to 8.

    Raises:
        Refusal: too many pixels, or an animation.
    """
    image = AvifImageFile(stream)
    refuse_size(*image.size, max_pixels)
    if image.n_frames > 1:
        raise Refusal("is an animation, not a photo")
    pixels, alpha = pixels_of(image)
    return Photo(
        pixels,
        alpha,
        "AVIF",
        icc_profile=image.info.get("icc_profile"),
        exif=image.info.get("exif"),
        xmp=image.info.get("xmp"),
        lossless=False,
        lost=(GAIN_MAP,) if tells_of_gain_map(image.info.get("xmp")) else (),
    )
