"""What sources say, before a database gets it."""

from annotator.sources.found import Details, clean_text


def test_text_is_cleaned_and_cut() -> None:
    assert clean_text("a\x1b[31m\0\ud800\udcff\x7f\t\u96e8.png") == "a\ufffd[31m\ufffd\ufffd\ufffd\ufffd\t\u96e8.png"
    assert clean_text("x" * 600 + "y.png") == "x" * 495 + "y.png"
    assert Details(author="y" + "x" * 600).clean().author == "y" + "x" * 499
