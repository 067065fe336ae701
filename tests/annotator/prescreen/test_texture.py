import numpy as np
import pytest

from annotator.prescreen.texture import measure_texture
from annotator.prescreen.working_copy import working_copy
from tests.annotator.prescreen.scenes import smooth, with_streaks


@pytest.mark.parametrize("tilt", [-25, -10, 0, 15, 28])
def test_streaks_give_their_direction(tilt: float):
    texture = measure_texture(working_copy(with_streaks(smooth(), tilt)))
    coherent = texture.coherence > 0.4
    assert coherent.mean() > 0.8
    assert np.median(texture.angle[coherent]) == pytest.approx(tilt, abs=4)
    assert texture.streaky.mean() > 0.7


def test_noise_and_level_lines_are_not_streaky():
    assert measure_texture(working_copy(smooth())).streaky.mean() < 0.1
    level = with_streaks(smooth(), 0).transpose(1, 0, 2)
    assert measure_texture(working_copy(np.ascontiguousarray(level))).streaky.mean() < 0.1


def test_the_smooth_half_leaves_edges_out():
    picture = smooth()
    picture[:, 160:192] = 250
    texture = measure_texture(working_copy(picture))
    columns = texture.smooth.mean(0)
    assert columns[5] == 0 and columns[[0, 1, 2, 8, 9]].mean() > 0.5
