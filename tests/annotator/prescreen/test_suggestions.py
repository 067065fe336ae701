import numpy as np
import pytest

from annotator.prescreen.suggestions import LIKELY, likelihood, propose_crops

DARK = np.zeros((10, 15))


def test_rain_speaks_for_a_patch_and_light_and_the_lower_rows_against_it():
    rain = np.random.default_rng(0).random((10, 15))
    likely = likelihood(rain, DARK)
    assert ((likely > 0) & (likely < 1)).all()
    assert (likely > likelihood(rain, DARK + 1)).all()
    even = likelihood(np.full((10, 15), 0.3), DARK)
    assert (np.diff(even, axis=0) < 0).all()
    more = rain.copy()
    more[4, 4] = 0.0
    assert likelihood(more, DARK)[4, 4] < likely[4, 4]


def test_the_rainy_part_is_proposed():
    rain, light = np.zeros((10, 15)), np.ones((10, 15))
    rain[2:7, 5:11], light[2:7, 5:11] = 0.5, 0
    first = propose_crops(rain, light, (40.0, 40.0), (610, 405), 128)[0]
    assert (first.x, first.y, first.w, first.h) == (200, 80, 240, 200)
    assert 0.5 < first.score < 1


@pytest.mark.parametrize("seed", range(5))
def test_the_first_has_the_greatest_sum_of_all_rectangles(seed: int):
    draw = np.random.default_rng(seed)
    rain, light = draw.random((6, 7)) ** 3, draw.random((6, 7)) ** 2
    gain = likelihood(rain, light) - LIKELY
    best = max(
        gain[t:b, left:right].sum()
        for t in range(6)
        for b in range(t + 2, 7)
        for left in range(7)
        for right in range(left + 3, 8)
    )
    crop = propose_crops(rain, light, (50.0, 64.0), (350, 384), 128)[0]
    cells = gain[crop.y // 64 : (crop.y + crop.h) // 64, crop.x // 50 : (crop.x + crop.w) // 50]
    assert cells.sum() == pytest.approx(best)


@pytest.mark.parametrize("seed", range(20))
def test_crops_keep_the_rules(seed: int):
    draw = np.random.default_rng(seed)
    width, height = (int(length) for length in draw.integers(128, 900, 2))
    scale = max(1.0, max(width, height) / 480)
    patch = (32 * scale, 32 * scale)
    shape = (max(1, int(height / patch[1])), max(1, int(width / patch[0])))
    crops = propose_crops(draw.random(shape) ** 4, draw.random(shape), patch, (width, height), 128)
    assert 1 <= len(crops) <= 3
    painted = np.zeros((height, width), int)
    for crop in crops:
        assert min(crop.x, crop.y) >= 0 and min(crop.w, crop.h) >= 128
        assert crop.x + crop.w <= width and crop.y + crop.h <= height
        painted[crop.y : crop.y + crop.h, crop.x : crop.x + crop.w] += 1
        assert all(isinstance(value, int) for value in (crop.x, crop.y, crop.w, crop.h))


def test_no_rain_no_crop_and_no_room_no_crop():
    none = np.zeros((5, 5))
    assert propose_crops(none, none, (32.0, 32.0), (160, 160), 128) == []
    assert propose_crops(np.ones((3, 5)), np.zeros((3, 5)), (32.0, 32.0), (160, 100), 128) == []
