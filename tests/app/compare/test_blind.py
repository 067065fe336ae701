"""The blind test: nothing tells the methods apart before the pick, and everything is told after it."""

import json
from collections import Counter
from dataclasses import replace
from random import Random

import cv2
import numpy as np
import pytest

from app.compare import blind
from app.compare.contest import Contest, Entry, open_contest, run
from app.compare.subject import Subject
from app.viewer import viewer_value


@pytest.fixture
def contest(subject: Subject, entries: list[Entry]) -> Contest:
    *_, done = run(open_contest(subject, entries))
    return done


def test_before_the_pick_the_browser_learns_no_name(contest: Contest) -> None:
    opened = blind.open_round(contest)
    assert opened
    sent = json.dumps(viewer_value(blind.show_round(opened)))
    for entry in contest.entries:
        for word in (entry.key, entry.label, entry.source):
            assert not word or json.dumps(word)[1:-1] not in sent
    assert "dB" not in sent and "clean" not in sent and "street" not in sent
    panes = blind.show_round(opened).panes
    assert [pane.id for pane in panes] == ["rainy", "A", "B"] and panes[1].picture.name == "A.png"


def test_letters_show_what_they_stand_for(contest: Contest) -> None:
    opened = blind.open_round(contest)
    for letter, key in zip(opened.letters, opened.order):
        assert np.array_equal(cv2.imread(str(opened.file(letter)))[..., ::-1], contest.given[key].pixels)


def test_every_order_comes_up_equally_often(contest: Contest) -> None:
    random = Random(0)
    orders = Counter(blind.open_round(contest, random).order for _ in range(400))
    assert len(orders) == 2 and min(orders.values()) > 160


def test_the_pick_reveals_and_stands(contest: Contest) -> None:
    opened = blind.open_round(contest)
    decided = blind.decide(opened, 2)
    assert decided.picked == opened.order[1] and blind.decide(decided, 1) is decided
    shown = blind.show_round(decided)
    assert shown.blind.done and shown.blind.picked == "B" and opened.label(opened.order[1]) in shown.blind.said
    assert {pane.label for pane in shown.panes[1:]} == {
        f"{letter}: {opened.label(key)}" for letter, key in zip("AB", opened.order)
    }
    row = blind.pick_of(decided, "visitor")
    assert row.picked == opened.order[1] and [each.method for each in row.shown] == list(opened.order)
    assert row.photo == "street" and row.round == opened.id


def test_no_difference_is_a_decision_and_other_numbers_are_none(contest: Contest) -> None:
    opened = blind.open_round(contest)
    nothing = blind.decide(opened, 0)
    assert nothing.picked == "" and blind.show_round(nothing).blind.said == "You saw no difference."
    assert blind.pick_of(nothing, "visitor").picked == ""
    for number in (-1, 3):
        with pytest.raises(ValueError, match="no picture"):
            blind.decide(opened, number)
    with pytest.raises(ValueError, match="not decided"):
        blind.pick_of(opened, "visitor")


def test_one_output_is_no_choice(subject: Subject, entries: list[Entry]) -> None:
    *_, done = run(open_contest(replace(subject, clean=None), entries[:2]))
    assert blind.open_round(done) is None
