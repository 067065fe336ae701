"""Derained images on disk: a folder for each method, `outputs/METHOD/NAME.png`, matched to photos by name."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from core.errors import UserError
from core.methods.method import Derained, Method
from core.methods.sources import Sources
from core.text import natural_key, one_spelling
from datasets.errors import DatasetError
from datasets.folders import list_photos, name_of
from datasets.pairs import Pair
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


def make_outputs(key: str, which: str, sources: Sources) -> Method:
    """The images of one folder as a method: `which` below the folder of outputs, or without such a folder a path.

    Raises:
        DatasetError: there is no such folder.
    """
    outputs = Outputs(Path(sources.outputs, which) if sources.outputs else Path(which))
    list_photos(outputs.folder)

    def run(pixels: np.ndarray, names: Sequence[str]) -> Derained:
        return Derained(outputs.read(names, *pixels.shape[:2]))

    return Method(
        key,
        outputs.folder.name,
        "outputs",
        run,
        about={"method": "images on disk", "folder": str(outputs.folder)},
        lacks=lambda names: outputs.find(names) is None,
    )


def keys_of_outputs(folder: str | Path) -> list[str]:
    """The keys of the methods in a folder of outputs, in natural order: a folder of images each.

    Raises:
        DatasetError: there is no such folder, or no folder with images in it.
    """
    root = Path(folder)
    if not root.is_dir():
        raise DatasetError(f"There is no folder {folder}.")
    inner = [path for path in root.iterdir() if path.is_dir() and not path.name.startswith(".")]
    found = [path.name for path in inner if Outputs(path).files]
    if not found:
        raise DatasetError(f"{folder} holds no folder METHOD with derained images METHOD/NAME.png.")
    return [f"outputs:{name}" for name in sorted(found, key=natural_key)]


def names_of_pairs(pairs: Sequence[Pair]) -> list[tuple[str, ...]]:
    """By which names outputs of each pair may go: its own, its rainy photo's, its clean photo's."""
    return own_names([(pair.name, name_of(pair.rainy.name), name_of(pair.clean.name)) for pair in pairs])


def own_names(names: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """The photos' names without those that two photos could have, whose outputs could not be told apart.

    The first name of a photo is always its own.
    """
    holders = Counter(name for of_one in names for name in set(of_one))
    return [
        (of_one[0], *(name for name in dict.fromkeys(of_one[1:]) if holders[name] == 1 and name != of_one[0]))
        for of_one in names
    ]
