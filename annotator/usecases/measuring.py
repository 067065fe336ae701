"""What the pre-screening reads and writes: photos still to be measured, and their values, flags, crops and groups."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from annotator.candidate import Suggestion
from annotator.database.models import Candidate, Flag, Image, ImageHash, Measurement, SuggestionRow
from annotator.errors import AnnotatorError
from annotator.project import Project


def unmeasured(project: Project, version: str) -> list[tuple[int, Path]]:
    """(image id, path of the original) of every image that this version of the pre-screening has not measured."""
    with project.read() as session:
        rows = session.execute(select(Image.id, Image.sha256).where(_not_measured_by(version)).order_by(Image.id)).all()
    return [(row.id, project.blobs.path(row.sha256)) for row in rows]


def count_unmeasured(project: Project, version: str) -> int:
    """How many images this version of the pre-screening has not measured."""
    with project.read() as session:
        query = select(func.count()).select_from(Image)
        return session.scalar(query.where(_not_measured_by(version))) or 0


def record_measurements(
    project: Project,
    image_id: int,
    values: Mapping[str, float],
    flags: Sequence[str],
    suggestions: Sequence[Suggestion],
    version: str,
    priority: float,
    hashes: Mapping[str, str] | None = None,
) -> None:
    """Stores what the pre-screening found of an image in the place of what it had found before, all of it or nothing.

    Args:
        project: the project.
        image_id: the image.
        values: finite numbers by name; those named as the fields of core.metrics.rain_measures.RainMeasures (coverage,
            direction, density) are what statistics and the dataset card show.
        flags: what it suspects.
        suggestions: crops that it proposes, the best first.
        version: its version.
        priority: the candidate's place in the queue; higher comes earlier.
        hashes: perceptual hashes, hexadecimal, by kind; None leaves those that are stored.

    Raises:
        AnnotatorError: there is no such image, or a value is not finite.
    """
    if odd := [name for name, value in {**values, "priority": priority}.items() if not math.isfinite(value)]:
        raise AnnotatorError(f"The measurement {odd[0]} of image {image_id} is no finite number.")
    with project.write() as session:
        found = session.execute(update(Image).where(Image.id == image_id).values(measured_version=version))
        if found.rowcount == 0:  # type: ignore[attr-defined]
            raise AnnotatorError(f"There is no image {image_id}.")
        session.execute(update(Candidate).where(Candidate.image_id == image_id).values(priority=priority))
        _replace(session, Measurement, image_id, [{"name": name, "value": value} for name, value in values.items()])
        _replace(session, Flag, image_id, [{"code": code} for code in dict.fromkeys(flags)])
        crops = [{"position": position, **asdict(crop)} for position, crop in enumerate(suggestions)]
        _replace(session, SuggestionRow, image_id, crops)
        if hashes is not None:
            _replace(session, ImageHash, image_id, [{"kind": kind, "value": value} for kind, value in hashes.items()])


def record_groups(project: Project, groups: Mapping[str, str]) -> None:
    """Stores the duplicate groups: sha256 of an image -> its group's name. Images not named are in no group."""
    with project.write() as session:
        wanted = {row.image_id: groups.get(row.sha256) for row in _members(session)}
        now = dict(session.execute(select(Candidate.image_id, Candidate.duplicate_group)).tuples().all())
        for image, group in wanted.items():
            if now[image] != group:
                session.execute(update(Candidate).where(Candidate.image_id == image).values(duplicate_group=group))


def duplicate_groups(project: Project) -> dict[str, str]:
    """The duplicate group of every image that is in one, by sha256."""
    query = select(Image.sha256, Candidate.duplicate_group).join(Candidate, Candidate.image_id == Image.id)
    with project.read() as session:
        return {sha256: group for sha256, group in session.execute(query).tuples() if group is not None}


def image_hashes(project: Project) -> dict[str, dict[str, str]]:
    """The perceptual hashes of every image that has some: sha256 -> kind -> hexadecimal value."""
    hashes: dict[str, dict[str, str]] = {}
    with project.read() as session:
        for sha256, kind, value in session.execute(
            select(Image.sha256, ImageHash.kind, ImageHash.value).join(ImageHash, ImageHash.image_id == Image.id)
        ):
            hashes.setdefault(sha256, {})[kind] = value
    return hashes


def replace_flag(project: Project, code: str, images: Collection[str]) -> None:
    """Gives one flag to these images, by sha256, and takes it from all others."""
    with project.write() as session:
        session.execute(delete(Flag).where(Flag.code == code))
        rows = [{"image_id": row.image_id, "code": code} for row in _members(session) if row.sha256 in images]
        if rows:
            session.execute(insert(Flag), rows)


def image_sizes(project: Project) -> dict[str, tuple[int, int]]:
    """Upright (width, height) of every image, by sha256."""
    with project.read() as session:
        return {
            row.sha256: (row.width, row.height)
            for row in session.execute(select(Image.sha256, Image.width, Image.height))
        }


def _not_measured_by(version: str) -> ColumnElement[bool]:
    return or_(Image.measured_version.is_(None), Image.measured_version != version)


def _members(session: Session):  # type: ignore[no-untyped-def]
    return session.execute(select(Candidate.image_id, Image.sha256).join(Image, Image.id == Candidate.image_id)).all()


def _replace(session: Session, table: type, image_id: int, rows: list[dict[str, object]]) -> None:
    session.execute(delete(table).where(table.image_id == image_id))  # type: ignore[attr-defined]
    if rows:
        session.execute(insert(table), [{"image_id": image_id, **row} for row in rows])
