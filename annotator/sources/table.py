"""Lists: paths or URLs a line, and CSV tables that say where photos come from."""

import csv
import io
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from annotator.errors import AnnotatorError
from annotator.sources.found import Details, Found, clean_text, read_file

_COLUMNS = {
    "name": "name",
    "file": "name",
    "file_name": "name",
    "path": "name",
    "url": "url",
    "page": "page",
    "author": "author",
    "licence": "licence",
    "license": "licence",
    "query": "query",
}

LARGEST_TABLE = 100_000_000


@dataclass(frozen=True)
class Row:
    """A line of a table: a file's name or path, a URL, or both, with the rest."""

    name: str
    details: Details


@dataclass(frozen=True)
class Table:
    """Rows to look details up in, by a photo's URL or name."""

    rows: tuple[Row, ...] = ()
    by_name: dict[str, Row] = field(default_factory=dict)

    def details_of(self, found: Found) -> Details:
        """What the table says of a photo: by its URL, its whole name, or its name without folders."""
        for key in (found.details.url, found.name, PurePosixPath(found.name).name):
            if key and key in self.by_name:
                return self.by_name[key].details
        return Details()


def read_table(path: Path) -> Table:
    """A CSV file with a header: name (or file, path) and/or url, and page, author, licence, query as far as known.

    Raises:
        AnnotatorError: it cannot be read, is no text, or has neither names nor URLs.
    """
    rows = []
    for values in _lines_of_table(path):
        known = {_COLUMNS[key.strip().lower()]: value.strip() for key, value in values.items() if _is_known(key, value)}
        name = known.pop("name", "")
        if name or known.get("url"):
            rows.append(Row(name.replace("\\", "/"), Details(**known)))
    if not rows:
        raise AnnotatorError(f"{path} has no row with a name or a url: its first line must name the columns.")
    by_name: dict[str, Row] = {}
    for row in rows:
        for key in (row.details.url, row.name):
            if key:
                by_name.setdefault(key, row)
    return Table(tuple(rows), by_name)


def photos_of_table(path: Path, fetch: Callable[[str], bytes]) -> Iterator[Found]:
    """The photos that a CSV file lists: files beside it by name, everything else by URL (AnnotatorError as above)."""
    for row in read_table(path).rows:
        if row.name and os.path.isfile(path.parent / row.name):  # False, too, for what is too long for a file's name
            yield Found(clean_text(row.name), partial(read_file, path.parent / row.name, row.name), row.details)
        elif row.details.url:
            yield photo_at(row.details.url, fetch, row)
        else:
            yield Found(clean_text(row.name), partial(read_file, path.parent / row.name, row.name), row.details)


def photos_of_list(lines: Iterable[str], fetch: Callable[[str], bytes], beside: Path) -> Iterator[Found]:
    """Paths (relative ones from `beside` on) and URLs, one a line; empty lines and those with # are left out."""
    for line in lines:
        entry = line.strip()
        if not entry or entry.startswith("#"):
            continue
        if is_url(entry):
            yield photo_at(entry, fetch)
        else:
            yield Found(clean_text(entry), partial(read_file, beside / entry, clean_text(entry)))


def lines_of(path: Path) -> list[str]:
    """The lines of a text file (AnnotatorError where it cannot be read)."""
    return _text(path).splitlines()


def is_url(text: str) -> bool:
    """Whether a line is meant as a URL, of whatever scheme."""
    return "://" in text[:20]


def photo_at(url: str, fetch: Callable[[str], bytes], row: Row | None = None) -> Found:
    """A photo by its URL, called as the URL's last part says."""
    try:
        last = PurePosixPath(unquote(urlsplit(url).path)).name
    except ValueError:
        last = ""
    details = Details(url=url) if row is None else row.details
    return Found(clean_text((row.name if row else "") or last or url), partial(fetch, url), details)


def _lines_of_table(path: Path) -> Iterator[dict[str, str]]:
    try:
        yield from csv.DictReader(io.StringIO(_text(path), newline=""))
    except csv.Error as error:
        raise AnnotatorError(f"{path} is no CSV table: {error}.") from error


def _is_known(key: str | None, value: object) -> bool:
    return key is not None and key.strip().lower() in _COLUMNS and isinstance(value, str)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_TABLE:
            raise AnnotatorError(f"{path} is too large for a list.")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise AnnotatorError(f"{path} cannot be read: {(error.strerror or str(error)).lower()}.") from error
    except UnicodeDecodeError as error:
        raise AnnotatorError(f"{path} is not text in UTF-8.") from error
