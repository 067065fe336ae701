"""Every measured candidate's place in the queue, flags and crops: as they ship, or as the decisions taught."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from annotator.candidate import CandidateView, Suggestion
from annotator.database.models import Candidate, Flag, Image, Measurement, SuggestionRow
from annotator.prescreen.kept import kept_maps
from annotator.prescreen.learning import Learnt
from annotator.prescreen.score import likelihood, priority, score_photo, version
from annotator.prescreen.suggestions import propose_crops, shipped_crops
from annotator.project import Project
from annotator.usecases.candidates import views_of

LEARNT = "learnt"
"""The measurement that the queue is ordered by where the learnt order is used: how likely a photo is accepted."""

DUPLICATE = "duplicate"
_LEARNT_CROPS = "learnt from"
_ROWS = 500


def apply_hints(project: Project, learnt: Learnt | None) -> None:
    """Orders, flags and proposes anew, by what was learnt or (None) as it ships. Flags of near-duplicates stay.

    A part at a time, so that nobody who decides meanwhile has to wait.

    Raises:
        AnnotatorError: the database cannot be used.
    """
    with project.read() as session:
        query = select(Candidate.id).join(Image, Image.id == Candidate.image_id)
        ids = session.scalars(query.where(Image.measured_version == version()).order_by(Candidate.id)).all()
    for start in range(0, len(ids), _ROWS):
        part = ids[start : start + _ROWS]
        with project.read() as session:
            crops = {view.id: _crops(project, view, learnt) for view in views_of(session, part)}
        with project.write(durable=False) as session:
            images = dict(
                session.execute(select(Candidate.id, Candidate.image_id).where(Candidate.id.in_(part))).tuples().all()
            )
            for view in views_of(session, part):
                image = images[view.id]
                _order_and_flag(session, image, view, learnt, project.rules.min_side)
                if (proposed := crops[view.id]) is not None:
                    rows = [{"position": n, **asdict(crop)} for n, crop in enumerate(proposed)]
                    _replace(session, SuggestionRow, image, rows)


def _order_and_flag(session: Session, image: int, view: CandidateView, learnt: Learnt | None, min_side: int) -> None:
    scored, shipped = score_photo(view.measurements, min_side)
    values = view.measurements | scored
    likely = learnt.likely(values) if learnt else None
    flags = [*(learnt.flags_of(values, shipped) if learnt else shipped)]
    if DUPLICATE in view.flags:
        flags.append(DUPLICATE)
    place = priority(likelihood(scored) if likely is None else likely, flags)
    if place != view.priority:
        session.execute(update(Candidate).where(Candidate.id == view.id).values(priority=place))
    if set(flags) != set(view.flags):
        _replace(session, Flag, image, [{"code": code} for code in flags])
    if likely != view.measurements.get(LEARNT):
        session.execute(delete(Measurement).where(Measurement.image_id == image, Measurement.name == LEARNT))
        if likely is not None:
            session.execute(insert(Measurement).values(image_id=image, name=LEARNT, value=likely))


def _crops(project: Project, view: CandidateView, learnt: Learnt | None) -> list[Suggestion] | None:
    """The crops to propose now; None where those that are proposed stay."""
    own = learnt.crops if learnt else None
    stale = any(crop.model.startswith(_LEARNT_CROPS) for crop in view.suggestions)
    if own is None and not stale:
        return None
    maps = kept_maps(project.folder, view.sha256)
    if maps is None:
        return None
    name = f"{_LEARNT_CROPS} {learnt.decisions} decisions" if learnt and own else f"prescreen {version()}"
    size = (view.width, view.height)
    found = propose_crops(maps, size, project.rules.crop_min_side, shipped_crops() if own is None else own)
    return [Suggestion(crop.x, crop.y, crop.w, crop.h, crop.score, name) for crop in found]


def _replace(session: Session, table: Any, image: int, rows: Sequence[dict[str, Any]]) -> None:
    session.execute(delete(table).where(table.image_id == image))
    if rows:
        session.execute(insert(table), [{"image_id": image, **row} for row in rows])
