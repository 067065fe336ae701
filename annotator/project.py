"""A project: a folder with the originals, a database with the decisions, and the rules."""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path

from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session

from annotator.blobs import Blobs
from annotator.database import migrations
from annotator.database.backup import back_up
from annotator.database.engine import file_url, make_engine, reading, writing
from annotator.database.models import ProjectRow, Reason
from annotator.errors import AnnotatorError
from annotator.rules import REASONS, Rules

DATABASE = "annotator.sqlite"


class Project:
    """An open project; made by `open_project`. Threads may share it.

    Attributes:
        folder: where `blobs/`, `backups/` and, with SQLite, the database lie.
        engine: the database.
        blobs: the originals.
        rules: what holds for photos, crops and votes.
    """

    def __init__(self, folder: Path, engine: Engine, rules: Rules) -> None:
        self.folder = folder
        self.engine = engine
        self.blobs = Blobs(folder / "blobs")
        self.rules = rules

    @property
    def backups(self) -> Path:
        """The folder of the database's backups."""
        return self.folder / "backups"

    @property
    def identity(self) -> str:
        """Tells projects apart, also from one that was in the same folder before; a backup keeps it."""
        with self.read() as session:
            made = session.scalars(select(ProjectRow.created_at)).one()
        return hashlib.sha256(f"{self.folder.resolve()} {made.isoformat()}".encode()).hexdigest()[:12]

    def read(self) -> AbstractContextManager[Session]:
        """A session for reading (AnnotatorError where the database cannot be used)."""
        return reading(self.engine)

    def write(self, *, durable: bool = True) -> AbstractContextManager[Session]:
        """A session for writing: one at a time, committed at its end or not at all (AnnotatorError as for `read`).

        `durable=False` is for what may be lost in a power cut, such as leases: the commit does not wait for the disk.
        """
        return writing(self.engine, durable=durable)

    def close(self) -> None:
        """Lets go of the database's connections."""
        self.engine.dispose()

    @contextmanager
    def served(self) -> Iterator[None]:
        """Held by the one server of this folder.

        Raises:
            AnnotatorError: another server holds it.
        """
        with open(self.folder / "server.lock", "a") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise AnnotatorError(
                    f"Another server is running on {self.folder}: stop it, or use that one."
                ) from error
            yield


def open_project(folder: str | Path, url: str | None = None, *, create: bool = True) -> Project:
    """Opens a project; makes it where there is none, and brings its database up to date after a backup.

    Args:
        folder: the project's folder.
        url: the database, such as postgresql://user@host/name; None for SQLite in the folder.
        create: False to refuse a folder that holds no project.

    Raises:
        AnnotatorError: no project (with `create=False`), a database of a newer version or of another program, a folder
            or database that cannot be used.
    """
    folder = Path(folder)
    file = folder / DATABASE
    if not create and url is None and not file.is_file():
        raise AnnotatorError(
            f"There is no project in {folder}: `python -m annotator import {folder} PHOTOS` makes one."
        )
    try:
        (folder / "blobs").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AnnotatorError(
            f"The project {folder} cannot be made: {(error.strerror or str(error)).lower()}."
        ) from error
    engine = make_engine(url or file_url(file))
    try:
        bring_up_to_date(engine, folder)
        with reading(engine) as session:
            return Project(folder, engine, stored_rules(session))
    except BaseException:
        engine.dispose()
        raise


def bring_up_to_date(engine: Engine, folder: Path) -> None:
    """Brings a database to this program's version, after a backup into the folder; gives an empty one its tables.

    Raises:
        AnnotatorError: it is of a newer version, of another program, or cannot be used.
    """
    with reading(engine) as session:
        version = migrations.version_of(session.connection())
        foreign = version is None and not migrations.is_empty(session.connection())
    if version == migrations.head():
        return
    name = engine.url.render_as_string(hide_password=True)
    if foreign:
        raise AnnotatorError(f"The database {name} belongs to another program.")
    if version is not None and not migrations.is_known(version):
        raise AnnotatorError(f"The database {name} was made by a newer version of the annotator: update this one.")
    if version is not None:
        back_up(engine, folder / "backups", f"before-{migrations.head()}")
    with writing(engine) as session:
        if migrations.version_of(session.connection()) == version:  # nobody else was faster
            migrations.upgrade(session.connection())
        if session.get(ProjectRow, 1) is None:
            _first_rows(session)


def _first_rows(session: Session) -> None:
    session.execute(insert(ProjectRow).values(id=1, created_at=datetime.now(timezone.utc), **asdict(Rules())))
    session.execute(
        insert(Reason),
        [
            {"code": reason.code, "label": reason.label, "key": reason.key, "position": position, "active": True}
            for position, reason in enumerate(REASONS)
        ],
    )


def stored_rules(session: Session) -> Rules:
    """The rules that the database holds now; another process may have changed them since the project was opened."""
    return Rules(*session.connection().execute(_STORED_RULES).one())


_STORED_RULES = select(ProjectRow.min_side, ProjectRow.crop_min_side, ProjectRow.crop_aspect, ProjectRow.votes_required)
