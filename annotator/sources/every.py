"""Sources of every kind: what each of them is, and its photos."""

import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NoReturn

from annotator.errors import AnnotatorError
from annotator.sources.archive import photos_in_archive
from annotator.sources.folder import photos_in_folder
from annotator.sources.found import Found, clean_text, read_file
from annotator.sources.names import find_file, matches
from annotator.sources.table import photos_of_list, photos_of_table
from annotator.texts import read_text
from core.errors import UserError

Origin = Path | list[str]
"""A folder, a zip archive, a photo, a CSV table (`annotator.sources.table`), a text file with a path or a URL a line, a
pattern such as `photos/*.jpg` that is no path; or a list of paths and URLs."""

Fetch = Callable[[str], bytes]
"""Gives the bytes behind a URL, or raises core.errors.UserError."""


def photos_of(sources: Sequence[Origin], fetch: Fetch) -> Iterator[Found]:
    """The photos of all sources. A source that cannot be read as a whole is offered as a photo that cannot be read."""
    for source in sources:
        try:
            yield from _photos(source, fetch)
        except UserError as error:
            yield Found(clean_text(_name(source)), partial(_refuse, error))


def check_sources(sources: Sequence[Origin], fetch: Fetch) -> None:
    """Raises UserError, the first source's, where not one of them can be read as a whole."""
    failures = []
    for source in sources:
        try:
            next(iter(_photos(source, fetch)), None)
            return
        except UserError as error:
            failures.append(error)
    if failures:
        raise failures[0]


def _photos(source: Origin, fetch: Fetch) -> Iterable[Found]:
    if isinstance(source, list):
        return photos_of_list(source, fetch, Path())
    path = find_file(Path(), str(source))
    if path.is_dir():
        return photos_in_folder(path)
    if not path.exists() and (found := matches(str(source))):
        return (photo for match in found for photo in _photos(match, fetch))
    if not path.is_file():
        raise AnnotatorError(f"{source} is not a file." if path.exists() else f"There is no {source}.")
    if path.suffix.lower() == ".csv":
        return photos_of_table(path, fetch)
    if path.suffix.lower() == ".txt":
        return photos_of_list(read_text(path).splitlines(), fetch, path.parent)
    if path.suffix.lower() == ".zip" or zipfile.is_zipfile(path):
        return photos_in_archive(path)
    return [Found(clean_text(path.name), partial(read_file, path, path.name))]


def _name(source: Origin) -> str:
    return ", ".join(source) if isinstance(source, list) else str(source)


def _refuse(error: UserError) -> NoReturn:
    raise error
