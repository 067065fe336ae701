"""A photo that a source offers, before its bytes are read."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from annotator.errors import AnnotatorError
from annotator.texts import storable

LARGEST_FILE = 200_000_000
"""Bytes; larger files are refused unread."""

_LONGEST = {"name": 500, "url": 2000, "page": 2000, "author": 500, "licence": 500, "query": 500}


@dataclass(frozen=True)
class Details:
    """What is known of a photo's origin; "" where it is not."""

    url: str = ""
    page: str = ""
    author: str = ""
    licence: str = ""
    query: str = ""

    def or_else(self, other: "Details") -> "Details":
        """These details, with the other's where these are unknown."""
        return replace(self, **{key: value or getattr(other, key) for key, value in vars(self).items()})

    def clean(self) -> "Details":
        """Fit for a database: see `clean_text`."""
        return Details(**{key: clean_text(value, key) for key, value in vars(self).items()})


@dataclass(frozen=True)
class Found:
    """A photo on offer.

    Attributes:
        name: what reports call it, with `/` from the source's top on.
        read: gives the file's bytes; raises core.errors.UserError with one sentence where that fails.
        details: what the source itself knows.
    """

    name: str
    read: Callable[[], bytes]
    details: Details = field(default_factory=Details)


def clean_text(text: str, kind: str = "name") -> str:
    """Text that every database stores (see `storable`), of no more characters than its column is meant for.

    Of names the end is kept, of all else the beginning.
    """
    text = storable(text)
    longest = _LONGEST[kind]
    return text[-longest:] if kind == "name" else text[:longest]


def read_file(path: Path, name: str) -> bytes:
    """A file's bytes.

    Raises:
        AnnotatorError: missing, unreadable, no file, empty or too large.
    """
    try:
        if not path.is_file():
            raise AnnotatorError(f"{name} is not a file." if path.exists() else f"{name} does not exist.")
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise AnnotatorError(
                f"{name} is {size / 1e6:.0f} MB large, more than the {LARGEST_FILE / 1e6:.0f} allowed."
            )
        content = path.read_bytes()
    except OSError as error:
        raise AnnotatorError(f"{name} cannot be read: {(error.strerror or str(error)).lower()}.") from error
    if not content:
        raise AnnotatorError(f"{name} is empty.")
    return content
