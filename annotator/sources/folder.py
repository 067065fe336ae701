"""Photos of a folder and of the folders below it."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from annotator.errors import AnnotatorError
from annotator.sources.found import Found, clean_text, read_file
from datasets.folders import list_photos


def photos_in_folder(folder: Path) -> Iterator[Found]:
    """Every photo, in natural order; links that lead out of the folder and hidden files are left alone.

    Raises:
        UserError: the folder cannot be read, or holds no photo.
    """
    photos = list_photos(folder).photos
    if not photos:
        raise AnnotatorError(f"{clean_text(str(folder))} holds no photo.")
    for photo in photos:
        yield Found(clean_text(photo), partial(read_file, folder / photo, clean_text(photo)))
