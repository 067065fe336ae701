"""Photos without rain that must come out as they went in: a fixed list of names, by kind (docs/dry-photos.md)."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from datasets.errors import DatasetError
from datasets.named import DEPTH, data_root
from datasets.reading import read_rgb

LIST = Path(__file__).parent / "manifests" / "dry-photos.json"


@dataclass(frozen=True)
class DryPhoto:
    """A photo of the list: its kind, such as "fog", its name, such as "fog/foggy1.jpg", and where it lies."""

    kind: str
    name: str
    path: Path

    def read(self) -> np.ndarray:
        """(H, W, 3) uint8 RGB.

        Raises:
            core.images.ImageFileError: the file cannot be read as a photo.
        """
        return read_rgb(self.path)


def open_dry(root: str | Path | None = None) -> tuple[DryPhoto, ...]:
    """The photos of the list, in its order; each of its folders lies up to three folders below the data root.

    root: see `datasets.named.data_root`.

    Raises:
        DatasetError: there is no such root, or it lacks a folder or photo of the list.
    """
    top = data_root(root)
    folders = {folder: _find(folder, top) for folder in sorted({name.split("/")[0] for name in dry_names()})}
    photos = []
    for kind, of_kind in _list().items():
        for name in of_kind:
            folder, photo = name.split("/")
            path = folders[folder] / photo
            if not path.is_file():
                raise DatasetError(f"{folders[folder]} lacks {photo}, which the list of dry photos names.")
            photos.append(DryPhoto(kind, name, path))
    return tuple(photos)


def dry_names() -> set[str]:
    """The names of the list, FOLDER/FILE: what is trained on goes without them."""
    return {name for of_kind in _list().values() for name in of_kind}


def _list() -> dict[str, list[str]]:
    names: dict[str, list[str]] = json.loads(LIST.read_text(encoding="utf-8"))
    return names


def _find(folder: str, top: Path) -> Path:
    for depth in range(DEPTH + 1):
        for path in sorted(top.glob("*/" * depth + folder)):
            if path.is_dir():
                return path
    raise DatasetError(f"{top} has no folder {folder}, in which the list of dry photos names some.")
