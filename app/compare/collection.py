"""The photos that the page offers: the demo's examples, or a set on the owner's disk."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from pathlib import Path, PurePosixPath

from app.compare.subject import Subject, make_subject, read
from app.examples import Example
from core.comparison import subjects
from core.comparison.subjects import open_subjects
from core.errors import UserError


@dataclass(frozen=True)
class Item:
    """A photo on offer.

    Attributes:
        name: its path in the set, without suffix.
        also: other names that outputs of it may have.
        label: the words under its thumbnail.
        read: reads it; raises UserError.
    """

    name: str
    also: tuple[str, ...]
    label: str
    read: Callable[[], Subject]


def recognise(subject: Subject, items: Sequence[Item]) -> Subject:
    """An uploaded photo with the names of the photo on offer that has its pixels.

    One that only shares its name with a photo on offer has no names: outputs of that name are the other's.
    """
    namesakes = [item for item in items if subject.name in (PurePosixPath(item.name).name, item.name, *item.also)]
    for item in namesakes:
        with suppress(UserError):
            if item.read().key == subject.key:
                return replace(subject, known_as=(item.name, *item.also))
    return replace(subject, known_as=()) if namesakes else subject


def from_examples(examples: Sequence[Example]) -> list[Item]:
    """The demo's examples, those with rendered rain with their clean photos."""
    return [Item(example.path.stem, (), example.label, partial(read_example, example)) for example in examples]


def read_example(example: Example) -> Subject:
    """Raises UserError where a file cannot be read."""
    return make_subject(example.path.stem, read(example.path), read(example.clean) if example.clean else None)


def from_folder(folder: Path, paired: bool) -> list[Item]:
    """A paired set in a known layout, or every photo of a folder as real rain.

    Raises:
        UserError: there is no such folder, it fits no known layout, or there is no photo in it.
    """
    found = open_subjects(folder, paired=paired).subjects
    return [Item(subject.name, subject.also, subject.name, partial(read_subject, subject)) for subject in found]


def read_subject(subject: subjects.Subject) -> Subject:
    """Raises UserError where a file cannot be read, or the two of a pair differ in size."""
    rainy, clean = subject.read(inf)
    return make_subject(subject.name, rainy, clean, subject.also)
