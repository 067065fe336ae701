"""A photo's colours and alpha put together again."""

import numpy as np
from PIL import Image

from core.images.photo import Photo, Pixels


def stacked(photo: Photo) -> Pixels:
    """(H, W, C) with alpha, if any, as the last of C channels."""
    if photo.alpha is None:
        return np.ascontiguousarray(photo.pixels)
    array: Pixels = np.concatenate((photo.pixels, photo.alpha[..., np.newaxis]), axis=2)
    return array


def image_of(photo: Photo) -> Image.Image:
    """A photo of 8 bits as Pillow's "L", "LA", "RGB" or "RGBA"."""
    array = stacked(photo)
    return Image.fromarray(array[..., 0] if array.shape[2] == 1 else array)
