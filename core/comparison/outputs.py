"""Derained images on disk: a folder for each method, `outputs/METHOD/NAME.png`, matched to photos by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from core.errors import UserError
from core.text import natural_key, one_spelling
from datasets.errors import DatasetError
from datasets.folders import list_photos, name_of
from datasets.reading import read_rgb


class OutputError(UserError):
    """A derained image on disk is missing or does not fit its photo; `str()` is one clear sentence."""


@dataclass(frozen=True)
class Outputs:
    """One method's derained images: the folder itself, and what lies below it."""

    folder: Path

    @cached_property
    def files(self) -> dict[str, Path]:
        """Each image by its path below the folder without suffix; of one name a PNG goes before other formats."""
        found: dict[str, Path] = {}
        for photo in list_photos(self.folder).photos:
            name = name_of(photo)
            if name not in found or photo.lower().endswith(".png"):
                found[name] = self.folder / photo
        return found

    def find(self, names: Sequence[str]) -> Path | None:
        """The image of a photo that goes by any of these names, which are paths below the folder without suffix."""
        return next((self.files[name] for name in map(one_spelling, names) if name in self.files), None)

    def read(self, names: Sequence[str], height: int, width: int) -> np.ndarray:
        """The image (H, W, 3) uint8 of a photo of that size that goes by any of these names.

        Raises:
            OutputError: there is none, or it has another size.
            core.images.ImageFileError: it cannot be read as a photo.
        """
        path = self.find(names)
        if path is None:
            raise OutputError(f"{self.folder} holds no derained image {names[0]}.png.")
        pixels = read_rgb(path)
        if pixels.shape != (height, width, 3):
            raise OutputError(
                f"The derained image {path} has {pixels.shape[1]}×{pixels.shape[0]} pixels, "
                f"but the photo {names[0]} has {width}×{height}."
            )
        return pixels

    def check_complete(self, photos: Sequence[Sequence[str]]) -> None:
        """Checks that every photo, given by its names, has its image.

        Raises:
            OutputError: images are missing; how many, and which is the first.
        """
        missing = [names[0] for names in photos if self.find(names) is None]
        if missing:
            raise OutputError(
                f"{self.folder} lacks the derained images of {len(missing)} of {len(photos)} photos; "
                f"the first is {missing[0]}.png."
            )


def open_outputs(folder: str | Path) -> list[Outputs]:
    """The folders of methods in a folder of outputs, in natural order of their names.

    Raises:
        DatasetError: there is no such folder, or no folder with images in it.
    """
    root = Path(folder)
    if not root.is_dir():
        raise DatasetError(f"There is no folder {folder}.")
    inner = sorted(
        (path for path in root.iterdir() if path.is_dir() and not path.name.startswith(".")),
        key=lambda path: natural_key(path.name),
    )
    methods = [outputs for outputs in map(Outputs, inner) if outputs.files]
    if not methods:
        raise DatasetError(f"{folder} holds no folder METHOD with derained images METHOD/NAME.png.")
    return methods
