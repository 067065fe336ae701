"""Backing a project up and restoring it: the database alone, or everything in one zip; snapshots on a schedule."""

import logging
import os
import secrets
import shutil
import tempfile
import threading
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from annotator.database.backup import back_up, backups_in, check, keep_newest, restore
from annotator.database.models import Image
from annotator.errors import AnnotatorError
from annotator.project import Project, bring_up_to_date
from annotator.usecases.originals import photo_names

SNAPSHOT = "snapshot"
_DATABASE = "annotator.sqlite"


@dataclass(frozen=True)
class Backup:
    """A backup's file, and the names of the photos whose originals, missing or damaged here, are not in it."""

    file: Path
    lacking: tuple[str, ...] = ()


def back_up_project(project: Project, target: Path | None = None, *, photos: bool = False) -> Backup:
    """Writes a backup: whole, or nothing.

    Args:
        project: the project; others may go on working in it.
        target: the file, a zip archive if it is called so; None for a new one in the project's `backups/` (SQLite
            file, or zip with the photos).
        photos: the originals too, in a zip; otherwise the database alone.

    Raises:
        AnnotatorError: it exists, or cannot be written.
    """
    if target is not None and target.exists():
        raise AnnotatorError(f"{target} exists already: give a backup a new name.")
    database = back_up(project.engine, project.backups)
    if target is None and not photos:
        return Backup(database)
    target = target or database.with_suffix(".zip")
    temporary = target.parent / f".{secrets.token_hex(8)}.part"
    lacking: list[str] = []
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if photos or target.suffix.lower() == ".zip":
            lacking = _write_zip(project, database, temporary, photos=photos)
        else:
            shutil.copyfile(database, temporary)
        with open(temporary, "rb") as stream:
            os.fsync(stream.fileno())
        os.replace(temporary, target)
    except OSError as error:
        raise AnnotatorError(
            f"The backup {target} cannot be written: {(error.strerror or str(error)).lower()}."
        ) from error
    finally:
        for leftover in (temporary, database):
            with suppress(OSError):
                leftover.unlink()
    return Backup(target, tuple(lacking))


def check_backup(backup: Path) -> None:
    """Raises AnnotatorError unless a file looks like a backup of this version or an older one."""
    if not backup.is_file():
        raise AnnotatorError(f"There is no backup {backup}.")
    if not zipfile.is_zipfile(backup):
        check(backup)
        return
    with zipfile.ZipFile(backup) as archive:
        if _DATABASE not in archive.namelist():
            raise AnnotatorError(f"{backup} is no backup of an annotator's project.")


def restore_project(project: Project, backup: Path) -> int:
    """Puts a backup's content in the place of the database's, which is backed up first; originals are only added.

    Returns:
        How many originals the restored database names that are not in the project's folder.

    Raises:
        AnnotatorError: a server is running on the project, or the file is no backup, damaged or of a newer version:
            the project is then as it was.
    """
    check_backup(backup)
    with project.served(), tempfile.TemporaryDirectory(dir=project.folder) as folder:
        database = backup
        if zipfile.is_zipfile(backup):
            database = _read_zip(project, backup, Path(folder))
        check(database)
        back_up(project.engine, project.backups, "before-restore")
        restore(project.engine, database)
        bring_up_to_date(project.engine, project.folder)
    with project.read() as session:
        return sum(not project.blobs.path(sha256).is_file() for sha256 in session.scalars(select(Image.sha256)))


def restore_newest(project: Project, snapshots: Path) -> tuple[Path, int] | None:
    """Brings the newest snapshot back into a project without photos, as a Space's is that began anew.

    Returns:
        The snapshot, and how many originals are missing; None where the project has photos or there is no snapshot.

    Raises:
        AnnotatorError: as for `restore_project`.
    """
    with project.read() as session:
        if session.scalar(select(Image.id).limit(1)) is not None:
            return None
    found = backups_in(snapshots, SNAPSHOT)
    return (found[-1], restore_project(project, found[-1])) if found else None


class Snapshots:
    """Copies the database out into a folder every so often, as a Space needs whose disk does not last.

    A context manager: between entering and leaving a thread writes a snapshot every `seconds`, and one at the end. On a
    Space the folder is one that lasts, or one that huggingface_hub's CommitScheduler pushes. The newest `keep` stay.
    What fails is logged and tried again.
    """

    def __init__(self, project: Project, folder: Path, seconds: float = 600.0, keep: int = 24) -> None:
        self.failure: AnnotatorError | None = None
        """Why the last snapshot could not be written; None when it could."""
        self._project, self._folder, self._seconds, self._keep = project, folder, seconds, keep
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Snapshots":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._take()

    def _run(self) -> None:
        while not self._stop.wait(self._seconds):
            self._take()

    def _take(self) -> None:
        try:
            back_up(self._project.engine, self._folder, SNAPSHOT)
            keep_newest(self._folder, SNAPSHOT, self._keep)
            self.failure = None
        except AnnotatorError as error:
            self.failure = error
            logging.getLogger("annotator").error("%s", error)


def _write_zip(project: Project, database: Path, target: Path, *, photos: bool) -> list[str]:
    """Gives the names of the photos whose originals are not in it."""
    lacking = []
    with zipfile.ZipFile(target, "x", zipfile.ZIP_STORED, allowZip64=True) as archive:
        archive.write(database, _DATABASE, zipfile.ZIP_DEFLATED)
        for sha256, name in photo_names(project).items() if photos else ():
            try:
                content = project.blobs.read(sha256)
            except AnnotatorError:
                lacking.append(name)
            else:
                archive.writestr(f"blobs/{sha256[:2]}/{sha256}", content)
    return lacking


def _read_zip(project: Project, backup: Path, folder: Path) -> Path:
    """Takes the originals in and gives the database's file."""
    try:
        with zipfile.ZipFile(backup) as archive:
            for entry in archive.infolist():
                if entry.filename == _DATABASE:
                    with archive.open(entry) as source, open(folder / _DATABASE, "xb") as target:
                        shutil.copyfileobj(source, target)
                elif entry.filename.startswith("blobs/"):
                    content = archive.read(entry)
                    if project.blobs.put(content) != Path(entry.filename).name:
                        raise AnnotatorError(f"The backup {backup} is damaged: {entry.filename} has another content.")
    except (zipfile.BadZipFile, EOFError) as error:
        raise AnnotatorError(f"The backup {backup} is damaged.") from error
    if not (folder / _DATABASE).is_file():
        raise AnnotatorError(f"{backup} is no backup of an annotator's project.")
    return folder / _DATABASE
