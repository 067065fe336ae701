"""CMYK to RGB."""

import io

from PIL import Image, ImageChops, ImageCms


def cmyk_to_rgb(image: Image.Image) -> Image.Image:
    """A CMYK picture as sRGB: by its ICC profile where it has a usable one, otherwise by R = (1 - C)(1 - K) and so on.

    Adobe's JPEGs hold their inks inverted, and Pillow takes every JPEG for one: without the marker they are put right.
    """
    if image.format == "JPEG" and "adobe" not in image.info:
        image = Image.merge("CMYK", [ImageChops.invert(band) for band in image.split()])
    profile = image.info.get("icc_profile")
    if profile:
        try:
            converted = ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
                outputMode="RGB",
                flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
            )
        except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
            converted = None  # a profile for other colours, or a broken one
        if converted is not None:
            return converted
    return image.convert("RGB")
