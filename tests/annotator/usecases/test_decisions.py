"""Deciding, undoing, reviewing: one event each, the rules kept, stale views answered as conflicts."""

from dataclasses import replace
from datetime import datetime, timezone

import pytest
from sqlalchemy import func, select, text

from annotator.candidate import CandidateView, Crop
from annotator.database.models import DecisionEvent, Reason
from annotator.errors import AnnotatorError, Conflict
from annotator.project import Project
from annotator.rules import Rules
from annotator.usecases.candidates import candidate_view
from annotator.usecases.decisions import decide, rebuild_current, review, undo
from annotator.usecases.queue import Filters
from annotator.usecases.review import gallery
from annotator.usecases.rules import set_rules
from tests.annotator.photos import HEIGHT, WIDTH, accept, new_uuid, reject, skip


def events(project: Project) -> int:
    with project.read() as session:
        return session.scalar(select(func.count()).select_from(DecisionEvent)) or 0


def seen(project: Project, candidate: int = 1) -> CandidateView:
    return candidate_view(project, candidate)


def test_an_acceptance_is_kept_to_the_pixel(filled: Project) -> None:
    shown = datetime(2026, 5, 4, 3, 2, 1, 999, tzinfo=timezone.utc)
    decision = accept(
        seen(filled), (1, 2, 200, 150), (399 - 128, 300 - 129, 129, 129), note=" größer 雨 ", shown_at=shown
    )
    view = decide(filled, decision)
    assert view == seen(filled)
    assert (view.state, view.version) == ("accepted", 1)
    assert view.decision is not None
    assert view.decision.crops == (Crop(1, 2, 200, 150), Crop(271, 171, 129, 129))
    assert (view.decision.uuid, view.decision.curator, view.decision.note) == (decision.uuid, "anna", "größer 雨")
    assert abs((view.decision.decided_at - datetime.now(timezone.utc)).total_seconds()) < 60
    with filled.read() as session:
        assert session.scalar(select(DecisionEvent.shown_at)) == shown


def test_reasons_keep_their_order(filled: Project) -> None:
    view = decide(filled, reject(seen(filled), "spray", "mist", "low_res"))
    assert view.decision is not None
    assert (view.state, view.decision.reasons) == ("rejected", ("spray", "mist", "low_res"))


def test_the_same_uuid_again_is_no_second_decision(filled: Project) -> None:
    decision = reject(seen(filled))
    first = decide(filled, decision)
    assert decide(filled, decision) == first
    assert decide(filled, replace(decision, uuid=decision.uuid.upper())) == first
    assert events(filled) == 1


def test_a_uuid_of_another_decision_is_refused(filled: Project) -> None:
    decision = reject(seen(filled))
    decide(filled, decision)
    with pytest.raises(AnnotatorError, match="was used for another decision"):
        decide(filled, replace(decision, candidate=2))
    assert seen(filled, 2).state == "pending"


def test_a_stale_view_is_a_conflict_and_writes_nothing(filled: Project) -> None:
    view = seen(filled)
    decide(filled, reject(view, curator="bert"))
    before = seen(filled)
    with pytest.raises(Conflict):
        decide(filled, accept(view))
    with pytest.raises(Conflict):
        undo(filled, new_uuid(), 1, "bert", view.version)
    assert seen(filled) == before and events(filled) == 1


def test_deciding_again_takes_the_place(filled: Project) -> None:
    decide(filled, reject(seen(filled)))
    view = decide(filled, accept(seen(filled), curator="bert"))
    assert (view.state, view.version) == ("accepted", 2)
    with filled.read() as session:
        assert session.scalars(select(DecisionEvent.supersedes).order_by(DecisionEvent.id)).all() == [None, 1]


def test_undo_gives_back_what_was_before_and_keeps_every_event(filled: Project) -> None:
    first = decide(filled, reject(seen(filled), "mist"))
    decide(filled, accept(seen(filled)))
    uuid = new_uuid()
    back = undo(filled, uuid, 1, "anna", 2)
    assert back.decision == first.decision and (back.state, back.version) == ("rejected", 3)
    assert undo(filled, uuid, 1, "anna", 2) == back
    assert undo(filled, new_uuid(), 1, "anna", 3).state == "pending"
    with pytest.raises(AnnotatorError, match="no decision of anna"):
        undo(filled, new_uuid(), 1, "anna", 4)
    assert events(filled) == 4


def test_nobody_undoes_anothers_decision(filled: Project) -> None:
    decide(filled, reject(seen(filled), curator="bert"))
    with pytest.raises(AnnotatorError, match="no decision of anna"):
        undo(filled, new_uuid(), 1, "anna", 1)


BAD = {
    "is accept, reject, skip": lambda v: replace(accept(v), verdict="maybe"),
    "needs a uuid": lambda v: replace(accept(v), uuid="1"),
    "needs at least one crop": lambda v: replace(accept(v), crops=()),
    "Only an accepted photo has crops": lambda v: replace(reject(v), crops=(Crop(0, 0, 200, 200),)),
    "needs a reason": lambda v: replace(reject(v), reasons=()),
    "Only a rejected photo has reasons": lambda v: replace(accept(v), reasons=("snow",)),
    "no reason 'rainbow'": lambda v: reject(v, "rainbow"),
    "no longer used": lambda v: reject(v, "synthetic"),
    "given twice": lambda v: reject(v, "snow", "snow"),
    "same crop is given twice": lambda v: accept(v, (0, 0, 130, 130), (5, 0, 130, 130), (0, 0, 130, 130)),
    r"not lie inside the photo of 400×300": lambda v: accept(v, (WIDTH - 199, 0, 200, 150)),
    r"at \(0, 151\) does not lie inside": lambda v: accept(v, (0, HEIGHT - 149, 200, 150)),
    r"at \(-1, 0\) does not lie": lambda v: accept(v, (-1, 0, 200, 150)),
    "smaller than the 128 pixels": lambda v: accept(v, (0, 0, 127, 200)),
    "not in whole pixels": lambda v: accept(v, (0, 0, 200.5, 150)),  # type: ignore[arg-type]
    "at most 50 crops": lambda v: accept(v, *((x, 0, 130, 130) for x in range(51))),
    "at most 2000 characters": lambda v: reject(v, note="x" * 2001),
    "no candidate 99": lambda v: replace(reject(v), candidate=99),
    "curator's name": lambda v: reject(v, curator="  "),
    "printable": lambda v: reject(v, curator="an\nna"),
    "needs its zone": lambda v: reject(v, shown_at=datetime(2026, 1, 1)),
}


@pytest.mark.parametrize("sentence", BAD)
def test_a_broken_rule_is_one_sentence_and_writes_nothing(filled: Project, sentence: str) -> None:
    with filled.write() as session:
        session.execute(Reason.__table__.update().where(Reason.code == "synthetic").values(active=False))  # type: ignore[attr-defined]
    with pytest.raises(AnnotatorError, match=sentence) as caught:
        decide(filled, BAD[sentence](seen(filled)))
    assert "\n" not in str(caught.value) and str(caught.value).endswith(".")
    assert events(filled) == 0 and seen(filled).version == 0


def test_the_aspect_of_the_rules_is_kept_to_the_pixel(filled: Project) -> None:
    set_rules(filled, Rules(crop_min_side=100, crop_aspect=1.5))
    with pytest.raises(AnnotatorError, match=r"aspect 1\.5"):
        decide(filled, accept(seen(filled), (0, 0, 200, 150)))
    assert decide(filled, accept(seen(filled), (0, 0, 200, 133))).state == "accepted"


def test_rules_that_make_no_sense_are_refused(filled: Project) -> None:
    for rules in (Rules(min_side=0), Rules(crop_aspect=100.0), Rules(votes_required=0)):
        with pytest.raises(AnnotatorError):
            set_rules(filled, rules)
    assert filled.rules == Rules()


def test_what_a_database_cannot_store_is_replaced_in_a_note(filled: Project) -> None:
    view = decide(filled, reject(seen(filled), note=" a\0b\x1b\t\ud800c\nd\u2028\x85e \n"))
    assert view.decision is not None and view.decision.note == "a\ufffdb\ufffd\t\ufffdc\nd\u2028\x85e"


def test_no_database_is_asked_for_what_it_cannot_store(filled: Project) -> None:
    for odd in ("sn\0ow", "snow\ud800"):
        for filters in (Filters(text=odd), Filters(flag=odd), Filters(reason=odd), Filters(curator=odd)):
            assert gallery(filled, filters).total == 0
        with pytest.raises(AnnotatorError, match="There is no reason"):
            decide(filled, reject(seen(filled), odd))
        with pytest.raises(AnnotatorError, match="printable characters"):
            decide(filled, reject(seen(filled), curator=odd))
    assert seen(filled).version == 0


def test_current_state_is_rebuilt_from_the_events(filled: Project) -> None:
    decide(filled, accept(seen(filled, 1)))
    decide(filled, reject(seen(filled, 2)))
    decide(filled, skip(seen(filled, 3)))
    decide(filled, reject(seen(filled, 4)))
    undo(filled, new_uuid(), 4, "anna", 1)
    decide(filled, reject(seen(filled, 1), "mist", curator="bert"))
    stored = [seen(filled, n) for n in range(1, 7)]
    assert [view.state for view in stored] == ["rejected", "rejected", "skipped", "pending", "pending", "pending"]
    assert rebuild_current(filled) == 0
    with filled.write() as session:
        session.execute(text("DELETE FROM current_decision"))
        session.execute(text("UPDATE candidate SET state = 'accepted', version = 7"))
    assert rebuild_current(filled) == 6
    assert [seen(filled, n) for n in range(1, 7)] == stored


def test_two_votes_decide_and_skips_are_none(filled: Project) -> None:
    set_rules(filled, Rules(votes_required=2))
    assert decide(filled, reject(seen(filled))).state == "pending"
    assert decide(filled, skip(seen(filled), "carl")).state == "pending"
    view = decide(filled, reject(seen(filled), "mist", curator="bert"))
    assert view.state == "rejected" and view.decision is not None and view.decision.curator == "bert"


def test_votes_that_differ_are_settled_by_a_review(filled: Project) -> None:
    set_rules(filled, Rules(votes_required=2))
    decide(filled, reject(seen(filled)))
    view = decide(filled, accept(seen(filled), curator="bert"))
    assert (view.state, view.decision) == ("disputed", None)
    view = review(filled, accept(seen(filled), (5, 5, 150, 150), curator="chief"))
    assert view.state == "accepted" and view.decision is not None and view.decision.kind == "review"
    with pytest.raises(AnnotatorError, match="settled in a review"):
        decide(filled, reject(seen(filled)))
    assert undo(filled, new_uuid(), 1, "chief", 3).state == "disputed"
    assert decide(filled, accept(seen(filled))).state == "accepted"
    assert rebuild_current(filled) == 0


def test_a_curators_second_decision_is_the_same_vote(filled: Project) -> None:
    set_rules(filled, Rules(votes_required=2))
    decide(filled, reject(seen(filled)))
    assert decide(filled, reject(seen(filled), "mist")).state == "pending"
    with filled.read() as session:
        assert session.scalars(select(DecisionEvent.supersedes).order_by(DecisionEvent.id)).all() == [None, 1]


def test_another_number_of_votes_counts_anew(filled: Project) -> None:
    decide(filled, reject(seen(filled)))
    set_rules(filled, Rules(votes_required=2))
    assert seen(filled).state == "pending"
    set_rules(filled, Rules(votes_required=1))
    assert seen(filled).state == "rejected"
