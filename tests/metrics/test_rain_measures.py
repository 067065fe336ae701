"""Rain measures against rain drawn here with known direction, spread, coverage and number of streaks."""

import cv2
import numpy as np
import pytest

from core.metrics.rain_measures import THRESHOLD, RainMeasures, measure_rain

SIZE = 600


def draw(angles: np.ndarray, length: float, width: int, seed: int, size: int = SIZE, gain: float = 0.6) -> np.ndarray:
    """One straight line an angle (degrees from the vertical, positive: upper end to the right), centres anywhere."""
    rng = np.random.default_rng(seed)
    mask = np.zeros((size, size), np.uint8)
    margin = length / 2
    centres = rng.uniform(-margin, size + margin, (len(angles), 2))
    half = length / 2 * np.stack((np.sin(np.radians(angles)), -np.cos(np.radians(angles))), 1)
    for upper, lower in zip(centres + half, centres - half):
        ends = [tuple(round(v * 16) for v in end) for end in (upper, lower)]
        cv2.line(mask, ends[0], ends[1], 255, width, cv2.LINE_AA, shift=4)
    return mask.astype(np.float32) / 255 * gain


def drawn_in_frame(count: int, length: float, size: int = SIZE) -> float:
    """Lines to expect in a megapixel when `count` centres fall on the frame and a margin of half a length around it."""
    return count / (size + length) ** 2 * 1e6


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(
    ("length", "width", "count"), [(15, 1, 60), (30, 2, 200), (80, 1, 30), (60, 3, 250), (90, 5, 40), (40, 1, 900)]
)
@pytest.mark.parametrize("angle", range(-60, 61, 15))
def test_direction_within_five_degrees(angle: int, length: int, width: int, count: int, seed: int) -> None:
    rain = measure_rain(draw(np.full(count, float(angle)), length, width, seed))
    assert rain.direction == pytest.approx(angle, abs=5)
    assert rain.spread is not None and rain.spread < 15


@pytest.mark.parametrize("angle", [-89, 89])
def test_direction_is_axial_near_the_horizontal(angle: int) -> None:
    """Lines at ±4° about the horizontal average to it, not to the vertical."""
    rain = measure_rain(draw(np.r_[np.full(150, angle - 4.0), np.full(150, angle + 4.0)], 40, 2, 3))
    assert rain.direction is not None
    assert min(abs(rain.direction - angle), abs(rain.direction - angle + 180), abs(rain.direction - angle - 180)) < 5


def test_positive_leans_to_the_right() -> None:
    mask = np.zeros((60, 60), np.float32)
    for i in range(40):
        mask[50 - i, 10 + i : 13 + i] = 1  # from lower left to upper right: /
    assert measure_rain(mask).direction == pytest.approx(45, abs=2)
    assert measure_rain(mask[:, ::-1]).direction == pytest.approx(-45, abs=2)


@pytest.mark.parametrize("spread", [5, 10, 20])
def test_spread_grows_with_that_of_the_streaks(spread: float) -> None:
    angles = np.random.default_rng(4).normal(-10, spread, 500)
    rain = measure_rain(draw(angles, 50, 2, 5, size=1200))
    assert rain.direction == pytest.approx(-10, abs=5)
    assert rain.spread == pytest.approx(spread, abs=5)


def test_coverage_is_the_share_above_the_threshold() -> None:
    mask = np.zeros((100, 200), np.float32)
    mask[:25] = THRESHOLD + 0.001
    mask[25:50] = THRESHOLD - 0.001
    assert measure_rain(mask).coverage == pytest.approx(25)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(
    ("angle", "length", "width", "count"),
    [
        (0, 30, 1, 100),
        (20, 30, 2, 400),
        (-35, 60, 2, 500),
        (10, 20, 1, 1500),
        (55, 25, 3, 600),
        (0, 30, 2, 3000),
        (-20, 60, 4, 800),
    ],
)
def test_density_counts_streaks_even_where_they_overlap(
    angle: float, length: int, width: int, count: int, seed: int
) -> None:
    size = 1000
    rain = measure_rain(draw(np.random.default_rng(seed).normal(angle, 4, count), length, width, seed, size))
    assert rain.density == pytest.approx(drawn_in_frame(count, length, size), rel=0.15)


def test_density_is_unknown_in_a_curtain_of_rain() -> None:
    rain = measure_rain(draw(np.random.default_rng(1).normal(10, 4, 3000), 60, 5, 1))
    assert rain.coverage > 80 and rain.density is None
    assert rain.direction == pytest.approx(10, abs=5)


def test_density_ignores_specks() -> None:
    mask = np.zeros((300, 300), np.float32)
    mask[::20, ::20] = 1
    assert measure_rain(mask).density == 0


@pytest.mark.parametrize("level", [0.0, THRESHOLD / 2, 1.0])
def test_flat_mask_has_no_direction(level: float) -> None:
    rain = measure_rain(np.full((50, 70), level, np.float32))
    assert rain.direction is None and rain.spread is None
    assert rain.coverage == (100 if level == 1 else 0)
    assert rain.density == (None if level == 1 else 0)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_round_drops_and_noise_have_no_direction(seed: int) -> None:
    rng = np.random.default_rng(seed)
    drops = np.zeros((SIZE, SIZE), np.uint8)
    for x, y in rng.integers(0, SIZE * 16, (400, 2)):
        cv2.circle(drops, (int(x), int(y)), 4 * 16, 255, -1, cv2.LINE_AA, shift=4)
    assert measure_rain(drops / np.float32(255)).direction is None
    assert measure_rain(rng.random((SIZE, SIZE), np.float32)).direction is None


def test_bands_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    mask = draw(np.random.default_rng(1).normal(15, 5, 300), 40, 2, 6)
    whole = measure_rain(mask)
    monkeypatch.setattr("core.metrics.rain_measures._BAND", 64)
    banded = measure_rain(mask)
    assert banded == RainMeasures(
        whole.coverage, pytest.approx(whole.direction, abs=0.01), pytest.approx(whole.spread, abs=0.05), whole.density
    )


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (2, 3)])
def test_tiny_masks_work(shape: tuple[int, int]) -> None:
    assert measure_rain(np.zeros(shape, np.float32)) == RainMeasures(0, None, None, 0)
    assert measure_rain(np.ones(shape, np.float32)).coverage == 100


@pytest.mark.parametrize(
    "mask", [np.zeros((4, 4, 1), np.float32), np.zeros((4, 4), np.uint8), np.zeros((0, 4), np.float32)]
)
def test_wrong_masks_are_refused(mask: np.ndarray) -> None:
    with pytest.raises(ValueError, match="rain mask"):
        measure_rain(mask)
