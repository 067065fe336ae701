"""Names of files: one spelling, and found again however they are written."""

import os
import unicodedata

import pytest

from core.text import NameIndex, one_spelling, to_utf8

COMPOSED, DECOMPOSED = "Zürich/Größe.jpg", unicodedata.normalize("NFD", "Zürich/Größe.jpg")


def test_one_spelling() -> None:
    assert DECOMPOSED != COMPOSED
    assert one_spelling(DECOMPOSED) == one_spelling(COMPOSED) == COMPOSED


def test_odd_bytes_are_escaped() -> None:
    odd = os.fsdecode(b"n\xf6tig.jpg")
    assert one_spelling(odd) == "n\\udcf6tig.jpg"
    assert to_utf8(odd) == b"n\\udcf6tig.jpg"


@pytest.mark.parametrize("written", [COMPOSED, DECOMPOSED, "Zürich\\Größe.jpg", "ZÜRICH/größe.JPG"])
@pytest.mark.parametrize("there", [COMPOSED, DECOMPOSED])
def test_found_however_it_is_written(there: str, written: str) -> None:
    assert NameIndex(["a.jpg", there]).find(written) == there


def test_other_capitals_only_where_one_is_meant() -> None:
    index = NameIndex(["a.jpg", "A.jpg"])
    assert (index.find("a.jpg"), index.find("A.jpg"), index.find("A.JPG")) == ("a.jpg", "A.jpg", None)


def test_a_backslash_that_is_part_of_a_name() -> None:
    index = NameIndex(["a\\b.jpg", "a/b.jpg"])
    assert (index.find("a\\b.jpg"), index.find("a/b.jpg")) == ("a\\b.jpg", "a/b.jpg")


def test_what_is_not_there_is_not_found() -> None:
    assert NameIndex(["a.jpg"]).find("b.jpg") is None
