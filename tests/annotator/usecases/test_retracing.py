"""Back through a curator's own decisions, and what others have decided since."""

from annotator.project import Project
from annotator.rules import Rules
from annotator.usecases.candidates import candidate_view
from annotator.usecases.decisions import decide, review, undo
from annotator.usecases.retracing import retrace
from annotator.usecases.rules import set_rules
from tests.annotator.photos import accept, new_uuid, reject, skip


def taken_back(project: Project, curator: str = "anna") -> tuple[int, str] | None:
    """Undoes the last decision that counts; its candidate and verdict."""
    last = retrace(project, curator).last
    if last is None:
        return None
    undo(project, new_uuid(), last.candidate.id, curator, last.candidate.version)
    return last.candidate.id, last.decision.verdict


def test_the_newest_first_until_nothing_is_left(filled: Project) -> None:
    for given in (accept, reject, skip):
        decide(filled, given(candidate_view(filled, 4)))
    decide(filled, reject(candidate_view(filled, 2)))
    decide(filled, reject(candidate_view(filled, 1), curator="berta"))
    assert [taken_back(filled) for _ in range(3)] == [(2, "reject"), (4, "skip"), (4, "reject")]
    decide(filled, skip(candidate_view(filled, 5)))
    assert [taken_back(filled) for _ in range(3)] == [(5, "skip"), (4, "accept"), None]
    assert retrace(filled, "nobody").last is None


def test_what_somebody_else_decided_since_is_passed(filled: Project) -> None:
    decide(filled, accept(candidate_view(filled, 1)))
    decide(filled, reject(candidate_view(filled, 2)))
    decide(filled, skip(candidate_view(filled, 2), curator="berta"))
    found = retrace(filled, "anna")
    assert found.last and found.last.candidate.id == 1 and len(found.last.decision.crops) == 1
    assert [own.candidate.id for own in found.overruled] == [2]
    assert taken_back(filled, "berta") == (2, "skip")
    assert retrace(filled, "anna").overruled == ()
    assert taken_back(filled) == (2, "reject")


def test_another_vote_overrules_nothing_but_a_review_does(filled: Project) -> None:
    set_rules(filled, Rules(votes_required=2))
    decide(filled, accept(candidate_view(filled, 1)))
    decide(filled, reject(candidate_view(filled, 1), curator="berta"))
    assert candidate_view(filled, 1).state == "disputed"
    last = retrace(filled, "anna").last
    assert last and last.decision.verdict == "accept" and last.candidate.decision is None
    review(filled, reject(candidate_view(filled, 1), curator="carla"))
    assert taken_back(filled) is None and len(retrace(filled, "anna").overruled) == 1
    assert taken_back(filled, "carla") == (1, "reject")
    assert taken_back(filled) == (1, "accept")
