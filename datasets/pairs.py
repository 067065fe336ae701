"""Paired sets: rainy photos with their clean ones, in a folder of a published layout or by two patterns."""

import posixpath
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from core.text import one_spelling
from datasets.errors import DatasetError
from datasets.folders import Listing, links_note, list_photos, name_of
from datasets.layouts import LAYOUTS, Layout, own_layout
from datasets.reading import read_rgb


class PairedPhotos(NamedTuple):
    """A pair that has been read: rainy image x and clean image y, each (H, W, 3) uint8 RGB of one shape."""

    name: str
    rainy: np.ndarray
    clean: np.ndarray


@dataclass(frozen=True)
class Pair:
    """Where a pair lies. `name` is unique in its set: the rainy photo's path without suffix and common folder.

    Attributes:
        rainy, clean: files of x and y.
        side_by_side: both are one file, y its left half and x its right half.
        is_layer: the rainy file is the rain layer R alone: x = min(255, y + R).
    """

    name: str
    rainy: Path
    clean: Path
    side_by_side: bool = False
    is_layer: bool = False

    def read(self) -> PairedPhotos:
        """Reads both photos.

        Raises:
            DatasetError: the two differ in size, or a side-by-side photo has an odd width.
            core.images.ImageFileError: a file cannot be read as a photo.
        """
        rainy = read_rgb(self.rainy)
        if self.side_by_side:
            width = rainy.shape[1]
            if width % 2:
                raise DatasetError(f"{self.rainy} is {width} pixels wide, so it has no two halves of one size.")
            return PairedPhotos(self.name, rainy[:, width // 2 :], rainy[:, : width // 2])
        clean = read_rgb(self.clean)
        if rainy.shape != clean.shape:
            raise DatasetError(
                f"{self.rainy} has {rainy.shape[1]}×{rainy.shape[0]} pixels, "
                f"but its clean photo {self.clean} has {clean.shape[1]}×{clean.shape[0]}."
            )
        return PairedPhotos(self.name, cv2.add(rainy, clean) if self.is_layer else rainy, clean)


@dataclass(frozen=True)
class PairedFolder:
    """A paired set: `len(set)`, and `set[i] -> (name, rainy (H, W, 3) uint8, clean (H, W, 3) uint8)`, natural order."""

    folder: Path
    layout: Layout
    pairs: tuple[Pair, ...]

    def __len__(self) -> int:
        return len(self.pairs)

    def __getitem__(self, index: int) -> PairedPhotos:
        return self.pairs[index].read()


def open_pairs(
    folder: str | Path,
    layout: str | None = None,
    rainy_pattern: str | None = None,
    clean_pattern: str | None = None,
) -> PairedFolder:
    """Opens a paired set and checks that every photo has its partner; photos that fit neither pattern are left alone.

    Args:
        folder: the folder that the layout's patterns start from. Links that lead out of it are not followed.
        layout: a name in `datasets.layouts.LAYOUTS`; None to recognise the layout from the names.
        rainy_pattern, clean_pattern: a layout of one's own, such as `wet/{}.png` and `dry/{}.png`; both or neither, and
            then no `layout`.

    Raises:
        DatasetError: no such folder or layout, no layout or several recognised, photos without partner.
    """
    listing = list_photos(folder)
    if rainy_pattern is not None or clean_pattern is not None:
        if rainy_pattern is None or clean_pattern is None or layout is not None:
            raise DatasetError("Give two patterns, one for the rainy and one for the clean photos, and no layout.")
        try:
            chosen = own_layout(rainy_pattern, clean_pattern)
        except ValueError as error:
            raise DatasetError(str(error)) from error
    elif layout is None:
        chosen = _recognise(folder, listing)
    elif layout in LAYOUTS:
        chosen = LAYOUTS[layout]
    else:
        raise DatasetError(f"There is no layout {layout!r}; there are {', '.join(LAYOUTS)}.")
    return PairedFolder(Path(folder), chosen, _match(folder, listing, chosen))


def _recognise(folder: str | Path, listing: Listing) -> Layout:
    both, one = [], []
    for layout in LAYOUTS.values():
        rainy = any(map(layout.rainy_expression.fullmatch, listing.photos))
        clean = any(map(layout.clean_expression.fullmatch, listing.photos))
        if rainy and clean:
            both.append(layout)
        elif rainy or clean:
            one.append(f"{layout.rainy} without {layout.clean}" if rainy else f"{layout.clean} without {layout.rainy}")
    if len(both) == 1:
        return both[0]
    if both:
        names = " and ".join(layout.name for layout in both)
        raise DatasetError(f"{folder} fits the layouts {names}; say which one is meant.")
    if one:
        found = "it has photos like " + ", or ".join(one)
    elif listing.photos:
        found = f"it has {len(listing.photos)} photos such as {listing.photos[0]}"
    else:
        found = "it has no photo"
    inner = sorted({photo.split("/")[0] for photo in listing.photos if "/" in photo})
    below = [name for name in inner if _fits_below(listing, name)]
    hint = f"; its folder {' or '.join(below)} does, so open that" if below else ""
    raise DatasetError(f"{folder} fits no known layout of pairs: {found}{hint}{links_note(listing)}.")


def _fits_below(listing: Listing, inner: str) -> bool:
    photos = [photo[len(inner) + 1 :] for photo in listing.photos if photo.startswith(inner + "/")]
    return any(
        any(map(layout.rainy_expression.fullmatch, photos)) and any(map(layout.clean_expression.fullmatch, photos))
        for layout in LAYOUTS.values()
    )


def _match(folder: str | Path, listing: Listing, layout: Layout) -> tuple[Pair, ...]:
    rainy: dict[str, list[str]] = defaultdict(list)
    clean: dict[str, list[str]] = defaultdict(list)
    for photo in listing.photos:
        if found := layout.rainy_expression.fullmatch(photo):
            rainy[one_spelling(found[1]).lower()].append(photo)
        if found := layout.clean_expression.fullmatch(photo):
            clean[one_spelling(found[1]).lower()].append(photo)
    _check(folder, listing, layout, rainy, clean)

    in_order = [photo for photo in listing.photos if layout.rainy_expression.fullmatch(photo)]
    clean_of = {photo: clean[key][0] for key, photos in rainy.items() for photo in photos}
    common = posixpath.commonpath([posixpath.dirname(photo) for photo in in_order])
    pairs: dict[str, Pair] = {}
    for photo in in_order:
        name = name_of(posixpath.relpath(photo, common or "."))
        if name in pairs:
            raise DatasetError(f"{folder} has two rainy photos named {name}: {pairs[name].rainy.name} and {photo}.")
        pairs[name] = Pair(name, Path(folder, photo), Path(folder, clean_of[photo]), layout.side_by_side)
    return tuple(pairs.values())


def _check(
    folder: str | Path, listing: Listing, layout: Layout, rainy: dict[str, list[str]], clean: dict[str, list[str]]
) -> None:
    """Raises DatasetError unless every rainy photo has one clean one and every clean one has its rainy ones."""
    counts = f"{_count(sum(map(len, rainy.values())), 'rainy')} and {_count(sum(map(len, clean.values())), 'clean')}"
    if not rainy or not clean:
        missing = " and none like ".join(
            pattern for pattern, found in ((layout.rainy, rainy), (layout.clean, clean)) if not found
        )
        raise DatasetError(f"{folder} holds {counts}: none like {missing}{links_note(listing)}.")
    for key, photos in clean.items():
        if len(photos) > 1:
            raise DatasetError(f"{folder} has {len(photos)} clean photos for one: {photos[0]} and {photos[1]}.")
        if key not in rainy:
            raise DatasetError(f"{folder} holds {counts}: {photos[0]} has no rainy photo like {layout.rainy}.")
    for key, photos in rainy.items():
        if key not in clean:
            raise DatasetError(f"{folder} holds {counts}: {photos[0]} has no clean photo like {layout.clean}.")
        if layout.rainy_per_clean is not None and len(photos) != layout.rainy_per_clean:
            raise DatasetError(
                f"{folder} holds {counts}: {clean[key][0]} has {_count(len(photos), 'rainy')}, "
                f"where the layout {layout.name} has {layout.rainy_per_clean}."
            )


def _count(number: int, kind: str) -> str:
    return f"{number} {kind} photo{'' if number == 1 else 's'}"
