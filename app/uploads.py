"""Reads what visitors upload, within the demo's limits."""

from pathlib import Path

from app import settings
from core.images import Photo, read_photo


def read_within_caps(path: Path) -> Photo:
    """Reads a photo of at most `MAX_PIXELS` and `MAX_BYTES`.

    Raises:
        ImageFileError: not a photo, broken, or too large; one sentence.
    """
    return read_photo(path, name=path.name, max_pixels=settings.MAX_PIXELS, max_bytes=settings.MAX_BYTES)
