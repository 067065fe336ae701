"""The photos that the page offers: the demo's examples, or a set on the owner's disk."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from app.compare.subject import Subject, make_subject, read
from app.examples import Example
from core.errors import UserError
from datasets.errors import DatasetError
from datasets.folders import PhotoFolder, open_photos
from datasets.pairs import Pair, open_pairs


@dataclass(frozen=True)
class Item:
    """A photo on offer: its name, the words under its thumbnail, and how it is read (raises UserError)."""

    name: str
    label: str
    read: Callable[[], Subject]


def from_examples(examples: Sequence[Example]) -> list[Item]:
    """The demo's examples, those with rendered rain with their clean photos."""
    return [Item(example.path.stem, example.label, partial(read_example, example)) for example in examples]


def read_example(example: Example) -> Subject:
    """Raises UserError where a file cannot be read."""
    return make_subject(example.path.stem, read(example.path), read(example.clean) if example.clean else None)


def from_folder(folder: Path) -> list[Item]:
    """A paired set in a known layout, or else every photo of a folder as real rain.

    Raises:
        UserError: there is no such folder, or no photo in it.
    """
    try:
        pairs = open_pairs(folder).pairs
    except DatasetError:
        try:
            photos = open_photos(folder)
        except DatasetError as error:
            raise UserError(str(error)) from error
        return [item_of_photo(photos, index) for index in range(len(photos))]
    rainy_of_clean = Counter(pair.clean for pair in pairs)
    return [item_of_pair(pair, rainy_of_clean[pair.clean] == 1) for pair in pairs]


def item_of_photo(photos: PhotoFolder, index: int) -> Item:
    """A photo without ground truth."""
    name = photos.photos[index].rpartition(".")[0]
    return Item(name, name, lambda: make_subject(name, read(photos.folder / photos.photos[index]), None))


def item_of_pair(pair: Pair, alone: bool) -> Item:
    """A pair; where it is the clean photo's only one, outputs may also be named after the clean photo."""
    also = (pair.rainy.stem, pair.clean.stem) if alone else (pair.rainy.stem,)

    def read_pair() -> Subject:
        try:
            photos = pair.read()
        except DatasetError as error:
            raise UserError(str(error)) from error
        return make_subject(pair.name, photos.rainy, photos.clean, also)

    return Item(pair.name, pair.name, read_pair)
