"""The blind test's tally on disk: every pick is a row that is never changed, in one SQLite file."""

import csv
import io
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from app.compare.intervals import wilson
from core.errors import UserError

TABLE = """
CREATE TABLE IF NOT EXISTS picks (
    round TEXT PRIMARY KEY,   -- random; the same round never counts twice
    made_at TEXT NOT NULL,    -- UTC, ISO 8601
    visitor TEXT NOT NULL,    -- random, new with every visit
    photo TEXT NOT NULL,
    photo_sha256 TEXT NOT NULL,
    shown TEXT NOT NULL,      -- JSON: [{"method", "label", "source"}] in the order of the letters
    picked TEXT NOT NULL      -- the method, or "" for no difference
) STRICT
"""
BUSY_SECONDS = 10


class TallyError(UserError):
    """The tally cannot be read or written; `str()` is one sentence."""


@dataclass(frozen=True)
class Shown:
    """A method as it stood in a round: its key, its name, and which weights or folder its output came from."""

    method: str
    label: str
    source: str


@dataclass(frozen=True)
class Pick:
    """One decision of the blind test; `picked` is a method's key, or "" for no difference."""

    round: str
    visitor: str
    photo: str
    photo_sha256: str
    shown: Sequence[Shown]
    picked: str


@dataclass(frozen=True)
class Standing:
    """A method's share of the rounds in which it was shown, with its 95 % interval by Wilson, all 0…1."""

    method: str
    label: str
    shown: int
    picked: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """Picked over shown."""
        return self.picked / self.shown


class Tally:
    """The picks in one file, which is made with the first pick; several processes may write to it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, pick: Pick) -> None:
        """Notes a pick, whole or not at all. A round that is there already stays as it is.

        Raises:
            TallyError: the file cannot be written.
        """
        shown = json.dumps([vars(shown) for shown in pick.shown], ensure_ascii=False)
        now = datetime.now(timezone.utc).isoformat(timespec="seconds")
        row = (pick.round, now, pick.visitor, pick.photo, pick.photo_sha256, shown, pick.picked)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise TallyError(f"The tally {self.path} cannot be written: {error.strerror}.") from error
        with self._open() as database, database:
            database.execute(TABLE)
            database.execute("INSERT OR IGNORE INTO picks VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def rows(self) -> list[dict[str, str]]:
        """Every pick, oldest first, as its columns; `shown` is JSON.

        Raises:
            TallyError: the file cannot be read.
        """
        if not self.path.is_file():
            return []
        with self._open() as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute("SELECT * FROM picks ORDER BY made_at, rowid")]

    def standings(self) -> list[Standing]:
        """How each method stands, the most picked first. A method's weights do not tell it apart from itself.

        Raises:
            TallyError: the file cannot be read.
        """
        labels: dict[str, set[str]] = {}
        shown: dict[str, int] = {}
        picked: dict[str, int] = {}
        for row in self.rows():
            for method in json.loads(row["shown"]):
                labels.setdefault(method["method"], set()).add(method["label"])
                shown[method["method"]] = shown.get(method["method"], 0) + 1
            picked[row["picked"]] = picked.get(row["picked"], 0) + 1
        standings = [
            Standing(key, common_label(labels[key]), count, picked.get(key, 0), *wilson(picked.get(key, 0), count))
            for key, count in shown.items()
        ]
        return sorted(standings, key=lambda standing: (-standing.share, standing.label))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=BUSY_SECONDS)) as database:
                yield database
        except sqlite3.Error as error:
            raise TallyError(f"The tally {self.path} cannot be used: {error}.") from error


def standings_csv(standings: Sequence[Standing]) -> str:
    """The tally as CSV: a row a method, with its share and the bounds of its 95 % interval by Wilson."""
    return write_csv(
        ("method", "label", "shown", "picked", "share", "wilson95_low", "wilson95_high"),
        [
            (
                *(each.method, each.label, each.shown, each.picked),
                *(f"{number:.4f}" for number in (each.share, each.low, each.high)),
            )
            for each in standings
        ],
    )


def picks_csv(rows: Sequence[dict[str, str]]) -> str:
    """Every pick as CSV, a row a round; the methods shown are in the order of the letters."""
    columns = ("round", "made_at", "visitor", "photo", "photo_sha256", "shown", "sources", "picked")
    table = []
    for row in rows:
        shown = json.loads(row["shown"])
        cells = row | {
            "shown": " ".join(method["method"] for method in shown),
            "sources": "; ".join(method["source"] for method in shown),
            "picked": row["picked"] or "no difference",
        }
        table.append(tuple(cells[column] for column in columns))
    return write_csv(columns, table)


def write_csv(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """CSV with quotes where they are needed; cells that a spreadsheet would take for a formula get an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def harmless(cell: object) -> object:
    """Names come from files: a leading =, +, - or @ must not become a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@")) else cell


def common_label(labels: set[str]) -> str:
    """What a method is called that was shown under these labels: without the weights in brackets where they differ."""
    first = min(labels)
    return first if len(labels) == 1 else first.partition(" (")[0]
