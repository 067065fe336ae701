"""The photo that is compared: its pixels as every method gets them, and its clean photo where there is one."""

import hashlib
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path

import numpy as np

from app import previews, settings
from app.uploads import read_within_caps
from core.depth import round_to_8_bits
from core.errors import UserError


@dataclass(frozen=True)
class Subject:
    """A rainy photo, reduced where it is larger than `COMPARED_PIXELS`.

    Attributes:
        name: what the page calls it, its file's name without suffix.
        full: (H, W, 3) uint8 as the photo came.
        rainy: (h, w, 3) uint8, what is compared.
        clean: (h, w, 3) uint8, or None where figures cannot be given.
        known_as: names that outputs of it may have; none where an output of that name is another photo's.
        others: outputs that were brought along, by label; each (h, w, 3) uint8.
    """

    name: str
    full: np.ndarray
    rainy: np.ndarray
    clean: np.ndarray | None
    known_as: tuple[str, ...]
    others: tuple[tuple[str, np.ndarray], ...] = ()

    @property
    def reduced(self) -> bool:
        """Whether what is compared is smaller than the photo."""
        return self.rainy.shape != self.full.shape

    @property
    def key(self) -> str:
        """SHA-256 of the photo as it came."""
        return pixels_sha256(self.full)

    def with_clean(self, file: Path) -> "Subject":
        """The same with the clean photo from a file.

        Raises:
            UserError: the file cannot be read, or its size is not the photo's.
        """
        return replace(self, clean=fitting(self.full, read(file), "The clean photo"))

    def with_others(self, files: list[Path]) -> "Subject":
        """The same with outputs from files, each labelled by its file's name; names that recur are numbered.

        Raises:
            UserError: a file cannot be read, or its size is not the photo's.
        """
        others: dict[str, np.ndarray] = {}
        for path in files:
            labels = chain([path.stem], (f"{path.stem} ({number})" for number in count(2)))
            label = next(label for label in labels if label not in others)
            others[label] = fitting(self.full, read(path), path.name)
        return replace(self, others=tuple(others.items()))


def make_subject(name: str, rainy: np.ndarray, clean: np.ndarray | None, also: tuple[str, ...] = ()) -> Subject:
    """A subject from (H, W, 3) uint8 pixels; outputs of it may go by its name and by those of `also`.

    Raises:
        UserError: the clean photo has another size.
    """
    fitted = None if clean is None else fitting(rainy, clean, "The clean photo")
    return Subject(name, rainy, reduce(rainy), fitted, (name, *also))


def read(path: Path) -> np.ndarray:
    """A photo of at most `MAX_PIXELS` and `MAX_BYTES` as (H, W, 3) uint8: upright, alpha and profile left out.

    Raises:
        UserError: see above.
    """
    pixels = round_to_8_bits(read_within_caps(path).pixels)
    return np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels


def fitting(photo: np.ndarray, other: np.ndarray, name: str) -> np.ndarray:
    """`other`, which must have the size of `photo`, reduced alike.

    Raises:
        UserError: it has another size.
    """
    if other.shape != photo.shape:
        sizes = [f"{pixels.shape[1]}×{pixels.shape[0]}" for pixels in (other, photo)]
        raise UserError(f"{name} has {sizes[0]} pixels, but the rainy photo has {sizes[1]}.")
    return reduce(other)


def reduce(pixels: np.ndarray) -> np.ndarray:
    """Shrinks (H, W, 3) by averaging to at most `COMPARED_PIXELS` pixels; smaller ones stay as they are."""
    height, width = pixels.shape[:2]
    scale = (settings.COMPARED_PIXELS / (height * width)) ** 0.5
    return pixels if scale >= 1 else previews.shrink(pixels, int(max(height, width) * scale))


def pixels_sha256(pixels: np.ndarray) -> str:
    """SHA-256 of (H, W, 3) uint8 pixels, row by row."""
    return hashlib.sha256(pixels.tobytes()).hexdigest()
