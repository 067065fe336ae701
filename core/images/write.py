"""Writing photos and rain masks, whole or not at all."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.images.atomic import write_atomically
from core.images.encode import encode_photo
from core.images.errors import ImageFileError
from core.images.photo import Photo


def write_photo(photo: Photo, path: str | Path) -> None:
    """Saves a photo in the format that the path's suffix names, with all that the format can hold of it.

    `core.images.encode.encode_photo` says what JPEG and WebP are compressed with. An existing file is replaced in one
    step; when anything fails it stays as it was.

    Raises:
        ImageFileError: the format cannot hold the photo, or the file cannot be written.
    """
    path = Path(path)
    write_atomically(path, encode_photo(photo, path.suffix, name=str(path)))


def write_mask(mask: NDArray[np.float32], path: str | Path) -> None:
    """Saves a rain mask (H, W), values 0…1, as a grey PNG of 8 bits: rounded, 0 to 255.

    Raises:
        ImageFileError: the path does not end in ".png", or the file cannot be written.
        ValueError: the mask has another shape.
    """
    path = Path(path)
    if path.suffix.lower() != ".png":
        raise ImageFileError(f'{path} cannot be written: a mask is saved as PNG, not "{path.suffix}".')
    if mask.ndim != 2:
        raise ValueError(f"a mask is (H, W), not {mask.shape}")
    pixels = np.rint(np.clip(mask, 0, 1) * 255).astype(np.uint8)
    write_atomically(path, encode_photo(Photo(pixels[..., np.newaxis]), ".png", name=str(path)))
