"""Exporting: the accepted crops as a Hugging Face image folder, with everything that was decided."""

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from annotator.database.models import Candidate, CurrentDecision, DecisionEvent, ExportItem, ExportRun, Image
from annotator.errors import AnnotatorError
from annotator.export.card import write_card
from annotator.export.coco import coco
from annotator.export.crops import cut, png_of
from annotator.export.splits import DEFAULT_SPLITS, check_splits, split_of
from annotator.export.tables import events_table, rejected_table, write_both
from annotator.project import Project
from annotator.usecases.candidates import CandidateView, Crop, views_of
from annotator.usecases.statistics import statistics_in
from core.images import read_photo

_ROWS = 500
_MEASUREMENTS = ("coverage", "direction", "density")
_UNMEASURED = select(Candidate.id).join(Image, Image.id == Candidate.image_id).where(Image.measured_version.is_(None))


@dataclass(frozen=True)
class ExportReport:
    """What an export holds: the folder, crops of each split, photos they come from, rejected photos, events.

    `moved`: photos that the last export with the same seed had in another split. `ungrouped`: photos that were never
    pre-screened, whose near-duplicates are not known and may lie in other splits.
    """

    folder: Path
    splits: dict[str, int]
    photos: int
    rejected: int
    events: int
    moved: int
    ungrouped: int


def export(
    project: Project,
    folder: Path,
    *,
    splits: Mapping[str, float] = DEFAULT_SPLITS,
    seed: int = 0,
    progress: Callable[[int, int], object] | None = None,
) -> ExportReport:
    """Writes an export: whole, or nothing.

    Every crop is cut from its original, whose bytes are checked against their sha256 first. Crops of one duplicate
    group lie in one split.

    Args:
        project: the project.
        folder: a new or empty folder.
        splits: share of each split, summing to 1; they hold on average (annotator.export.splits).
        seed: of the splits.
        progress: called with (photos done, all photos).

    Raises:
        AnnotatorError: nothing is accepted, the folder is taken or cannot be written, an original is lost or damaged.
    """
    check_splits(splits)
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AnnotatorError(f"{folder} exists already: export into a new folder.")
    with project.read() as session:
        views = _decided(session)
        events = events_table(session)
        last_event = session.scalar(select(func.max(DecisionEvent.id))) or 0
        held = dict(session.execute(select(CurrentDecision.candidate_id, CurrentDecision.event_id)).tuples().all())
        groups = _groups(session)
        splits_of = {candidate: split_of(group, splits, seed) for candidate, group in groups.items()}
        before = _last_splits(session, seed)
        unmeasured = set(session.scalars(_UNMEASURED))
        tables = statistics_in(session)
    accepted = [view for view in views if view.decision is not None and view.decision.verdict == "accept"]
    if not accepted:
        raise AnnotatorError("Nothing is accepted yet, so there is nothing to export.")
    temporary = folder.parent / f".{folder.name}.{secrets.token_hex(8)}.part"
    try:
        temporary.mkdir(parents=True)
        items: list[dict[str, Any]] = []
        lines: dict[str, list[dict[str, Any]]] = {}
        for done, view in enumerate(accepted, 1):
            split = splits_of[view.id]
            for record in _write_crops(project, view, temporary / split, groups[view.id]):
                lines.setdefault(split, []).append(record)
                item = {"file": f"{split}/{record['file_name']}", "sha256": record["crop_sha256"], "split": split}
                items.append({**item, "event_id": held[view.id], "position": record["crop_number"]})
            if progress is not None:
                progress(done, len(accepted))
        _leave_out_unknown(lines.values())
        for split, records in lines.items():
            content = "".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records)
            (temporary / split / "metadata.jsonl").write_text(content, encoding="utf-8")
        rejected = rejected_table(views)
        write_both(events, temporary / "events")
        write_both(rejected, temporary / "rejected")
        (temporary / "coco.json").write_text(json.dumps(coco(views), ensure_ascii=False), encoding="utf-8")
        counts = {split: len(lines[split]) for split in splits if split in lines}
        write_card(temporary, views, counts, tables, seed)
        _record(project, folder, temporary, seed, last_event, items)
    except OSError as error:
        raise AnnotatorError(f"{folder} cannot be written: {(error.strerror or str(error)).lower()}.") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    moved = sum(before.get(view.id, splits_of[view.id]) != splits_of[view.id] for view in accepted)
    ungrouped = sum(view.id in unmeasured for view in accepted)
    return ExportReport(folder, counts, len(accepted), rejected.num_rows, events.num_rows, moved, ungrouped)


def _record(
    project: Project, folder: Path, temporary: Path, seed: int, last_event: int, items: Sequence[dict[str, Any]]
) -> None:
    """Writes down what was exported, and gives the folder its name."""
    with project.write() as session:
        values = {"folder": str(folder.resolve()), "seed": seed, "last_event": last_event}
        run = session.scalar(
            insert(ExportRun).values(made_at=datetime.now(timezone.utc), **values).returning(ExportRun.id)
        )
        session.execute(insert(ExportItem), [{"run_id": run, **item} for item in items])
        os.replace(temporary, folder)


def _write_crops(project: Project, view: CandidateView, folder: Path, group: str) -> list[dict[str, Any]]:
    assert view.decision is not None
    photo = read_photo(project.blobs.read(view.sha256), name=view.name)
    if photo.pixels.shape[:2] != (view.height, view.width):
        raise AnnotatorError(
            f"{view.name} is no longer read with {view.width}×{view.height} pixels; nothing is exported."
        )
    folder.mkdir(exist_ok=True)
    records = []
    for number, crop in enumerate(view.decision.crops):
        content = png_of(cut(photo, crop), view.name)
        file = file_name(view.sha256, crop)
        (folder / file).write_bytes(content)
        records.append(
            {
                "file_name": file,
                "crop_sha256": hashlib.sha256(content).hexdigest(),
                "crop_number": number,
                "x": crop.x,
                "y": crop.y,
                "w": crop.w,
                "h": crop.h,
                "sha256": view.sha256,
                "original_width": view.width,
                "original_height": view.height,
                "group": group,
                "name": view.name,
                "url": view.source.url,
                "page": view.source.page,
                "author": view.source.author,
                "licence": view.source.licence,
                **{name: view.measurements.get(name) for name in _MEASUREMENTS},
                "note": view.decision.note,
                "curator": view.decision.curator,
                "decision": view.decision.uuid,
                "decided_at": view.decision.decided_at.isoformat(),
            }
        )
    return records


def _leave_out_unknown(splits: Collection[Sequence[dict[str, Any]]]) -> None:
    """Takes a measurement out of all splits where one has no value of it at all.

    Hugging Face's library guesses a column's type from each split's values, and refuses splits that differ.
    """
    for name in _MEASUREMENTS:
        if not all(any(record[name] is not None for record in records) for records in splits):
            for record in chain.from_iterable(splits):
                del record[name]


def file_name(sha256: str, crop: Crop) -> str:
    """A crop's file: the same crop of the same original has the same name in every export."""
    return f"{sha256[:16]}-{crop.x}-{crop.y}-{crop.w}x{crop.h}.png"


def _decided(session: Session) -> list[CandidateView]:
    """Every candidate that is accepted or rejected now."""
    query = select(Candidate.id).where(Candidate.state.in_(("accepted", "rejected"))).order_by(Candidate.id)
    ids = session.scalars(query).all()
    return [view for start in range(0, len(ids), _ROWS) for view in views_of(session, ids[start : start + _ROWS])]


def _groups(session: Session) -> dict[int, str]:
    """Candidate -> its duplicate group, named by the sha256 of the member that was imported first.

    So a group keeps its name, and with it its split, whichever photos join it later.
    """
    query = select(Candidate.id, Candidate.duplicate_group, Image.sha256).join(Image, Image.id == Candidate.image_id)
    rows = session.execute(query.order_by(Candidate.id)).all()
    first: dict[str, str] = {}
    for row in rows:
        if row.duplicate_group is not None:
            first.setdefault(row.duplicate_group, row.sha256)
    return {row.id: first.get(row.duplicate_group, row.sha256) for row in rows}


def _last_splits(session: Session, seed: int) -> dict[int, str]:
    """Candidate -> the split in which the last export with this seed had it."""
    last = select(func.max(ExportRun.id)).where(ExportRun.seed == seed).scalar_subquery()
    query = (
        select(DecisionEvent.candidate_id, ExportItem.split)
        .join(DecisionEvent, DecisionEvent.id == ExportItem.event_id)
        .where(ExportItem.run_id == last)
    )
    return dict(session.execute(query).tuples().all())
