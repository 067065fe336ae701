import numpy as np
import pytest

from annotator.prescreen.measures import MAPS, measure
from annotator.prescreen.score import FEATURES, Score, likelihood, priority, score_photo, scores, version
from core.methods import Derained
from tests.annotator.prescreen.scenes import smooth, with_streaks


def model(mask: float):
    """A stand-in for a model that sees the same rain everywhere."""

    def derain(pixels: np.ndarray) -> Derained:
        darker = np.clip(pixels.astype(np.int16) - round(255 * mask), 0, 255).astype(np.uint8)
        return Derained(darker, np.full(pixels.shape[:2], mask, np.float32))

    return derain


def test_a_score_is_the_logistic_of_what_was_fitted():
    score = Score(("a", "b"), (1.0, 2.0), (2.0, 4.0), (0.5, -1.0), 0.25, 0.5)
    expected = 1 / (1 + np.exp(-(0.25 + 0.5 * (3 - 1) / 2 - (6 - 2) / 4)))
    assert score({"a": 3.0, "b": 6.0, "c": 9.0}) == pytest.approx(expected)
    with pytest.raises(KeyError):
        score({"a": 3.0})


def test_every_score_is_fitted_on_what_is_measured():
    values = measure(smooth(), model(0.0)).values
    assert set(scores()) == set(FEATURES)
    for name, score in scores().items():
        assert score.names == FEATURES[name] and set(score.names) <= set(values)
        assert score.limit is None or 0 < score.limit < 1
    assert all(np.isfinite(value) for value in values.values())
    assert version().startswith("2-")


def test_rain_scores_above_none():
    rain = score_photo(measure(with_streaks(smooth(), 8, 900), model(0.2)).values, 100)
    none = score_photo(measure(smooth(), model(0.0)).values, 100)
    assert likelihood(rain[0]) > 0.7 > 0.1 > likelihood(none[0])
    assert "rain_free" not in rain[1]


def test_each_flag_but_rain_free_lowers_the_place():
    assert priority(0.8, []) == priority(0.8, ["rain_free"]) == 0.8
    assert priority(0.8, ["duplicate"]) == 0.4
    assert priority(0.8, ["low_res", "duplicate"]) == pytest.approx(0.8 / 3)


def test_size_and_light_are_flagged():
    values = measure(np.full((90, 200, 3), 250, np.uint8), model(0.0)).values
    assert {"low_res", "too_light"} <= set(score_photo(values, 91)[1])
    assert "low_res" not in score_photo(values, 90)[1]


@pytest.mark.parametrize("tilt", [-20, 0, 25])
def test_the_rains_direction_and_place_are_found(tilt: float):
    half = with_streaks(smooth(), tilt, 400, columns=160)

    def derain(pixels: np.ndarray) -> Derained:
        mask = np.abs(pixels.astype(np.float32) - 90).mean(2) / 255
        return Derained(pixels, mask * (mask > 0.05))

    found = measure(half, derain)
    assert found.values["direction"] == pytest.approx(tilt, abs=5)
    assert found.maps[0, :, :4].mean() > 5 * found.maps[0, :, 6:].mean()
    assert found.maps.shape[0] == len(MAPS)
    assert found.values["coverage"] > 1


def test_one_pixel_is_measured():
    values = measure(np.zeros((1, 1, 1), np.uint16), model(0.0)).values
    assert all(np.isfinite(value) for value in values.values())
