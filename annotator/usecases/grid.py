"""Many candidates at a glance: in the order of any measurement, by likeness to one, or near-duplicates together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from annotator.candidate import CandidateView
from annotator.database.models import Candidate, Measurement
from annotator.errors import AnnotatorError
from annotator.project import Project
from annotator.usecases.candidates import views_of
from annotator.usecases.queue import Filters, in_order, matching

QUEUE, DUPLICATES, LIKE = "queue", "duplicates", "like"
"""Orders besides the measurements' names: the queue's; near-duplicates side by side; the likest to one first."""

LARGEST_PAGE = 500


@dataclass(frozen=True)
class GridPage:
    """Candidates of one page; `values`: what they are ordered by, None where there is no such measurement."""

    views: tuple[CandidateView, ...]
    values: tuple[float | None, ...]
    total: int


def measurement_names(project: Project) -> list[str]:
    """What candidates can be ordered by."""
    with project.read() as session:
        return list(session.scalars(select(Measurement.name).distinct().order_by(Measurement.name)))


def grid(
    project: Project,
    filters: Filters,
    page: int = 0,
    size: int = 60,
    *,
    order: str = QUEUE,
    like: int | None = None,
    ascending: bool = False,
) -> GridPage:
    """The page-th page of the candidates that fit the filters.

    Args:
        project: which.
        filters: which candidates.
        page, size: pages count from 0.
        order: QUEUE, DUPLICATES (those in no group are left out), LIKE, or a measurement's name.
        like: for LIKE: the candidate that the others are compared with, by all their measurements, each in units of its
            standard deviation; those without any come last.
        ascending: for measurements: the smallest first; those without it come last either way.

    Raises:
        AnnotatorError: an unknown state, a page or size out of range, or no candidate to be like.
    """
    if page < 0 or not 1 <= size <= LARGEST_PAGE:
        raise AnnotatorError(f"A grid's pages count from 0 and hold 1 to {LARGEST_PAGE} photos.")
    with project.read() as session:
        ids, values, total = _ordered(session, filters, order, like, ascending, slice(page * size, (page + 1) * size))
        return GridPage(tuple(views_of(session, ids)), tuple(values), total)


def _ordered(
    session: Session, filters: Filters, order: str, like: int | None, ascending: bool, part: slice
) -> tuple[Sequence[int], Sequence[float | None], int]:
    conditions = matching(filters)
    if order == DUPLICATES:
        conditions.append(Candidate.duplicate_group.is_not(None))
    total = session.scalar(select(func.count()).select_from(Candidate).where(*conditions)) or 0
    if order == LIKE:
        if like is None:
            raise AnnotatorError("Which photo the others should be like is not said.")
        ids, distances = _by_likeness(session, like, session.scalars(select(Candidate.id).where(*conditions)).all())
        return ids[part], distances[part], total
    if order == QUEUE:
        query = in_order(select(Candidate.id, Candidate.priority).where(*conditions))
    elif order == DUPLICATES:
        query = select(Candidate.id, Candidate.priority).where(*conditions)
        query = query.order_by(Candidate.duplicate_group, Candidate.priority.desc(), Candidate.id)
    else:
        own = (Measurement.image_id == Candidate.image_id) & (Measurement.name == order)
        query = select(Candidate.id, Measurement.value).outerjoin(Measurement, own).where(*conditions)
        value = Measurement.value.asc() if ascending else Measurement.value.desc()
        query = query.order_by(value.nulls_last(), Candidate.id)
    rows = session.execute(query.offset(part.start).limit(part.stop - part.start)).all()
    return [row[0] for row in rows], [row[1] for row in rows], total


def _by_likeness(session: Session, like: int, ids: Sequence[int]) -> tuple[list[int], list[float | None]]:
    """Ids with their distances, root mean square over the measurements in standard deviations, the nearest first."""
    query = select(Candidate.id, Measurement.name, Measurement.value).join(
        Measurement, Measurement.image_id == Candidate.image_id
    )
    wanted = {*ids, like}
    rows = [row for row in session.execute(query) if row[0] in wanted]
    if not any(row[0] == like for row in rows):
        raise AnnotatorError("That photo is not measured yet: pre-screen the project first.")
    places = {candidate: n for n, candidate in enumerate(dict.fromkeys(row[0] for row in rows))}
    names = {name: n for n, name in enumerate(dict.fromkeys(row[1] for row in rows))}
    table = np.full((len(places), len(names)), np.nan)
    for candidate, name, value in rows:
        table[places[candidate], names[name]] = value
    spread = np.nanstd(table, 0)
    apart = (table - table[places[like]])[:, spread > 0] / spread[spread > 0]
    known = np.maximum(np.isfinite(apart).sum(1), 1)
    distance = np.sqrt(np.nansum(apart**2, 1) / known)
    found: dict[int, float | None] = {candidate: float(distance[n]) for candidate, n in places.items()}
    ordered = sorted(ids, key=lambda candidate: (candidate not in found, found.get(candidate) or 0.0, candidate))
    return ordered, [found.get(candidate) for candidate in ordered]
