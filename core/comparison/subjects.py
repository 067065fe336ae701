"""The photos that methods are compared on: pairs with their clean photos, or real rain without ground truth."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import cv2
import numpy as np

from core.errors import UserError
from core.methods.outputs import own_names
from core.metrics.table import too_small
from core.text import NameIndex
from datasets.errors import DatasetError
from datasets.folders import name_of, open_photos
from datasets.pairs import Pair, open_pairs
from datasets.reading import read_rgb


class Photos(NamedTuple):
    """Rainy image x, and clean image y or None where there is none; (H, W, 3) uint8 of one shape."""

    rainy: np.ndarray
    clean: np.ndarray | None


@dataclass(frozen=True)
class Subject:
    """One photo to compare on.

    Attributes:
        name: its path below the set's folder, without suffix.
        also: other names that outputs of it on disk may have: those that no other photo of the set could have too.
        source: the pair, or the file of a photo without ground truth.
    """

    name: str
    also: tuple[str, ...]
    source: Pair | Path

    @property
    def names(self) -> tuple[str, ...]:
        """Its name, then the others."""
        return (self.name, *self.also)

    def read(self, megapixels: float) -> Photos:
        """Reads the photo; without ground truth it is reduced where it has more megapixels than that.

        Raises:
            UserError: a pair has more megapixels than that, which is never reduced, or is too small for SSIM.
            DatasetError, core.images.ImageFileError: a file cannot be read, or the pair differs in size.
        """
        if isinstance(self.source, Path):
            return Photos(_reduce(read_rgb(self.source), megapixels), None)
        _, rainy, clean = self.source.read()
        height, width = clean.shape[:2]
        if refusal := too_small(width, height):
            raise UserError(f"{self.name} {refusal}.")
        if width * height > megapixels * 1e6:
            raise UserError(
                f"{self.name} has {width}×{height} pixels, more than {megapixels:g} megapixels; pairs are not reduced, "
                f"and methods without tiles need some 2 GB a megapixel, so allow more by --megapixels."
            )
        return Photos(rainy, clean)


@dataclass(frozen=True)
class SubjectFolder:
    """A set to compare on.

    Attributes:
        folder: as it was given.
        kind: what it holds, in words for a report.
        paired: whether there is a clean photo for each.
        subjects: those that are compared.
        photos_in_folder: how many there are in all.
    """

    folder: Path
    kind: str
    paired: bool
    subjects: tuple[Subject, ...]
    photos_in_folder: int


def open_subjects(
    folder: str | Path,
    *,
    paired: bool = True,
    layout: str | None = None,
    rainy_pattern: str | None = None,
    clean_pattern: str | None = None,
    only: Iterable[str] | None = None,
    limit: int | None = None,
) -> SubjectFolder:
    """The photos of a folder.

    Args:
        paired: whether it holds pairs, of which `layout` or the two patterns tell as in `datasets.pairs.open_pairs`.
        only: names of photos, with or without suffix; others are left out.
        limit: only so many, evenly spaced.

    Raises:
        DatasetError: there is no such folder, it does not hold what it should, two photos are of one name, or it lacks
            a photo of `only`.
    """
    if paired:
        try:
            pairs = open_pairs(folder, layout, rainy_pattern, clean_pattern)
        except DatasetError as error:
            hint = " For photos without clean ones say --unpaired." if layout is None and rainy_pattern is None else ""
            raise DatasetError(f"{error}{hint}") from error
        subjects = [Subject(p.name, (name_of(p.rainy.name), name_of(p.clean.name)), p) for p in pairs.pairs]
        kind = f"pairs, layout {pairs.layout.name}"
    else:
        photos = open_photos(folder)
        subjects = [
            Subject(name_of(photo), (PurePosixPath(name_of(photo)).name,), Path(folder, photo))
            for photo in photos.photos
        ]
        kind = "real photos without ground truth"
    count = len(subjects)
    double = next((name for name, times in Counter(subject.name for subject in subjects).items() if times > 1), None)
    if double is not None:
        raise DatasetError(f"{folder} holds more than one photo {double}: names must differ in more than their suffix.")
    names = own_names([subject.names for subject in subjects])
    subjects = [replace(subject, also=own[1:]) for subject, own in zip(subjects, names)]
    if only is not None:
        subjects = _only(folder, subjects, list(only))
    if limit is not None and limit < len(subjects):
        subjects = [subjects[math.floor((index + 0.5) * len(subjects) / limit)] for index in range(limit)]
    return SubjectFolder(Path(folder), kind, paired, tuple(subjects), count)


def _only(folder: str | Path, subjects: list[Subject], names: list[str]) -> list[Subject]:
    index = NameIndex(subject.name for subject in subjects)
    wanted = {name: index.find(name) or index.find(name.rpartition(".")[0]) for name in names}
    missing = [name for name, found in wanted.items() if found is None]
    if missing:
        raise DatasetError(
            f"{folder} lacks {len(missing)} of the {len(wanted)} photos asked for, such as {min(missing)}."
        )
    return [subject for subject in subjects if subject.name in wanted.values()]


def _reduce(pixels: np.ndarray, megapixels: float) -> np.ndarray:
    height, width = pixels.shape[:2]
    factor = math.sqrt(megapixels * 1e6 / (height * width))
    if factor >= 1:
        return pixels
    size = (max(1, math.floor(width * factor)), max(1, math.floor(height * factor)))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
