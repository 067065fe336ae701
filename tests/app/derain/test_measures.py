"""The cards of the rain measures: values, unknown values, and the drawn direction."""

import re

import pytest

from app.derain.measures import cards, compass
from core.metrics.rain_measures import RainMeasures


def test_values_with_units_and_a_true_minus() -> None:
    html = cards(RainMeasures(coverage=12.345, direction=-7.6, spread=3.2, density=812.4))
    for text in (
        "12.3<small>%",
        "−8<small>°",
        "3<small>°",
        "812<small> streaks/MP",
        "width:12.3%",
        "more than 10 of 255",
    ):
        assert text in html


def test_nought_has_no_sign() -> None:
    for direction in (-0.4, 0.4):
        html = cards(RainMeasures(coverage=1, direction=direction, spread=1, density=1))
        assert '<dd class="value">0<small>°' in html


def test_unknown_measures_are_dashes_without_units() -> None:
    html = cards(RainMeasures(coverage=0.0, direction=None, spread=None, density=None))
    assert html.count('<dd class="value">–') == 3 and "streaks/MP" not in html
    assert 'class="mean"' not in html


def test_a_dash_says_why() -> None:
    html = cards(RainMeasures(coverage=65.0, direction=None, spread=None, density=None))
    assert html.count("no direction in common") == 2 and "too dense to tell" in html
    known = cards(RainMeasures(coverage=65.0, direction=1.0, spread=1.0, density=1.0))
    assert "in common" not in known and "too dense" not in known


@pytest.mark.parametrize(("direction", "tip"), [(0, (44, 6)), (90, (84, 46)), (-30, (24, 11.4)), (30, (64, 11.4))])
def test_the_needle_leans_as_the_upper_ends_do(direction: float, tip: tuple[float, float]) -> None:
    match = re.search(r'class="mean" d="M44 46 L([\d.-]+) ([\d.-]+)"', compass(direction, 5))
    assert match and (float(match[1]), float(match[2])) == pytest.approx(tip, abs=0.06)
