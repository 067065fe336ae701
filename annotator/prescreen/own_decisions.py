"""Learning from a project's decisions: what holds is read, fitted anew, kept in the project, and applied."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sqlalchemy import func, select

from annotator.candidate import CandidateView
from annotator.database.models import Candidate, Image
from annotator.prescreen.hints import apply_hints
from annotator.prescreen.kept import kept_maps
from annotator.prescreen.learning import Decided, Learnt, learn, read_learnt
from annotator.prescreen.score import score_photo, version
from annotator.project import Project
from annotator.usecases.candidates import views_of
from core.images.atomic import write_text

_DECIDED = ("accepted", "rejected")
_ROWS = 500


def learn_from_decisions(project: Project) -> Learnt:
    """Fits order, flags and crops on the decisions that hold, keeps the result, and orders the project by it.

    Raises:
        AnnotatorError: the database cannot be used.
        core.images.ImageFileError: the result cannot be written.
    """
    learnt = learn(list(_decided(project)), version())
    _file(project).parent.mkdir(parents=True, exist_ok=True)
    write_text(_file(project), json.dumps(learnt.as_json()) + "\n")
    apply_hints(project, learnt)
    return learnt


def learn_again(project: Project) -> Learnt | None:
    """After photos were measured: applies to them what was learnt; learns anew where other measures were learnt from.

    Where nothing was learnt yet (None), the shipped order holds.
    """
    stored = _stored(project)
    if stored is not None and stored.version != version():
        return learn_from_decisions(project)
    apply_hints(project, stored)
    return stored


def forget(project: Project) -> None:
    """Takes back what was learnt: the shipped order, flags and crops hold again, until the next fit."""
    _file(project).unlink(missing_ok=True)
    apply_hints(project, None)


def what_was_learnt(project: Project) -> Learnt | None:
    """The last fit; None before any, and where another version of the pre-screening made it."""
    stored = _stored(project)
    return stored if stored is not None and stored.version == version() else None


def count_decided(project: Project) -> int:
    """How many candidates are accepted or rejected."""
    with project.read() as session:
        query = select(func.count()).select_from(Candidate).where(Candidate.state.in_(_DECIDED))
        return session.scalar(query) or 0


def summary(learnt: Learnt | None) -> str:
    """One line for whoever curates; "" before anything was learnt."""
    if learnt is None:
        return ""
    if learnt.auc is None or learnt.shipped_auc is None:
        return f"{learnt.decisions} decisions are too few of both verdicts to learn from: as shipped"
    if learnt.order is None:
        aucs = f"AUC {learnt.auc:.2f} against {learnt.shipped_auc:.2f}"
        return f"as shipped; what {learnt.decisions} decisions teach is not surely better ({aucs})"
    return f"learnt from {learnt.decisions} decisions, AUC {learnt.auc:.2f} (shipped order {learnt.shipped_auc:.2f})"


def _decided(project: Project) -> Iterator[Decided]:
    with project.read() as session:
        query = select(Candidate.id).join(Image, Image.id == Candidate.image_id)
        query = query.where(Candidate.state.in_(_DECIDED), Image.measured_version == version())
        ids = session.scalars(query.order_by(Candidate.id)).all()
    for start in range(0, len(ids), _ROWS):
        with project.read() as session:
            views = views_of(session, ids[start : start + _ROWS])
        yield from (_as_decided(project, view) for view in views if view.decision is not None)


def _as_decided(project: Project, view: CandidateView) -> Decided:
    assert view.decision is not None
    scored, flags = score_photo(view.measurements, project.rules.min_side)
    accepted = view.decision.verdict == "accept"
    sides = (view.width, view.height, view.width, view.height)
    crops = [(crop.x, crop.y, crop.x + crop.w, crop.y + crop.h) for crop in view.decision.crops]
    return Decided(
        values=view.measurements | scored,
        flags=frozenset(flags),
        accepted=accepted,
        reasons=frozenset(view.decision.reasons),
        group=min(map(str, (view.id, *view.duplicates))),
        crops=np.array(crops, float).reshape(-1, 4) / sides,
        maps=kept_maps(project.folder, view.sha256) if accepted else None,
    )


def _stored(project: Project) -> Learnt | None:
    try:
        return read_learnt(json.loads(_file(project).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _file(project: Project) -> Path:
    return project.folder / "prescreen" / "learnt.json"
