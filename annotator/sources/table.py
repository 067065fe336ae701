"""Lists: paths or URLs a line, and CSV tables that say where photos come from."""

import csv
import io
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from annotator.errors import AnnotatorError
from annotator.sources.found import Details, Found, clean_text, read_file
from annotator.sources.names import find_file
from annotator.texts import read_text

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

_DELIMITERS = ",;\t"


@dataclass(frozen=True)
class Row:
    """A line of a table: a file's name or path, a URL, or both, with the rest."""

    name: str
    details: Details


def read_table(path: Path) -> tuple[Row, ...]:
    """A CSV file with a header: name (or file, path) and/or url, and page, author, licence, query as far as known.

    Commas, semicolons or tabs stand between the columns: whichever lets the header name the most known ones.

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
    return tuple(rows)


def photos_of_table(path: Path, fetch: Callable[[str], bytes]) -> Iterator[Found]:
    """The photos that a CSV file lists: files beside it by name, everything else by URL (AnnotatorError as above)."""
    for row in read_table(path):
        file = find_file(path.parent, row.name) if row.name else None
        if row.details.url and not (file and os.path.isfile(file)):  # False, too, for what is too long for a file
            yield photo_at(row.details.url, fetch, row)
        elif file:
            yield Found(clean_text(row.name), partial(read_file, file, row.name), row.details)


def photos_of_list(lines: Iterable[str], fetch: Callable[[str], bytes], beside: Path) -> Iterator[Found]:
    """Paths (relative ones from `beside` on) and URLs, one a line; empty lines and those with # are left out.

    A path may stand in double quotes, and may have `\\` between its parts, as Windows copies it.
    """
    for line in lines:
        entry = line.strip()
        if not entry or entry.startswith("#"):
            continue
        if is_url(entry):
            yield photo_at(entry, fetch)
        else:
            name = entry[1:-1] if len(entry) > 2 and entry[0] == entry[-1] == '"' else entry
            yield Found(clean_text(name), partial(read_file, find_file(beside, name), clean_text(name)))


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
    text = read_text(path)
    first, _, rest = text.partition("\n")
    if told := re.fullmatch(r"sep=(.)\s*", first):  # Excel's own line
        delimiter, text = told[1], rest
    else:
        delimiter = max(_DELIMITERS, key=lambda each: sum(_is_known(key, key) for key in first.split(each)))
    try:
        yield from csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise AnnotatorError(f"{path} is no CSV table: {error}.") from error


def _is_known(key: str | None, value: object) -> bool:
    return key is not None and key.strip(' \t\r"').lower() in _COLUMNS and isinstance(value, str)
