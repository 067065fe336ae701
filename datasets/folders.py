"""Folders of photos: finding the image files below a folder, and a set of single photos (clean ones, or real rain)."""

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.images.formats import READABLE
from core.images.walk import walk_photos
from core.text import NameIndex, one_spelling
from datasets.errors import DatasetError
from datasets.reading import read_rgb


@dataclass(frozen=True)
class Listing:
    """Image files below a folder: paths relative to it with `/`, in natural order (2 before 10), and links left out."""

    photos: tuple[str, ...]
    links_left_out: int


@dataclass(frozen=True)
class PhotoFolder:
    """Single photos: `len(set)`, and `set[i] -> (name, pixels (H, W, 3) uint8 RGB)`; name: see `name_of`."""

    folder: Path
    photos: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.photos)

    def __getitem__(self, index: int) -> tuple[str, np.ndarray]:
        photo = self.photos[index]
        return name_of(photo), read_rgb(self.folder / photo)


def open_photos(folder: str | Path) -> PhotoFolder:
    """Every photo in a folder and in the folders below it; links that lead out of the folder are not followed.

    Raises:
        DatasetError: there is no such folder, or no photo in it.
    """
    listing = list_photos(folder)
    if not listing.photos:
        raise DatasetError(f"{folder} holds no photo ({READABLE}){links_note(listing)}.")
    return PhotoFolder(Path(folder), listing.photos)


def list_photos(folder: str | Path) -> Listing:
    """The photos below a folder, as `core.images.walk` finds them: no hidden files, no litter, nothing behind links.

    Raises:
        DatasetError: there is no such folder, or a folder cannot be read.
    """
    root = Path(folder)
    if not root.is_dir():
        raise DatasetError(f"{folder} is not a folder." if root.exists() else f"There is no folder {folder}.")

    def refuse(error: OSError) -> None:
        raise DatasetError(f"The folder {error.filename} cannot be read: {error.strerror}.") from error

    walk = walk_photos(root, refuse)
    return Listing(tuple(walk.photos), walk.links_left_out)


def read_names(path: str | Path) -> set[str]:
    """File names in a text file, one a line; # begins a comment.

    Raises:
        DatasetError: the file cannot be read as text.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"The list of photos {path} cannot be read as text (UTF-8).") from error
    return {name for line in lines if (name := line.split("#")[0].strip())}


def find_named(photos: Iterable[str], names: Iterable[str], *, folder: str | Path, where: str | Path) -> set[str]:
    """Those photos that a list names, in whatever spelling (`core.text.NameIndex`).

    Raises:
        DatasetError: the folder lacks a photo that the list, which lies in the file `where`, names.
    """
    index = NameIndex(photos)
    found = {name: index.find(name) for name in names}
    if missing := sorted(name for name, photo in found.items() if photo is None):
        raise DatasetError(f"{folder} lacks {missing[0]}, which {where} names.")
    return {photo for photo in found.values() if photo is not None}


def name_of(photo: str) -> str:
    """`rainy/rain-001.png` -> `rainy/rain-001`, in the one spelling that names are compared and shown in."""
    return one_spelling(posixpath.splitext(photo)[0])


def links_note(listing: Listing) -> str:
    """What to add to a sentence about a folder that lacks something, when links in it were not followed."""
    count = listing.links_left_out
    return f" ({count} {'link is' if count == 1 else 'links are'} not followed)" if count else ""
