"""Exporting: the accepted crops as a Hugging Face image folder, with everything that was decided."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from annotator.candidate import CandidateView
from annotator.database.models import ExportItem, ExportRun
from annotator.errors import AnnotatorError
from annotator.export.content import Content
from annotator.export.crops import write_crops
from annotator.export.folder import WholeFolder
from annotator.export.formats import FORMATS
from annotator.export.splits import DEFAULT_SPLITS, check_splits
from annotator.project import Project
from annotator.usecases.chosen import Chosen, choose
from core.images import read_photo

_SHOWN = 5


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
        folder: a new folder, or one that is there and empty but for hidden files.
        splits: share of each split, summing to 1; they hold on average (annotator.export.splits).
        seed: of the splits.
        progress: called with (photos done, all photos).

    Raises:
        AnnotatorError: nothing is accepted, the folder is taken or cannot be written, an original is lost or damaged.
    """
    check_splits(splits)
    try:
        target = WholeFolder(Path(folder))
        chosen = choose(project, splits, seed)
        if not chosen.accepted:
            raise AnnotatorError("Nothing is accepted yet, so there is nothing to export.")
        _refuse_missing(project, chosen.accepted)
        with target:
            crops = _cut_all(project, chosen, target.temporary, progress)
            in_order = {split: crops[split] for split in splits if split in crops}
            content = Content(chosen.views, in_order, chosen.events, chosen.tables, seed)
            for name in FORMATS:
                importlib.import_module(f"annotator.export.{name}").write(content, target.temporary)
            _record(project, chosen, content, target)
    except OSError as error:
        raise AnnotatorError(f"{folder} cannot be written: {(error.strerror or str(error)).lower()}.") from error
    return ExportReport(
        folder=folder,
        splits=content.counts,
        photos=len(chosen.accepted),
        rejected=len(chosen.views) - len(chosen.accepted),
        events=chosen.events.num_rows,
        moved=sum(chosen.split_before(photo.id) != chosen.split[photo.id] for photo in chosen.accepted),
        ungrouped=sum(photo.id in chosen.unmeasured for photo in chosen.accepted),
    )


def _refuse_missing(project: Project, accepted: Sequence[CandidateView]) -> None:
    """Says which originals are missing before any is read."""
    missing = [view.name for view in accepted if not project.blobs.path(view.sha256).is_file()]
    if missing:
        shown = ", ".join(missing[:_SHOWN]) + (" …" if len(missing) > _SHOWN else "")
        raise AnnotatorError(f"Originals are missing, so nothing is exported: {shown}. Import the photos again.")


def _cut_all(
    project: Project, chosen: Chosen, folder: Path, progress: Callable[[int, int], object] | None
) -> dict[str, list[dict[str, Any]]]:
    """Cuts the crops into a folder a split, and gives what is known of each, by split."""
    crops: dict[str, list[dict[str, Any]]] = {}
    for done, view in enumerate(chosen.accepted, 1):
        split = chosen.split[view.id]
        try:
            photo = read_photo(project.blobs.read(view.sha256), name=view.name)
        except AnnotatorError as error:
            raise AnnotatorError(f"{view.name} cannot be exported, so nothing is: {error}") from error
        if photo.pixels.shape[:2] != (view.height, view.width):
            raise AnnotatorError(
                f"{view.name} is no longer read with {view.width}×{view.height} pixels; nothing is exported."
            )
        crops.setdefault(split, []).extend(write_crops(photo, view, chosen.group[view.id], folder / split))
        if progress is not None:
            progress(done, len(chosen.accepted))
    return crops


def _record(project: Project, chosen: Chosen, content: Content, target: WholeFolder) -> None:
    """Writes down what was exported, and gives the folder its name."""
    events = {view.decision.uuid: chosen.held[view.id] for view in chosen.accepted if view.decision}
    with project.write() as session:
        values = {"folder": str(target.folder), "seed": content.seed, "last_event": chosen.last_event}
        run = session.scalar(
            insert(ExportRun).values(made_at=datetime.now(timezone.utc), **values).returning(ExportRun.id)
        )
        items = [
            {
                "run_id": run,
                "file": f"{split}/{record['file_name']}",
                "event_id": events[record["decision"]],
                "position": record["crop_number"],
                "split": split,
                "sha256": record["crop_sha256"],
            }
            for split, records in content.crops.items()
            for record in records
        ]
        session.execute(insert(ExportItem), items)
        target.finish()
