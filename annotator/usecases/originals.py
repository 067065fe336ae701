"""Whether the originals are still what was imported."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select

from annotator.blobs import file_sha256
from annotator.database.models import Image, Source
from annotator.project import Project


@dataclass(frozen=True)
class OriginalsReport:
    """How many originals are whole, and the names of the photos whose original is missing or damaged."""

    whole: int
    missing: tuple[str, ...]
    damaged: tuple[str, ...]


def photo_names(project: Project) -> dict[str, str]:
    """What each photo was called when it was imported first, by its original's sha256, in the order of import."""
    first = select(func.min(Source.id)).group_by(Source.image_id)
    with project.read() as session:
        rows = session.execute(
            select(Image.sha256, Source.name)
            .join(Source, Source.image_id == Image.id)
            .where(Source.id.in_(first))
            .order_by(Image.id)
        )
        return dict(rows.tuples().all())


def check_originals(project: Project, progress: Callable[[int, int], object] | None = None) -> OriginalsReport:
    """Reads every original and compares it with its sha256; changes nothing. Importing the photos again mends them.

    Args:
        project: the project.
        progress: called with (originals done, all originals).

    Raises:
        AnnotatorError: the database cannot be read.
    """
    photos = photo_names(project)
    missing, damaged = [], []
    for done, (sha256, name) in enumerate(photos.items(), 1):
        try:
            if file_sha256(project.blobs.path(sha256)) != sha256:
                damaged.append(name)
        except FileNotFoundError:
            missing.append(name)
        except OSError:  # a disk that cannot read it has damaged it
            damaged.append(name)
        if progress is not None:
            progress(done, len(photos))
    return OriginalsReport(len(photos) - len(missing) - len(damaged), tuple(missing), tuple(damaged))
