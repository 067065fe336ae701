"""Looking back: pages of candidates by what was decided on them."""

from dataclasses import dataclass

from sqlalchemy import func, select

from annotator.candidate import CandidateView
from annotator.database.models import Candidate, CurrentDecision, DecisionEvent
from annotator.errors import AnnotatorError
from annotator.project import Project
from annotator.usecases.candidates import views_of
from annotator.usecases.queue import Filters, in_order, matching

LARGEST_PAGE = 500

_LAST_EVENT = (
    select(func.max(DecisionEvent.id))
    .where(DecisionEvent.candidate_id == Candidate.id)
    .correlate(Candidate)
    .scalar_subquery()
)


@dataclass(frozen=True)
class Page:
    """A page of a gallery; `total` counts all candidates that fit, `page` counts from 0."""

    views: tuple[CandidateView, ...]
    page: int
    size: int
    total: int


def gallery(project: Project, filters: Filters, page: int = 0, size: int = 50, *, latest_first: bool = False) -> Page:
    """The page-th page of the candidates that fit the filters; `states=()` is all of them.

    In the queue's order; with `latest_first` those decided on last come first, those never decided on at the end.

    Raises:
        AnnotatorError: an unknown state, or a page or size out of range.
    """
    if page < 0 or not 1 <= size <= LARGEST_PAGE:
        raise AnnotatorError(f"A gallery's pages count from 0 and hold 1 to {LARGEST_PAGE} photos.")
    conditions = matching(filters)
    with project.read() as session:
        total = session.scalar(select(func.count()).select_from(Candidate).where(*conditions)) or 0
        query = select(Candidate.id).where(*conditions)
        if latest_first:
            query = query.outerjoin(CurrentDecision, CurrentDecision.candidate_id == Candidate.id).order_by(
                func.coalesce(CurrentDecision.event_id, _LAST_EVENT).desc().nulls_last()
            )
        ids = session.scalars(in_order(query).limit(size).offset(page * size)).all()
        return Page(tuple(views_of(session, ids)), page, size, total)
