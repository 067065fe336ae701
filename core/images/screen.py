"""Photos and rain masks made ready for a screen: small, 8 bits, sRGB. Nothing that is saved passes through here."""

from io import BytesIO

import cv2
import numpy as np
from PIL import Image, ImageCms

from core.depth import round_to_8_bits
from core.images.photo import Photo

BACKDROP = 0.45
"""How bright the grey photo behind a coloured mask is."""


def shrink(pixels: np.ndarray, side: int) -> np.ndarray:
    """Shrinks (H, W) or (H, W, C) by averaging until no side is longer than `side`; smaller ones stay as they are."""
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return pixels
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0], *pixels.shape[2:])


def preview(photo: Photo, pixels: np.ndarray, side: int) -> np.ndarray:
    """Shrinks `pixels` (of `photo`, or derained) for the screen: sRGB uint8 (h, w, 3), or (h, w, 4) with alpha."""
    small = round_to_8_bits(shrink(pixels, side))
    colour = np.repeat(small, 3, axis=2) if small.shape[2] == 1 else to_srgb(small, photo.icc_profile)
    if photo.alpha is None:
        return colour
    return np.dstack([colour, round_to_8_bits(shrink(photo.alpha, side))])


def to_srgb(pixels: np.ndarray, profile: bytes | None) -> np.ndarray:
    """(h, w, 3) uint8 in the colours of an ICC profile -> sRGB; unchanged where the profile is of no use."""
    if profile is None:
        return pixels
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        image = ImageCms.profileToProfile(Image.fromarray(pixels), source, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError):
        return pixels
    return np.asarray(image)


def colours_over(photo: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The mask as colours over the darkened grey photo.

    Args:
        photo: (h, w, 3 or 4) RGB uint8.
        mask: (h, w) uint8, 0 no rain … 255 rain.

    Returns:
        (h, w, 3) RGB uint8: the photo alone where the mask is 0, the colour alone from 64 on. The mask's square
        root sets both, so that faint rain shows.
    """
    grey = cv2.cvtColor(np.ascontiguousarray(photo[..., :3]), cv2.COLOR_RGB2GRAY)[..., None] * np.float32(BACKDROP)
    root = np.sqrt(mask.astype(np.float32) / 255)[..., None]
    opacity = np.minimum(2 * root, 1)
    palette = cv2.applyColorMap(np.rint(255 * root).astype(np.uint8), cv2.COLORMAP_TURBO)
    colour = cv2.cvtColor(palette, cv2.COLOR_BGR2RGB)
    return np.rint(grey + opacity * (colour - grey)).astype(np.uint8)
