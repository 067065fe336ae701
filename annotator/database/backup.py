"""Backups: a database as one SQLite file, taken while others go on working, and brought back."""

import os
import re
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, func, insert, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from annotator.database import migrations
from annotator.database.engine import file_url, make_engine
from annotator.errors import AnnotatorError

_ROWS = 5000
_ENDING = r"-(?:(\d{6,})-)?\d{8}T\d+Z"
"""Of a backup's name without its suffix: number and time."""


def back_up(engine: Engine, folder: Path, label: str = "backup") -> Path:
    """Writes `LABEL-NUMBER-TIME.sqlite` into a folder: SQLite by its backup API, PostgreSQL row by row.

    Returns:
        The file, complete and on the disk; its number is above those of all others of its label there.

    Raises:
        AnnotatorError: it cannot be written; nothing is left.
    """
    moment = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%S%fZ")
    number = max((_number(other) for other in backups_in(folder, label)), default=0) + 1
    target = folder / f"{label}-{number:06}-{moment}.sqlite"
    temporary = folder / f".{target.name}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            if engine.dialect.name == "sqlite":
                _copy_file(Path(engine.url.database or ""), temporary)
            else:
                _copy_to_file(engine, temporary)
            with open(temporary, "rb") as stream:
                os.fsync(stream.fileno())
            os.replace(temporary, target)
        finally:
            for leftover in (
                temporary,
                Path(f"{temporary}-journal"),
                Path(f"{temporary}-wal"),
                Path(f"{temporary}-shm"),
            ):
                with suppress(OSError):
                    leftover.unlink()
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        raise AnnotatorError(f"The backup {target} cannot be written: {_reason(error)}.") from error
    return target


def restore(engine: Engine, backup: Path) -> None:
    """Puts a backup's content in the place of the database's: all of it, or nothing.

    On PostgreSQL the annotator's own tables alone are replaced; where another program's views or foreign keys rest on
    them, nothing is.

    Raises:
        AnnotatorError: the file is no backup, is damaged, or is of a newer version; the database cannot be written.
    """
    version = check(backup)
    try:
        _replace(engine, backup, version)
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        raise AnnotatorError(f"The backup {backup} cannot be brought back: {_reason(error)}.") from error


def _replace(engine: Engine, backup: Path, version: str) -> None:
    if engine.dialect.name == "sqlite":
        engine.dispose()
        with closing(sqlite3.connect(backup)) as source, closing(sqlite3.connect(engine.url.database or "")) as target:
            target.execute("PRAGMA synchronous = FULL")
            source.backup(target)
        return
    source_engine = make_engine(file_url(backup))
    try:
        with source_engine.connect() as rows, engine.execution_options(writes=True).begin() as target:
            migrations.remove(target)
            migrations.upgrade(target, version)
            _copy_rows(rows, target)
    finally:
        source_engine.dispose()


def check(backup: Path) -> str:
    """The version of a backup that can be restored.

    Raises:
        AnnotatorError: the file is missing, no backup, damaged, or of a newer version.
    """
    if not backup.is_file():
        raise AnnotatorError(f"There is no backup {backup}.")
    try:
        with closing(sqlite3.connect(f"{backup.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            whole = connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            if not whole or connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
                raise AnnotatorError(f"The backup {backup} is damaged.")
            version: str = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
            connection.execute("SELECT crop_min_side FROM project")  # other programs number their versions so too
    except (sqlite3.Error, TypeError) as error:
        raise AnnotatorError(f"{backup} is no backup of an annotator's database.") from error
    if not migrations.is_known(version):
        raise AnnotatorError(f"The backup {backup} was made by a newer version of the annotator: update this one.")
    return version


def backups_in(folder: Path, label: str) -> list[Path]:
    """The backups of a label, in the order in which they were written: by their numbers, whatever the clock said.

    Those of earlier versions have no number; they come before all others, by time.
    """
    found = (file for file in folder.glob("*.sqlite") if re.fullmatch(f"{re.escape(label)}{_ENDING}", file.stem))
    return sorted(found, key=lambda file: (_number(file), file.name))


def _number(backup: Path) -> int:
    found = re.search(f"{_ENDING}$", backup.stem)
    return int(found[1] or 0) if found else 0


def keep_newest(folder: Path, label: str, count: int) -> None:
    """Deletes all but the `count` backups of a label that were written last."""
    for old in backups_in(folder, label)[:-count]:
        with suppress(OSError):
            old.unlink()


def _reason(error: Exception) -> str:
    """Why a file or a database could not be used, in one line."""
    found = (error.strerror if isinstance(error, OSError) else None) or str(getattr(error, "orig", None) or error)
    return found.strip().split("\n")[0].rstrip(".").lower()


def _copy_file(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")


def _copy_to_file(engine: Engine, target: Path) -> None:
    file_engine = make_engine(file_url(target))
    try:
        with (
            engine.connect().execution_options(isolation_level="REPEATABLE READ") as source,
            file_engine.execution_options(writes=True).begin() as copy,
        ):
            version = migrations.version_of(source)
            migrations.upgrade(copy, version or "head")
            _copy_rows(source, copy)
    finally:
        file_engine.dispose()
    with closing(sqlite3.connect(target)) as copy_file:
        copy_file.execute("PRAGMA journal_mode = DELETE")


def _copy_rows(source: Connection, target: Connection) -> None:
    """Every row of every table into tables of the same version; one side is a backup, which holds no others' tables."""
    aware = target.dialect.name != "sqlite"
    tables = [name for name in inspect(source if aware else target).get_table_names() if name != "alembic_version"]
    metadata = MetaData()
    metadata.reflect(target, only=tables)
    with without_triggers(target, tables):
        for table in metadata.sorted_tables:
            target.execute(table.delete())
            order = list(table.primary_key.columns)
            for rows in source.execute(select(table).order_by(*order)).mappings().partitions(_ROWS):
                target.execute(insert(table), [{key: _instant(row[key], aware) for key in row} for row in rows])
    advance_sequences(target, metadata)


def advance_sequences(connection: Connection, metadata: MetaData) -> None:
    """Makes PostgreSQL's next ids follow the rows that were written with ids of their own; SQLite does so by itself."""
    if connection.dialect.name == "sqlite":
        return
    for table in metadata.sorted_tables:
        if list(table.primary_key.columns.keys()) == ["id"]:
            sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, "id")))
            if sequence:
                connection.execute(select(func.setval(sequence, select(func.max(table.c.id)).scalar_subquery())))


def _instant(value: Any, aware: bool) -> Any:
    """Instants are aware in PostgreSQL, and in UTC without a zone in SQLite."""
    if not isinstance(value, datetime):
        return value
    if aware:
        return value if value.tzinfo else value.replace(tzinfo=timezone.utc)
    return value.astimezone(timezone.utc).replace(tzinfo=None) if value.tzinfo else value


@contextmanager
def without_triggers(connection: Connection, tables: Collection[str]) -> Iterator[None]:
    """Takes the triggers of these tables away and puts them back: a copy is written table by table, and whole."""
    if connection.dialect.name == "sqlite":
        query = "SELECT name, sql, tbl_name FROM sqlite_master WHERE type = 'trigger'"
        triggers = [(name, sql) for name, sql, table in connection.exec_driver_sql(query) if table in tables]
        for name, _ in triggers:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        yield
        for _, statement in triggers:
            connection.exec_driver_sql(statement)
        return
    for table in tables:
        connection.exec_driver_sql(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
    yield
    for table in tables:
        connection.exec_driver_sql(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
