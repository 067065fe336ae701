"""The photos below a folder: which files are taken, which are left alone, and which somebody may miss."""

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from core.images.formats import IMAGE_SUFFIXES, SIGNATURE_BYTES, describe_other, is_picture, is_raw, sniff_format
from core.text import natural_key

_LITTER = frozenset(
    ("@eadir", "__macosx", "#recycle", "#snapshot", "$recycle.bin", "system volume information", "lost+found")
)
_LEFTOVERS = ("~", "_original", ".bak", ".tmp", ".part", ".thm", ".crdownload")


@dataclass
class Walk:
    """What lies below a folder."""

    photos: list[str] = field(default_factory=list)
    """Paths below the folder with `/`, in natural order (2 before 10)."""
    links_left_out: int = 0
    """Links that lead out of the folder, and links to folders: neither is followed."""
    others: Counter[str] = field(default_factory=Counter)
    """Pictures that are no photos we read, by what they are, such as "a camera's raw file"."""


def walk_photos(folder: Path, on_error: Callable[[OSError], None]) -> Walk:
    """Looks through a folder and the folders below it; hidden files and the litter of other programs are left alone.

    A file is taken for a photo by its suffix, without that by its first bytes.

    Args:
        on_error: is told of a folder that cannot be read; the walk goes on.
    """
    walk = Walk()
    inside = folder.resolve()
    for parent, folders, files in os.walk(folder, onerror=on_error):
        here = Path(parent)
        folders[:] = [name for name in folders if not is_litter(name)]
        links = [name for name in folders if (here / name).is_symlink()]
        walk.links_left_out += len(links)
        folders[:] = [name for name in folders if name not in links]
        for name in files:
            path = here / name
            if is_litter(name):
                continue
            if path.is_symlink() and not path.resolve().is_relative_to(inside):
                walk.links_left_out += path.suffix.lower() in IMAGE_SUFFIXES
            elif is_photo(path):
                walk.photos.append(path.relative_to(folder).as_posix())
            elif description := describe_picture(path):
                walk.others[description] += 1
    walk.photos.sort(key=natural_key)
    return walk


def is_litter(name: str) -> bool:
    """Whether a file or folder of this name is hidden, or something that other programs leave behind."""
    return name.startswith(".") or name.lower() in _LITTER or name.lower().endswith(_LEFTOVERS)


def is_photo(path: Path) -> bool:
    """Whether a file is a photo by its suffix, or without a photo's suffix by its content."""
    return path.suffix.lower() in IMAGE_SUFFIXES or kind_by_content(path) is not None


def kind_by_content(path: Path) -> str | None:
    """The format of a file whose name does not tell it; None where it is no photo, or the start tells too little."""
    kind = None if is_raw(path.suffix) else sniff_format(_head(path))
    return None if kind == "BMP" else kind


def describe_picture(path: Path) -> str | None:
    """What a file is that is a picture, but no photo we read: "a camera's raw file"; None for anything else."""
    if is_raw(path.suffix):
        return "a camera's raw file"
    description = describe_other(_head(path))
    return description if description and is_picture(description) else None


def _head(path: Path) -> bytes:
    try:
        if not path.is_file():
            return b""
        with open(path, "rb") as stream:
            return stream.read(SIGNATURE_BYTES)
    except OSError:
        return b""
