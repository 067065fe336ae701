"""What the page says of an outcome."""

import pytest

from app.derain import words
from core.metrics.rain_measures import RainMeasures


class Done:
    def __init__(self, coverage: float, scale: int = 1, left_out: tuple[str, ...] = ()) -> None:
        self.measures, self.scale, self.left_out = RainMeasures(coverage, None, None, None), scale, left_out


@pytest.mark.parametrize(
    ("coverage", "said"),
    [(0.0, "Hardly any rain"), (0.09, "Hardly any rain"), (0.4, "less than 1 %"), (23.3, "23 % of the picture")],
)
def test_what_was_found_is_said_in_a_sentence(coverage: float, said: str) -> None:
    assert said in words.finished(Done(coverage))


def test_a_photo_that_the_network_saw_smaller_is_told() -> None:
    assert "The network saw it at half its size." in words.finished(Done(5, 2))
    assert "saw it" not in words.finished(Done(5))


@pytest.mark.parametrize("coverage", [0.0, 5.0])
def test_what_the_download_lacks_is_told(coverage: float) -> None:
    assert "an HDR gain map, XMP." in words.finished(Done(coverage, left_out=("an HDR gain map", "XMP")))
    assert "Not in the download" not in words.finished(Done(coverage))


def test_parts_are_counted_from_one() -> None:
    assert "part 1 of 20" in words.working(0, 20) and "part 20 of 20" in words.working(19, 20)
    assert "part 20 of 20" in words.working(20, 20)
    assert "part" not in words.working(0, 1).split("<progress")[0]


def test_a_picture_that_was_brightened_says_how_far() -> None:
    assert words.brightened(7) == "7 × brighter" and words.brightened(1) == "not brightened"


def test_one_part_alone_has_no_share_to_show() -> None:
    assert "<progress></progress>" in words.working(0, 1)
    assert 'value="0" max="7"' in words.working(0, 7) and "part 1 of 7" in words.working(0, 7)
