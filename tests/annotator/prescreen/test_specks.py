import cv2
import numpy as np

from annotator.prescreen.specks import measure_specks
from annotator.prescreen.working_copy import working_copy
from tests.annotator.prescreen.scenes import smooth, texture, with_streaks


def flakes(radius: int, blur: float = 0.0) -> np.ndarray:
    picture = smooth()
    for x in range(20, 310, 40):
        for y in range(20, 230, 40):
            cv2.circle(picture, (x, y), radius, (220, 220, 220), -1, cv2.LINE_AA)
    return cv2.GaussianBlur(picture, (0, 0), blur) if blur else picture


def test_streaks_stand_upright_and_flakes_are_round():
    rain = measure_specks(working_copy(with_streaks(smooth(), 5, count=60)))
    snow = measure_specks(working_copy(flakes(2)))
    assert rain.upright > 1 and abs(snow.upright) < 0.4
    assert snow.round_share > 0.95 and rain.round_share < 0.2


def test_flakes_are_counted():
    assert measure_specks(working_copy(flakes(2))).density == 48 / (240 * 320 / 1e4)
    none = measure_specks(working_copy(smooth()))
    assert (none.density, none.upright, none.round_share) == (0, 0, 0)


def test_blurred_drops_count_and_fine_detail_does_not():
    drops = measure_specks(working_copy(flakes(9, blur=3))).blurred_drops
    assert drops >= 40 / (240 * 320 / 1e4)
    fine = np.random.default_rng(0).integers(0, 255, (240, 320, 3), np.uint8)
    assert measure_specks(working_copy(fine)).blurred_drops < drops / 4
    assert measure_specks(working_copy(smooth())).blurred_drops == 0
    assert measure_specks(working_copy(texture(0))).blurred_drops >= 0
