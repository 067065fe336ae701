import numpy as np

from annotator.prescreen.lines import measure_lines
from annotator.prescreen.texture import measure_texture
from annotator.prescreen.working_copy import working_copy
from tests.annotator.prescreen.scenes import smooth, with_streaks


def test_parallel_bright_lines_stand_out_and_dots_do_not():
    dots = smooth()
    draw = np.random.default_rng(0)
    for y, x in zip(draw.integers(2, 300, 600), draw.integers(2, 440, 600)):
        dots[y : y + 3, x : x + 3] = 220
    found = {}
    for name, pixels in (("streaks", with_streaks(smooth(), 10, 600)), ("dots", dots), ("dark", 255 - dots)):
        copy = working_copy(pixels)
        found[name] = measure_lines(copy, measure_texture(copy).smooth)
    assert found["streaks"].concentration > 0.2 > found["dots"].concentration
    assert found["dots"].skewness > 0.5 > -0.5 > found["dark"].skewness


def test_streaks_agree_on_a_direction():
    parallel = measure_texture(working_copy(with_streaks(smooth(), 10, 600))).agreement
    crossed = with_streaks(with_streaks(smooth(), 45, 300), -45, 300)
    assert 0 <= measure_texture(working_copy(crossed)).agreement < parallel - 0.2
