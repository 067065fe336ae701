import numpy as np
import pytest

from annotator.prescreen.light import measure_light
from annotator.prescreen.working_copy import working_copy
from tests.annotator.prescreen.scenes import texture


def test_a_white_photo_is_too_light_and_a_red_one_has_no_haze():
    white = measure_light(working_copy(np.full((60, 90, 3), 255, np.uint8)))
    assert (white.bright, white.bright_sky, white.white_ground, white.haze, white.colour) == (1, 1, 1, 1, 0)
    red = measure_light(working_copy(np.full((60, 90, 3), (255, 0, 0), np.uint8)))
    assert (red.bright, red.haze, red.colour) == (0, 0, 1)


def test_sky_and_ground_are_the_upper_and_the_lower_third():
    picture = np.zeros((90, 60, 3), np.uint8)
    picture[:30] = 250
    light = measure_light(working_copy(picture))
    assert (light.bright_sky, light.white_ground) == (1, 0)
    assert light.bright == pytest.approx(1 / 3)


def test_haze_is_the_mean_dark_channel():
    picture = texture(3, 40, 50)
    least = picture.min(2)
    dark = [
        least[max(0, y - 7) : y + 8, max(0, x - 7) : x + 8].min() for y in range(40) for x in range(50)
    ]  # windows are cut off at the border
    assert measure_light(working_copy(picture)).haze == pytest.approx(np.mean(dark) / 255, abs=1e-6)


def test_a_veil_raises_the_haze():
    picture = texture(4)
    veiled = np.rint(0.5 * picture + 0.5 * 230).astype(np.uint8)
    assert measure_light(working_copy(veiled)).haze > measure_light(working_copy(picture)).haze + 0.3
