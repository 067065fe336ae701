"""Manifests: decisions without pixels, one JSON line a photo, written from a project and applied to photos."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select

from annotator.blobs import file_sha256
from annotator.candidate import CandidateView, Crop
from annotator.database.models import VERDICTS, Candidate, Image
from annotator.errors import AnnotatorError, Conflict
from annotator.project import Project
from annotator.sources.found import Details, clean_text, read_file
from annotator.usecases.candidates import view_of, views_of
from annotator.usecases.decisions import Decision, clean_note, decide
from annotator.usecases.importing import examine, store
from core.errors import UserError
from core.images.atomic import write_text
from datasets.folders import list_photos
from datasets.real200 import rectangles

_NAMESPACE = UUID("2f0f4a52-6d53-4c1e-9a8e-b5d3f1f5a7c4")
_SHA256 = re.compile("[0-9a-f]{64}")
_ROWS = 500


@dataclass(frozen=True)
class ManifestReport:
    """What applying a manifest did: decisions written, those that held already; lines and photos of no use."""

    applied: int
    known: int
    refused: tuple[tuple[str, str], ...]


def write_manifest(project: Project, path: Path) -> int:
    """Writes every photo on which a decision holds now: sha256, name, size, verdict, reasons, crops, note.

    Returns:
        How many lines it has.

    Raises:
        core.images.ImageFileError: it cannot be written; an older file stays as it was.
    """
    lines = []
    with project.read() as session:
        ids = session.scalars(
            select(Candidate.id).where(Candidate.state.in_(("accepted", "rejected", "skipped"))).order_by(Candidate.id)
        ).all()
        for start in range(0, len(ids), _ROWS):
            lines += [_line(view) for view in views_of(session, ids[start : start + _ROWS])]
    write_text(path, "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines))
    return len(lines)


def apply_manifest(project: Project, path: Path, photos: Path, *, curator: str = "manifest") -> ManifestReport:
    """Imports the photos that a manifest names, found by their content, and decides as it says.

    A line whose decision holds already is known, so that it can be run again; one that contradicts a decision made here
    is refused.

    Raises:
        UserError: the folder cannot be read, or the manifest has not one line that is a decision.
    """
    entries, refused = read_manifest(path)
    wanted = {entry["sha256"] for entry in entries}
    found: dict[str, Path] = {}
    for name in list_photos(photos).photos:
        try:
            sha256 = file_sha256(photos / name)
        except OSError as error:
            refused.append((clean_text(name), f"{name} cannot be read: {(error.strerror or str(error)).lower()}."))
            continue
        if sha256 in wanted:
            found.setdefault(sha256, photos / name)
    applied = known = 0
    for entry in entries:
        name = clean_text(str(entry.get("name") or entry["sha256"]))
        try:
            if _apply(project, entry, name, found.get(entry["sha256"]), curator):
                applied += 1
            else:
                known += 1
        except UserError as error:
            refused.append((name, str(error)))
    return ManifestReport(applied, known, tuple(refused))


def _line(view: CandidateView) -> dict[str, Any]:
    assert view.decision is not None
    return {
        "sha256": view.sha256,
        "name": view.name,
        "width": view.width,
        "height": view.height,
        "verdict": view.decision.verdict,
        "reasons": list(view.decision.reasons),
        "crops": [[crop.x, crop.y, crop.w, crop.h] for crop in view.decision.crops],
        "note": view.decision.note,
    }


def read_manifest(path: Path) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """The decisions of a manifest; and (line, sentence) of the lines that are none.

    Raises:
        AnnotatorError: it cannot be read, or has lines but not one that is a decision.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")  # notes may hold other characters that end lines
    except (OSError, UnicodeDecodeError) as error:
        raise AnnotatorError(f"The manifest {path} cannot be read.") from error
    entries: list[dict[str, Any]] = []
    refused: list[tuple[str, str]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entries.append(_entry(line))
        except AnnotatorError as error:
            refused.append((f"line {number}", f"Line {number} of the manifest {path} {error}"))
    if refused and not entries:
        raise AnnotatorError(refused[0][1])
    return entries, refused


def _entry(line: str) -> dict[str, Any]:
    """AnnotatorError, as what follows "Line 1 of the manifest", where a line is no decision."""
    try:
        entry: dict[str, Any] = json.loads(line)
        if not _SHA256.fullmatch(entry["sha256"]) or entry["verdict"] not in VERDICTS:
            raise ValueError
        entry["reasons"] = tuple(map(str, entry.get("reasons") or ()))
        entry["note"] = clean_note(str(entry.get("note") or ""))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise AnnotatorError("is no decision.") from error
    try:
        entry["crops"] = tuple(Crop(*crop) for crop in rectangles(entry.get("crops") or ()))
    except (ValueError, TypeError) as error:
        raise AnnotatorError("has crops not in whole pixels.") from error
    return entry


def _apply(project: Project, entry: dict[str, Any], name: str, file: Path | None, curator: str) -> bool:
    view = _candidate(project, entry["sha256"])
    if view is None:
        if file is None:
            raise AnnotatorError(f"{name} is not among the photos.")
        content = read_file(file, name)
        store(project, content, examine(content, name), name, Details())
        view = _candidate(project, entry["sha256"])
        assert view is not None
    wanted = (entry["verdict"], entry["reasons"], entry["crops"], entry["note"])
    if view.decision is not None:
        held = (view.decision.verdict, view.decision.reasons, view.decision.crops, view.decision.note)
        if held == wanted:
            return False
        raise Conflict(f"{name} was decided otherwise here already.")
    uuid = uuid5(_NAMESPACE, f"{entry['sha256']} {view.version} {curator} {wanted!r}")
    verdict, reasons, crops, note = wanted
    decide(project, Decision(str(uuid), view.id, curator, verdict, reasons, crops, note, view.version))
    return True


def _candidate(project: Project, sha256: str) -> CandidateView | None:
    with project.read() as session:
        found = session.scalar(
            select(Candidate.id).join(Image, Image.id == Candidate.image_id).where(Image.sha256 == sha256)
        )
        return None if found is None else view_of(session, found)
