"""Progress without a terminal: now and then a line, with what is known."""

import re

import pytest

from core.progress import progress_bar


def test_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar("photo", seconds=0) as show:
        show(0, 40)
        show(20, 40)
        show(3, None)
    out, err = capsys.readouterr()
    assert out == "" and re.fullmatch(r"20 of 40 photos, \S+ a minute\n3 photos, \S+ a minute\n", err)


def test_short_work_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar("photo") as show:
        show(1, 2)
        show(2, 2)
    assert capsys.readouterr().err == ""
