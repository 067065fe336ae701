"""Streaks that a derained photo still has: which of them a pseudo-label goes without."""

import cv2
import numpy as np
import pytest

from core.training.residual_streaks import LARGEST, without_residual_streaks

SIDE = 160
INNER = np.s_[30:-30, 30:-30]


def rain(tilt: float, seed: int = 0) -> np.ndarray:
    """Streaks `tilt` degrees clockwise from the vertical, (SIDE, SIDE) float32, grey levels."""
    rng, layer = np.random.default_rng(seed), np.zeros((SIDE, SIDE), np.float32)
    across, down = -np.sin(np.radians(tilt)) * 26, np.cos(np.radians(tilt)) * 26
    for x, y in rng.uniform(-26, SIDE + 26, (150, 2)):
        cv2.line(layer, (round(x), round(y)), (round(x + across), round(y + down)), 30, 1)
    return layer


def photo_of(grey: np.ndarray) -> np.ndarray:
    return np.repeat(np.clip(np.rint(grey), 0, 255).astype(np.uint8)[..., None], 3, 2)


@pytest.mark.parametrize("tilt", [-28.0, 0.0, 28.0])
def test_what_is_left_of_streaks_goes_and_grain_stays(tilt: float) -> None:
    rainy, grain = photo_of(90 + rain(tilt)), np.random.default_rng(1).normal(0, 2, (SIDE, SIDE))
    faint = photo_of(90 + 0.15 * rain(tilt))
    left = without_residual_streaks(rainy, faint)
    assert left[INNER].std() < 0.75 * faint[INNER].std()
    grainy = photo_of(90 + grain)
    assert without_residual_streaks(rainy, grainy)[INNER].std() > 0.9 * grainy[INNER].std()


def test_nothing_stands_out_less_by_more_than_the_largest_share() -> None:
    derained = photo_of(np.full((SIDE, SIDE), 90))
    derained[:, 80] = 150
    change = derained.astype(int) - without_residual_streaks(photo_of(90 + rain(0)), derained)
    assert 0 < np.abs(change).max() <= LARGEST


def test_where_it_does_not_rain_or_the_photo_is_not_smooth_nothing_changes() -> None:
    faint = photo_of(90 + 0.2 * rain(0))
    assert np.array_equal(without_residual_streaks(photo_of(np.full((SIDE, SIDE), 90)), faint), faint)
    steep = photo_of(90 + rain(0) + 60 * np.sin(np.arange(SIDE) / 8)[None])
    assert np.array_equal(without_residual_streaks(steep, faint), faint)
