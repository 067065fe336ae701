"""From a database's URL to an engine whose transactions are safe: one writer at a time, every commit on the disk."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from annotator.errors import AnnotatorError

BUSY_SECONDS = 30
"""How long a writer waits for the one before it."""

_WRITERS = 0x5E3127A1
"""The key of the advisory lock that makes PostgreSQL's writers wait for each other."""

_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "recursive_triggers = ON",
    f"busy_timeout = {BUSY_SECONDS * 1000}",
    "cache_size = -65536",
)


def file_url(file: Path) -> URL:
    """The URL of a SQLite file, whatever characters its path holds: `?`, `#` and `%` mean something in a URL's text."""
    return URL.create("sqlite", database=str(file))


def make_engine(url: str | URL) -> Engine:
    """An engine for `sqlite:///FILE` (`file_url` of a path) or `postgresql://…`.

    SQLite: WAL, synchronous FULL, foreign keys, writers begin with BEGIN IMMEDIATE. PostgreSQL: writers take an
    advisory lock first. So on both nothing changes under a transaction that writes.

    Raises:
        AnnotatorError: the URL is of another database, or makes no sense.
    """
    try:
        parsed = make_url(url)
        if parsed.drivername in ("postgresql", "postgres"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() not in ("sqlite", "postgresql"):
            raise AnnotatorError(f"A project's database is SQLite or PostgreSQL, not {parsed.get_backend_name()}.")
        if parsed.get_backend_name() == "sqlite":
            engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS})
            event.listen(engine, "connect", _prepare_sqlite)
        else:
            engine = create_engine(parsed, pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise AnnotatorError(f"{_without_password(str(url))} is not the URL of a database.") from error
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only reads, in one transaction that sees one state of the database.

    Raises:
        AnnotatorError: the database cannot be used; says why.
    """
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with _sentences(engine), Session(engine, expire_on_commit=False) as session:
        yield session


@contextmanager
def writing(engine: Engine, *, durable: bool = True) -> Iterator[Session]:
    """A session that is committed at the end, or leaves nothing when anything is raised. Other writers wait.

    With `durable=False` the commit does not wait for the disk: a power cut may undo it, but never what is durable.

    Raises:
        AnnotatorError: the database cannot be used (disk full, read-only, locked for too long …); says why.
    """
    with (
        _sentences(engine),
        Session(engine.execution_options(writes=True, durable=durable), expire_on_commit=False) as session,
        session.begin(),
    ):
        yield session


def _prepare_sqlite(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    assert isinstance(connection, sqlite3.Connection)
    connection.isolation_level = None  # the driver begins nothing by itself: _begin does
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(value: str | float | bytes | None) -> str | float | bytes | None:
    """SQLite's own `lower` knows ASCII alone."""
    return value.lower() if isinstance(value, str) else value


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    writes, durable = options.get("writes", False), options.get("durable", True)
    if connection.dialect.name == "sqlite":
        if writes:
            connection.exec_driver_sql(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    elif writes:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{BUSY_SECONDS}s'")
        if not durable:
            connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")


@contextmanager
def _sentences(engine: Engine) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        sentence = _sentence(error, _name(engine))
        if sentence is None:
            raise
        raise AnnotatorError(sentence) from error


_SENTENCES = (
    (r"database or disk is full|No space left", "cannot be written: the disk is full; nothing of this step was kept"),
    (r"readonly database|read-only", "cannot be written: it is read-only"),
    (r"database is locked|lock timeout", f"is held by another program for more than {BUSY_SECONDS} seconds; try again"),
    (r"unable to open database file", "cannot be opened"),
    (r"malformed|not a database", "is damaged or not a database; `python -m annotator restore` brings a backup back"),
    (r"disk I/O error", "cannot be written or read: the disk reports an error"),
)


def _sentence(error: DBAPIError, name: str) -> str | None:
    message = str(error.orig)
    for pattern, sentence in _SENTENCES:
        if re.search(pattern, message, re.IGNORECASE):
            return f"The database {name} {sentence}."
    if isinstance(error, OperationalError) and not isinstance(error.orig, sqlite3.Error):
        return f"The database {name} cannot be reached: {message.strip().splitlines()[0]}."
    return None


def _name(engine: Engine) -> str:
    if engine.dialect.name == "sqlite":
        return engine.url.database or "in memory"
    return engine.url.render_as_string(hide_password=True)


def _without_password(url: str) -> str:
    return re.sub(r"://[^@/]*@", "://…@", url)
