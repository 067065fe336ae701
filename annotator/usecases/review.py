"""Looking back: pages of candidates by what was decided on them."""

from dataclasses import dataclass

from sqlalchemy import func, select

from annotator.database.models import Candidate
from annotator.errors import AnnotatorError
from annotator.project import Project
from annotator.usecases.candidates import CandidateView, views_of
from annotator.usecases.queue import Filters, in_order, matching

LARGEST_PAGE = 500


@dataclass(frozen=True)
class Page:
    """A page of a gallery; `total` counts all candidates that fit, `page` counts from 0."""

    views: tuple[CandidateView, ...]
    page: int
    size: int
    total: int


def gallery(project: Project, filters: Filters, page: int = 0, size: int = 50) -> Page:
    """The page-th page of the candidates that fit the filters; `states=()` is all of them.

    Raises:
        AnnotatorError: an unknown state, or a page or size out of range.
    """
    if page < 0 or not 1 <= size <= LARGEST_PAGE:
        raise AnnotatorError(f"A gallery's pages count from 0 and hold 1 to {LARGEST_PAGE} photos.")
    conditions = matching(filters)
    with project.read() as session:
        total = session.scalar(select(func.count()).select_from(Candidate).where(*conditions)) or 0
        ids = session.scalars(in_order(select(Candidate.id).where(*conditions)).limit(size).offset(page * size)).all()
        return Page(tuple(views_of(session, ids)), page, size, total)
