"""Databases of other versions and of other programs; migrations and the backup before them; damaged files."""

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from annotator.database import migrations
from annotator.database.models import Base
from annotator.errors import AnnotatorError
from annotator.project import Project, open_project
from annotator.usecases.candidates import candidate_view
from annotator.usecases.decisions import decide
from tests.annotator.photos import accept


def test_the_migrations_make_the_tables_of_the_models(project: Project) -> None:
    with project.read() as session:
        inspector = inspect(session.connection())
        assert set(inspector.get_table_names()) == {*Base.metadata.tables, "alembic_version"}
        for table in Base.metadata.sorted_tables:
            found = {column["name"]: column["nullable"] for column in inspector.get_columns(table.name)}
            assert found == {column.name: column.nullable for column in table.columns}
            assert inspector.get_pk_constraint(table.name)["constrained_columns"] == list(
                table.primary_key.columns.keys()
            )
            assert {key["referred_table"] for key in inspector.get_foreign_keys(table.name)} == {
                key.column.table.name for key in table.foreign_keys
            }


def test_a_newer_version_is_refused(filled: Project, url: str | None) -> None:
    with filled.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    filled.close()
    with pytest.raises(AnnotatorError, match=r"newer version of the annotator: update this one\.$"):
        open_project(filled.folder, url)


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    with closing(sqlite3.connect(folder / "annotator.sqlite")) as connection:
        connection.execute("CREATE TABLE songs (id INTEGER)")
        connection.commit()
    with pytest.raises(AnnotatorError, match="belongs to another program"):
        open_project(folder)


@pytest.mark.parametrize("content", [b"this is no database, only text " * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_database_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "annotator.sqlite").write_bytes(content)
    with pytest.raises(AnnotatorError, match=r"is damaged or not a database") as caught:
        open_project(folder)
    assert one_sentence(caught.value)
    assert (folder / "annotator.sqlite").read_bytes() == content


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program as it may be one day: with one more migration."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrations.FOLDER, folder)
    (folder / "versions" / "0003_third.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        "revision = '0003'\ndown_revision = '0002'\n\n"
        "def upgrade():\n    op.add_column('image', sa.Column('camera', sa.Text()))\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(migrations, "FOLDER", folder)
    return folder


def test_an_older_version_is_backed_up_and_brought_up_to_date(filled: Project, url: str | None, request) -> None:  # type: ignore[no-untyped-def]
    decide(filled, accept(candidate_view(filled, 1)))
    before = candidate_view(filled, 1)
    filled.close()
    request.getfixturevalue("next_version")
    newer = open_project(filled.folder, url)
    assert candidate_view(newer, 1) == before
    with newer.read() as session:
        assert MigrationContext.configure(session.connection()).get_current_revision() == "0003"
        assert session.execute(text("SELECT camera FROM image")).all() == [(None,)] * 6
    newer.close()
    (backup,) = (filled.folder / "backups").glob("before-0003-*.sqlite")
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0002",)]
        assert connection.execute("SELECT count(*) FROM image").fetchone() == (6,)
        assert connection.execute("SELECT count(*) FROM crop").fetchone() == (1,)


def test_a_migration_that_fails_changes_nothing(filled: Project, url: str | None, next_version: Path) -> None:
    filled.close()
    with open(next_version / "versions" / "0003_third.py", "a") as stream:
        stream.write("    op.execute('INSERT INTO nowhere VALUES (1)')\n")
    with pytest.raises(Exception, match="nowhere"):
        open_project(filled.folder, url)
    with filled.read() as session:
        assert MigrationContext.configure(session.connection()).get_current_revision() == "0002"
        assert "camera" not in {column["name"] for column in inspect(session.connection()).get_columns("image")}


def one_sentence(error: Exception) -> bool:
    text_ = str(error)
    return "\n" not in text_ and text_.endswith(".") and not re.search(r"Traceback|sqlalche\.me|\[SQL", text_)
