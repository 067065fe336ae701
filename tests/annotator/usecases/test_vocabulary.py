"""Reasons in a project that is in use: added, retired, brought back; and what was decided keeps its own."""

import json
import re
from pathlib import Path

import pytest

from annotator.errors import AnnotatorError
from annotator.project import Project
from annotator.rules import REASON_KEYS, REASONS, ReasonRule
from annotator.usecases.candidates import candidate_view
from annotator.usecases.decisions import decide
from annotator.usecases.vocabulary import (
    ReasonView,
    active_reasons,
    add_reason,
    all_reasons,
    bring_reason_back,
    key_called,
    reasons_version,
    retire_reason,
)
from tests.annotator.photos import reject


def test_a_reason_is_added_retired_and_brought_back(filled: Project) -> None:
    before = reasons_version(filled)
    with pytest.raises(AnnotatorError, match="There is no reason 'fence'"):
        decide(filled, reject(candidate_view(filled, 1), "fence"))
    assert add_reason(filled, "fence", " fences and grids ") == ReasonRule("fence", "fences and grids", "Equal")
    assert active_reasons(filled) == [*REASONS, ReasonRule("fence", "fences and grids", "Equal")]
    assert reasons_version(filled) != before
    decide(filled, reject(candidate_view(filled, 1), "fence", "snow"))
    retire_reason(filled, "fence")
    assert active_reasons(filled) == list(REASONS) and reasons_version(filled) == before
    assert all_reasons(filled)[-1] == ReasonView("fence", "fences and grids", "Equal", False, 1)
    decision = candidate_view(filled, 1).decision
    assert decision and decision.reasons == ("fence", "snow")
    with pytest.raises(AnnotatorError, match="no longer used"):
        decide(filled, reject(candidate_view(filled, 2), "fence"))
    assert add_reason(filled, "window", "through a window").key == "Equal"
    assert bring_reason_back(filled, "fence").key == "KeyE"
    decide(filled, reject(candidate_view(filled, 2), "fence"))
    assert all_reasons(filled)[-2].candidates == 2


@pytest.mark.parametrize(
    ("code", "label", "key", "sentence"),
    [
        ("Fence", "fences", None, "small letters"),
        ("f" * 33, "fences", None, "small letters"),
        ("fence", " ", None, "printable"),
        ("fence", "a\nb", None, "printable"),
        ("fence", "snow", None, "called 'snow' already"),
        ("snow", "fences", None, "there already"),
        ("fence", "fences", "KeyS", "one of 1, 2"),
        ("fence", "fences", "Digit1", "The key 1 rejects for snow already"),
    ],
)
def test_what_makes_no_sense(filled: Project, code: str, label: str, key: str | None, sentence: str) -> None:
    with pytest.raises(AnnotatorError, match=sentence):
        add_reason(filled, code, label, key)
    assert active_reasons(filled) == list(REASONS)


def test_the_last_reason_and_the_last_key(local: Project) -> None:
    for number in range(len(REASON_KEYS) - len(REASONS)):
        add_reason(local, f"more_{number}", f"more {number}")
    with pytest.raises(AnnotatorError, match="keys of reasons are taken"):
        add_reason(local, "fence", "fences")
    *others, last = active_reasons(local)
    for reason in others:
        retire_reason(local, reason.code)
    with pytest.raises(AnnotatorError, match="the last reason"):
        retire_reason(local, last.code)
    with pytest.raises(AnnotatorError, match="no reason 'snow' in use"):
        retire_reason(local, "snow")
    with pytest.raises(AnnotatorError, match="no retired reason"):
        bring_reason_back(local, last.code)


def test_the_page_uses_none_of_the_reasons_keys(repository: Path) -> None:
    source = (repository / "annotator/web/static/keys.js").read_text(encoding="utf-8")
    used = [key for keys in re.findall(r"keys: (\[[^\]]*\])", source) for key in json.loads(keys)]
    assert "KeyS" in used and not set(used) & set(REASON_KEYS)
    assert key_called("e") == "KeyE" and key_called("=") == "Equal" and key_called("F1") == "F1"
