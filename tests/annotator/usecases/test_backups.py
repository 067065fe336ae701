"""Backups while others work, and what comes back from them."""

import shutil
import sqlite3
import time
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from annotator.candidate import CandidateView
from annotator.errors import AnnotatorError
from annotator.project import Project, open_project
from annotator.usecases.backups import Snapshots, back_up_project, restore_newest, restore_project
from annotator.usecases.candidates import candidate_view
from annotator.usecases.decisions import decide, rebuild_current
from annotator.usecases.importing import import_photos
from annotator.usecases.queue import Filters
from annotator.usecases.review import gallery
from tests.annotator.photos import accept, import_arrays, photo_arrays, reject


def everything(project: Project) -> tuple[CandidateView, ...]:
    return gallery(project, Filters(states=()), size=500).views


@pytest.fixture
def decided(filled: Project) -> Project:
    decide(filled, accept(candidate_view(filled, 1), (0, 0, 130, 130), (9, 9, 131, 132), note="雨"))
    decide(filled, reject(candidate_view(filled, 2), "mist", "spray"))
    return filled


def test_back_to_what_was(decided: Project) -> None:
    before = everything(decided)
    backup = back_up_project(decided).file
    decide(decided, reject(candidate_view(decided, 1)))
    after = everything(decided)
    assert restore_project(decided, backup) == 0
    assert everything(decided) == before and rebuild_current(decided) == 0
    (kept,) = decided.backups.glob("before-restore-*.sqlite")
    restore_project(decided, kept)
    assert everything(decided) == after
    decide(decided, reject(candidate_view(decided, 3)))
    with pytest.raises(DBAPIError), decided.write() as session:
        session.execute(text("UPDATE decision_event SET note = 'other'"))


def test_everything_in_a_zip_makes_the_project_elsewhere(decided: Project, tmp_path: Path) -> None:
    backup = back_up_project(decided, tmp_path / "all.zip", photos=True).file
    assert list(decided.backups.iterdir()) == []
    other = open_project(tmp_path / "other")
    assert restore_project(other, backup) == 0
    assert everything(other) == everything(decided)
    assert all(other.blobs.read(view.sha256) == decided.blobs.read(view.sha256) for view in everything(decided))
    other.close()


def test_the_database_alone_says_what_is_missing(decided: Project, tmp_path: Path) -> None:
    backup = back_up_project(decided, tmp_path / "database.sqlite").file
    other = open_project(tmp_path / "other")
    assert restore_project(other, backup) == 6
    other.close()


def test_a_backup_is_a_whole_database(decided: Project) -> None:
    """One SQLite file, whatever it was taken from."""
    backup = back_up_project(decided).file
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*) FROM decision_event").fetchone() == (2,)
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute("DELETE FROM crop")
    assert [path.name for path in decided.backups.iterdir()] == [backup.name]


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + bytes(3000)])
def test_what_is_no_backup_changes_nothing(local: Project, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad").write_bytes(content)
    with pytest.raises(AnnotatorError, match=r"is no backup|is damaged"):
        restore_project(local, tmp_path / "bad")
    with pytest.raises(AnnotatorError, match="There is no backup"):
        restore_project(local, tmp_path / "nothing")
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(AnnotatorError, match="is no backup"):
        restore_project(local, tmp_path / "bad.zip")
    assert everything(local) == ()


def changed(backup: Path, statement: str) -> Path:
    """The backup after a statement, its triggers left out."""
    with closing(sqlite3.connect(backup)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)
        connection.commit()
    return backup


@pytest.mark.parametrize("statement", ["DROP TABLE project", "DELETE FROM curator"])
def test_a_backup_that_is_not_whole_changes_nothing(decided: Project, statement: str) -> None:
    backup, before = changed(back_up_project(decided).file, statement), everything(decided)
    with pytest.raises(AnnotatorError, match=r"is no backup of an annotator's database\.$|is damaged\.$"):
        restore_project(decided, backup)
    assert everything(decided) == before


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_other_programs_tables_stay(decided: Project) -> None:
    """Their rows, the next of their ids, and their triggers."""
    backup, before = back_up_project(decided).file, everything(decided)
    with decided.write() as session:
        for statement in (
            "CREATE TABLE song (id serial PRIMARY KEY, name text)",
            "INSERT INTO song (name) VALUES ('one'), ('two'), ('three')",
            "DELETE FROM song WHERE name = 'three'",
            "CREATE FUNCTION fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'fixed'; END $$",
            "CREATE TRIGGER fixed BEFORE DELETE ON song EXECUTE FUNCTION fixed()",
        ):
            session.execute(text(statement))
    decide(decided, reject(candidate_view(decided, 3)))
    restore_project(decided, backup)
    assert everything(decided) == before
    with decided.write() as session:
        session.execute(text("INSERT INTO song (name) VALUES ('four')"))
        found = session.execute(text("SELECT id, name FROM song ORDER BY id")).all()
        assert [tuple(row) for row in found] == [(1, "one"), (2, "two"), (4, "four")]
    with pytest.raises(DBAPIError, match="fixed"), decided.write() as session:
        session.execute(text("DELETE FROM song"))


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_what_rests_on_our_tables_is_not_destroyed(decided: Project) -> None:
    backup = back_up_project(decided).file
    with decided.write() as session:
        session.execute(text("CREATE VIEW rainy AS SELECT sha256 FROM image"))
    decide(decided, reject(candidate_view(decided, 3)))
    before = everything(decided)
    with pytest.raises(AnnotatorError, match=r"cannot be brought back: cannot drop table image because other .*\.$"):
        restore_project(decided, backup)
    assert everything(decided) == before
    with decided.read() as session:
        assert len(session.execute(text("SELECT * FROM rainy")).all()) == 6


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_restore_that_fails_halfway_changes_nothing(decided: Project) -> None:
    """SQLite stores a name of any length, PostgreSQL does not."""
    backup = changed(back_up_project(decided).file, "UPDATE curator SET handle = hex(zeroblob(60))")
    decide(decided, reject(candidate_view(decided, 3)))
    before = everything(decided)
    with pytest.raises(AnnotatorError, match="cannot be brought back: value too long"):
        restore_project(decided, backup)
    assert everything(decided) == before
    decide(decided, reject(candidate_view(decided, 4)))


def test_a_backup_of_a_newer_version(local: Project) -> None:
    backup = back_up_project(local).file
    with closing(sqlite3.connect(backup)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    with pytest.raises(AnnotatorError, match="newer version"):
        restore_project(local, backup)


def test_not_under_a_running_server(local: Project) -> None:
    backup = back_up_project(local).file
    other = open_project(local.folder)
    with other.served(), pytest.raises(AnnotatorError, match=r"Another server is running on .*\.$"):
        restore_project(local, backup)
    restore_project(local, backup)
    other.close()


def test_only_one_server(local: Project) -> None:
    other = open_project(local.folder)
    with local.served(), pytest.raises(AnnotatorError, match="Another server"), other.served():
        pass
    with other.served():
        pass
    other.close()


def test_a_backup_is_never_overwritten_and_leaves_nothing(local: Project, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("mine")
    with pytest.raises(AnnotatorError, match="exists already"):
        back_up_project(local, tmp_path / "there")
    with pytest.raises(AnnotatorError, match="cannot be written"):
        back_up_project(local, Path("/proc/nothing/backup.sqlite"))
    assert list(local.backups.glob("*")) == []


def test_snapshots_are_taken_and_the_oldest_go(local: Project, tmp_path: Path) -> None:
    folder = tmp_path / "snapshots"
    with Snapshots(local, folder, seconds=0.02, keep=3):
        end = time.monotonic() + 60
        seen: set[str] = set()
        while len(seen) < 6 and time.monotonic() < end:
            seen |= {path.name for path in folder.glob("snapshot-*")}
            time.sleep(0.01)
    kept = sorted(path.name for path in folder.iterdir())
    assert len(kept) == 3 and kept[0] > min(seen)


def test_a_clock_that_ran_ahead_costs_no_snapshot(decided: Project, tmp_path: Path) -> None:
    """Neither with snapshots of an earlier version, which have no number, nor with numbered ones."""
    folder = tmp_path / "snapshots"
    ahead = back_up_project(decided, folder / "snapshot-20990101T000000000000Z.sqlite").file
    for day in range(2, 25):
        shutil.copyfile(ahead, folder / f"snapshot-209901{day:02}T000000000000Z.sqlite")
    (folder / "snapshot-of-mine.sqlite").touch()
    for number in (1, 2):
        decide(decided, reject(candidate_view(decided, 3)))
        with Snapshots(decided, folder):
            pass
        assert len(list(folder.glob("snapshot-2*"))) == 24 - number
        (newest,) = folder.glob(f"snapshot-{number:06}-*.sqlite")
        newest.rename(newest.with_name(f"snapshot-{number:06}-{2099 - number}0101T000000000000Z.sqlite"))
    anew = open_project(tmp_path / "anew")
    restored = restore_newest(anew, folder)
    assert restored and restored[0].name.startswith("snapshot-000002-")
    assert everything(anew) == everything(decided) and (folder / "snapshot-of-mine.sqlite").exists()
    anew.close()


@pytest.mark.parametrize("name", ["what rain?", "q#1", "50%25 done", "a?mode=memory&b", "file:x"])
def test_folders_and_backups_may_be_called_anything(tmp_path: Path, name: str) -> None:
    projects = [open_project(tmp_path / f"{name}{number}") for number in (1, 2)]
    import_arrays(projects[0], tmp_path / "photos", photo_arrays(2))
    assert [len(everything(project)) for project in projects] == [2, 0]
    assert {path.name for path in tmp_path.iterdir()} == {f"{name}1", f"{name}2", "photos"}
    backup = back_up_project(projects[0], tmp_path / name / f"backup {name}.sqlite").file
    assert restore_project(projects[1], backup) == 2 and everything(projects[1]) == everything(projects[0])
    zipped = back_up_project(projects[0], tmp_path / name / f"{name}.zip", photos=True).file
    assert restore_project(projects[1], zipped) == 0
    assert {path.name for path in (tmp_path / name).iterdir()} == {backup.name, zipped.name}
    for project in projects:
        project.close()


def test_a_snapshot_that_fails_is_told(local: Project) -> None:
    with Snapshots(local, Path("/proc/nothing"), seconds=60) as snapshots:
        pass
    assert "cannot be written" in str(snapshots.failure)


def test_a_snapshot_of_a_database_that_cannot_be_read_is_told_and_tried_again(filled: Project, tmp_path: Path) -> None:
    """The thread goes on, so that snapshots are taken again once the database is back."""
    folder = tmp_path / "snapshots"
    with filled.write() as session:
        session.execute(text("ALTER TABLE flag RENAME TO away"))
    with Snapshots(filled, folder, seconds=0.02) as snapshots:
        end = time.monotonic() + 60
        if filled.engine.dialect.name == "postgresql":  # SQLite's file is copied whatever is in it
            while not snapshots.failure and time.monotonic() < end:
                time.sleep(0.01)
            assert "cannot be written" in str(snapshots.failure)
        with filled.write() as session:
            session.execute(text("ALTER TABLE away RENAME TO flag"))
        seen = len(list(folder.glob("snapshot-*")))
        while len(list(folder.glob("snapshot-*"))) == seen and time.monotonic() < end:
            time.sleep(0.01)
        assert len(list(folder.glob("snapshot-*"))) > seen
    assert snapshots.failure is None


def test_a_project_that_began_anew_takes_its_newest_snapshot(decided: Project, tmp_path: Path) -> None:
    folder = tmp_path / "snapshots"
    assert restore_newest(decided, folder) is None
    for _ in range(2):
        with Snapshots(decided, folder):
            decide(decided, reject(candidate_view(decided, 3)))
    newest = max(folder.iterdir())
    assert restore_newest(decided, folder) is None
    anew = open_project(tmp_path / "anew")
    assert restore_newest(anew, folder) == (newest, 6)
    assert everything(anew) == everything(decided)
    assert import_photos(anew, tmp_path / "photos").known == 6
    assert all(anew.blobs.path(view.sha256).is_file() for view in everything(anew))
    anew.close()
