"""The order of the gallery."""

from annotator.project import Project
from annotator.rules import Rules
from annotator.usecases.candidates import candidate_view
from annotator.usecases.decisions import decide
from annotator.usecases.queue import Filters
from annotator.usecases.review import gallery
from annotator.usecases.rules import set_rules
from tests.annotator.photos import accept, reject, skip


def ids(project: Project, *states: str, **more: int) -> list[int]:
    return [view.id for view in gallery(project, Filters(states=states), latest_first=True, **more).views]


def test_those_decided_on_last_come_first_and_those_never_decided_on_last(filled: Project) -> None:
    for number in (2, 5, 3, 2):
        decide(filled, accept(candidate_view(filled, number)))
    assert ids(filled) == [2, 3, 5, 1, 4, 6]
    assert ids(filled, "accepted", "rejected") == [2, 3, 5]
    assert ids(filled, "accepted", page=1, size=2) == [5]
    decided = gallery(filled, Filters(states=("accepted",)))
    assert [view.id for view in decided.views] == [2, 3, 5]


def test_votes_that_differ_have_the_time_of_the_last_of_them(filled: Project) -> None:
    set_rules(filled, Rules(votes_required=2))
    for number in (3, 1):
        decide(filled, accept(candidate_view(filled, number)))
    for number in (1, 3):
        decide(filled, reject(candidate_view(filled, number), curator="berta"))
    decide(filled, skip(candidate_view(filled, 2)))
    assert ids(filled, "disputed") == [3, 1]
