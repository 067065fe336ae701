"""Running the methods: order, figures, failures, and what is taken over from before."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio

from app.compare.contest import Entry, open_contest, run
from app.compare.show import facts, show, table
from app.compare.subject import Subject, make_subject
from core.errors import UserError


def test_outputs_at_hand_come_before_networks_and_each_step_is_shown(subject: Subject, entries: list[Entry]) -> None:
    steps = [
        {pane.id: pane.state for pane in show(now, working=bool(now.running)).panes}
        for now in run(open_contest(subject, entries))
    ]
    photos = {"rainy": "ready", "clean": "ready", "prenet": "missing", "outputs:Best": "ready"}
    assert steps == [photos | {"ours": "running"}, photos | {"ours": "ready"}]


def test_pictures_and_figures_are_those_of_the_outputs(subject: Subject, entries: list[Entry]) -> None:
    *_, done = run(open_contest(subject, entries))
    ours = done.given["ours"]
    assert ours.picture and np.array_equal(cv2.imread(str(ours.picture))[..., ::-1], ours.pixels)
    expected = peak_signal_noise_ratio(subject.clean, ours.pixels, data_range=255)
    assert done.scores["ours"]["rgb"]["psnr"] == pytest.approx(expected)
    assert ours.seconds is not None and done.given["outputs:Best"].seconds is None
    html = table(done)
    assert f"<td>{expected:.2f}</td>" in html and "<td><b>∞</b></td>" in html
    assert html.count("<tr>") == 4 and "PReNet" not in html


def test_without_a_clean_photo_there_are_no_figures(subject: Subject, entries: list[Entry]) -> None:
    *_, done = run(open_contest(replace(subject, clean=None), entries))
    assert done.scores == {} and "PSNR" not in table(done)
    assert [pane.id for pane in show(done, working=False).panes] == ["rainy", "ours", "prenet", "outputs:Best"]


@pytest.mark.parametrize("error", [UserError("It does not fit."), MemoryError()])
def test_one_that_fails_says_why_and_the_others_go_on(subject: Subject, entries: list[Entry], error: Exception) -> None:
    def fail() -> np.ndarray:
        raise error

    *_, done = run(open_contest(subject, [replace(entries[2], derain=fail), entries[0]]))
    pane = show(done, working=False).panes[2]
    assert pane.state == "failed" and pane.sentence == (str(error) or "There was not enough memory for this photo.")
    assert done.given["ours"].picture


def test_every_method_has_a_picture_of_its_own(subject: Subject, entries: list[Entry]) -> None:
    keys = ["brought:雨", "brought:風", "brought:a b", "brought:a_b", "rainy_"]
    own = [
        replace(entries[2], key=key, derain=np.full_like(subject.rainy, number).copy) for number, key in enumerate(keys)
    ]
    *_, done = run(open_contest(subject, own))
    assert [int(cv2.imread(str(done.given[key].picture)).max()) for key in keys] == [0, 1, 2, 3, 4]


def test_the_same_photo_is_not_derained_twice(subject: Subject, entries: list[Entry]) -> None:
    *_, before = run(open_contest(replace(subject, clean=None), entries))
    once = [replace(entries[0], derain=lambda: pytest.fail("ran again"))]
    *_, after = run(open_contest(subject, once, before))
    assert after.given["ours"].seconds == before.given["ours"].seconds and "ours" in after.scores
    other = make_subject("other", subject.rainy[::-1].copy(), None)
    *_, anew = run(open_contest(other, [entries[0]], before))
    assert anew.given["ours"].picture != before.given["ours"].picture


def test_names_of_files_cannot_become_html(subject: Subject, entries: list[Entry]) -> None:
    named = replace(subject, name="<img src=x>")
    *_, done = run(open_contest(named, [replace(entries[0], label="<b>x</b>", source="<i>")]))
    assert "<img" not in facts(done) and "<b>x" not in table(done) and "<i>" not in table(done).split("<tbody>")[1]
