"""The database itself refuses to change or delete what was decided or imported, whoever asks."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from annotator.project import Project
from annotator.usecases.candidates import candidate_view
from annotator.usecases.decisions import decide
from tests.annotator.photos import accept, import_arrays, photo_arrays, reject


@pytest.fixture
def decided(filled: Project) -> Project:
    decide(filled, accept(candidate_view(filled, 1), (0, 0, 200, 150), (10, 10, 130, 140)))
    decide(filled, reject(candidate_view(filled, 2), "snow", "mist"))
    return filled


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE decision_event SET verdict = 'reject' WHERE id = 1",
        "UPDATE decision_event SET note = 'other'",
        "DELETE FROM decision_event",
        "UPDATE decision_reason SET code = 'spray' WHERE code = 'snow'",
        "DELETE FROM decision_reason",
        "UPDATE crop SET x = 5",
        "DELETE FROM crop WHERE position = 1",
        "INSERT INTO crop (event_id, position, x, y, w, h) VALUES (1, 2, 0, 0, 130, 130)",
        "INSERT INTO decision_reason (event_id, code, position) VALUES (1, 'spray', 0)",
        "UPDATE image SET sha256 = 'other' WHERE id = 1",
        "UPDATE image SET width = 4000",
        "DELETE FROM image",
    ],
)
def test_refused(decided: Project, statement: str) -> None:
    before = rows(decided)
    with pytest.raises(DBAPIError), decided.write() as session:
        session.execute(text(statement))
    assert rows(decided) == before


def test_a_crop_outside_its_image_is_refused(decided: Project) -> None:
    for x, y, w, h in ((300, 0, 101, 150), (0, 200, 150, 101), (-1, 0, 130, 130), (0, 0, 0, 130)):
        with pytest.raises(DBAPIError), decided.write() as session:
            statement = "INSERT INTO crop (event_id, position, x, y, w, h) VALUES (2, 0, :x, :y, :w, :h)"
            session.execute(text(statement), {"x": x, "y": y, "w": w, "h": h})


def test_what_the_prescreening_writes_may_change(decided: Project) -> None:
    with decided.write() as session:
        session.execute(text("UPDATE image SET measured_version = '2'"))


def test_a_table_is_not_emptied_at_once(decided: Project) -> None:
    statement = "TRUNCATE crop" if decided.engine.dialect.name == "postgresql" else "DELETE FROM crop"
    with pytest.raises(DBAPIError), decided.write() as session:
        session.execute(text(statement))


def test_replace_is_refused_without_our_settings(local: Project, tmp_path: Path) -> None:
    """A plain connection, as the sqlite3 shell makes one, whose REPLACE deletes without firing delete triggers."""
    import_arrays(local, tmp_path / "photos", photo_arrays(1))
    decide(local, accept(candidate_view(local, 1)))
    with closing(sqlite3.connect(local.engine.url.database or "")) as connection:
        for table in ("decision_event", "crop"):
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute(f"REPLACE INTO {table} SELECT * FROM {table} ORDER BY 1 LIMIT 1")
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute("UPDATE decision_event SET note = 'other'")


def test_sqlite_is_set_up_to_lose_nothing(local: Project) -> None:
    with local.write() as session:
        wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
        assert {name: session.scalar(text(f"PRAGMA {name}")) for name in wanted} == wanted
        with (
            closing(sqlite3.connect(local.engine.url.database or "", timeout=0)) as other,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            other.execute("BEGIN IMMEDIATE")


def rows(project: Project) -> list[object]:
    with project.read() as session:
        return [
            list(map(tuple, session.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2"))))
            for table in ("decision_event", "decision_reason", "crop", "image")
        ]
