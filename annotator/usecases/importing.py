"""Importing: photos become candidates, each whole or not at all, with what is known of where they came from."""

import hashlib
import io
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Literal

from PIL import Image as PillowImage
from sqlalchemy import select
from sqlalchemy.orm import Session

from annotator.database.models import Candidate, Image, Source
from annotator.project import Project
from annotator.sources.every import Fetch, Origin, check_sources, photos_of
from annotator.sources.fetching import fetch_photo
from annotator.sources.found import Details, clean_text
from annotator.sources.matching import Matching, match_rows
from annotator.sources.table import read_table
from core.errors import UserError
from core.images import read_photo

LARGEST_PHOTO = 100_000_000
"""Pixels; larger photos are refused from their header."""

_MIME = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "TIFF": "image/tiff",
    "BMP": "image/bmp",
    "HEIF": "image/heif",
    "AVIF": "image/avif",
}
_ORIENTATION = 0x0112


Outcome = Literal["taken", "known", "mended"]
"""A photo is a candidate now; was one already; was one whose original was missing or damaged and is whole now."""


@dataclass(frozen=True)
class ImportReport:
    """What an import did.

    Attributes:
        taken: photos that are candidates now and were not before.
        known: photos that were there already, byte for byte.
        mended: of those known, how many had an original that was missing or damaged.
        refused: (name, sentence) of every photo that was not taken, and of every source that could not be read.
        rows_left: names or URLs of the table's rows that belong to no photo.
        photos_left: names of the photos that the table has no row for.
    """

    taken: int
    known: int
    mended: int
    refused: tuple[tuple[str, str], ...]
    rows_left: tuple[str, ...] = ()
    photos_left: tuple[str, ...] = ()


def import_photos(
    project: Project,
    *sources: Origin,
    csv: Path | None = None,
    fetch: Fetch = fetch_photo,
    progress: Callable[[int, str], object] | None = None,
) -> ImportReport:
    """Imports photos. Stopped in the middle it has taken what it told, and can simply be run again.

    Args:
        project: where to.
        sources: where from (`annotator.sources.every`).
        csv: a table that says page, author, licence … of photos by name or URL (`annotator.sources.matching`).
        fetch: gives the bytes behind a URL, or raises core.errors.UserError.
        progress: called after every photo with how many are done and the photo's name.

    Raises:
        UserError: none of the sources can be read as a whole, or the table cannot, or the project cannot be
            written (nothing is then left of the photo at hand, and those before it are kept).
    """
    matching = Matching() if csv is None else match_rows(read_table(csv), photos_of(sources, fetch))
    check_sources(sources, fetch)
    outcomes: Counter[Outcome] = Counter()
    refused: list[tuple[str, str]] = []
    for done, found in enumerate(photos_of(sources, fetch), 1):
        details = matching.details_of(found).or_else(found.details).clean()
        try:
            content = found.read()
            original = _known_or_measured(project, content, found.name)
        except UserError as error:
            refused.append((found.name, str(error)))
        else:
            outcomes[store(project, content, original, found.name, details)] += 1
        if progress is not None:
            progress(done, found.name)
    known = outcomes["known"] + outcomes["mended"]
    unread = {name for name, _ in refused}
    photos_left = tuple(name for name in matching.photos_left if name not in unread)
    return ImportReport(outcomes["taken"], known, outcomes["mended"], tuple(refused), matching.rows_left, photos_left)


@dataclass(frozen=True)
class Original:
    """A file that was read as a photo; upright width and height."""

    sha256: str
    mime: str
    width: int
    height: int
    orientation: int


def examine(content: bytes, name: str) -> Original:
    """Reads a file as a photo, to its last pixel (core.images.ImageFileError where that fails)."""
    photo = read_photo(content, name=name, max_pixels=LARGEST_PHOTO)
    height, width = photo.pixels.shape[:2]
    return Original(hashlib.sha256(content).hexdigest(), _MIME[photo.format], width, height, _orientation(content))


def store(project: Project, content: bytes, original: Original | None, name: str, details: Details) -> Outcome:
    """Keeps an original and makes it a candidate; `original` is None for one that is known by its content."""
    whole = project.blobs.holds(content)
    sha256 = project.blobs.put(content)
    now = datetime.now(timezone.utc)
    with project.write() as session:
        image = session.scalar(select(Image).where(Image.sha256 == sha256))
        new = image is None
        if image is None:
            original = original or examine(content, name)
            image = Image(
                sha256=sha256,
                bytes=len(content),
                mime=original.mime,
                width=original.width,
                height=original.height,
                orientation=original.orientation,
                added_at=now,
            )
            session.add(image)
            session.flush()
            session.add(Candidate(image_id=image.id))
        _add_source(session, image.id, clean_text(name), details, now)
    return "taken" if new else "known" if whole else "mended"


def _add_source(session: Session, image: int, name: str, details: Details, now: datetime) -> None:
    """Adds where an image came from, or fills in what was not known of the same source."""
    source = session.scalar(
        select(Source).where(Source.image_id == image, Source.name == name, Source.url.in_(("", details.url)))
    )
    if source is None:
        session.add(Source(image_id=image, name=name, fetched_at=now, **vars(details)))
        return
    for key, value in vars(details).items():
        if value and not getattr(source, key):
            setattr(source, key, value)


def _known_or_measured(project: Project, content: bytes, name: str) -> Original | None:
    sha256 = hashlib.sha256(content).hexdigest()
    with project.read() as session:
        if session.scalar(select(Image.id).where(Image.sha256 == sha256)) is not None:
            return None
    return examine(content, name)


def _orientation(content: bytes) -> int:
    try:
        with PillowImage.open(io.BytesIO(content)) as image:
            found = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # Pillow reads less than core.images does, and fails in any way
        return 1
    return found if found in range(1, 9) else 1
