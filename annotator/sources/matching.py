"""Which row of a table belongs to which photo."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from annotator.sources.found import Details, Found
from annotator.sources.names import folded
from annotator.sources.table import Row


@dataclass(frozen=True)
class Matching:
    """Rows beside photos.

    Attributes:
        rows: the row of a photo, by the photo's name and URL.
        rows_left: names or URLs of the rows that belong to no photo.
        photos_left: names of the photos without a row.
    """

    rows: dict[tuple[str, str], Row] = field(default_factory=dict)
    rows_left: tuple[str, ...] = ()
    photos_left: tuple[str, ...] = ()

    def details_of(self, found: Found) -> Details:
        """What the table says of a photo."""
        row = self.rows.get(_key(found))
        return row.details if row else Details()


def match_rows(rows: Sequence[Row], photos: Iterable[Found]) -> Matching:
    """Finds each photo's row: by its URL, its whole name, its name without folders; then by the folded names likewise.

    Folded names decide only where they are spelled in one way among the photos and in one way in the table.
    """
    by_name: dict[str, Row] = {}
    for row in rows:
        for name in (row.details.url, row.name):
            if name:
                by_name.setdefault(name, row)
    of_table = _spellings(row.name for row in rows)
    photos = list(photos)
    of_photos = [_spellings(found.name for found in photos), _spellings(_last(found) for found in photos)]
    matched: dict[tuple[str, str], Row] = {}
    for found in photos:
        exact = (by_name[name] for name in (found.details.url, found.name, _last(found)) if name in by_name)
        alike = (
            by_name[next(iter(of_table[folded(name)]))]
            for name, spelled in zip((found.name, _last(found)), of_photos)
            if len(of_table.get(folded(name), ())) == len(spelled[folded(name)]) == 1
        )
        belonging = next(exact, None) or next(alike, None)
        if belonging is not None:
            matched[_key(found)] = belonging
    used = set(map(id, matched.values()))
    return Matching(
        matched,
        tuple(row.name or row.details.url for row in rows if id(row) not in used),
        tuple(dict.fromkeys(found.name for found in photos if _key(found) not in matched)),
    )


def _key(found: Found) -> tuple[str, str]:
    return found.name, found.details.url


def _last(found: Found) -> str:
    return PurePosixPath(found.name).name


def _spellings(names: Iterable[str]) -> dict[str, set[str]]:
    """The different spellings of names that are the same folded."""
    found: dict[str, set[str]] = {}
    for name in names:
        if name:
            found.setdefault(folded(name), set()).add(name)
    return found
