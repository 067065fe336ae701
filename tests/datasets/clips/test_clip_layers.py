"""Rain layers of clips: the rain that was laid over texture comes out, whatever its direction; the scene does not."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from datasets.clips import find_stills
from datasets.rain.clip_layers import clip_rain_layers
from datasets.rain.transplant import rain_layers
from tests.datasets.clips.rainy_clips import make_rain, rainy, still_scenes, write_folder


@pytest.mark.parametrize("tilt", [2, 25])
def test_layers_are_the_rain(tmp_path: Path, tilt: int) -> None:
    scenes = still_scenes()
    (still,) = find_stills(write_folder(tmp_path / "clip", rainy(scenes, tilt)), every=19)
    assert rain_layers(still.frame, 64) == [], "the windows of a single photo must be smooth"
    layers = clip_rain_layers(still, 64)
    assert len(layers) >= 4 and all(layer.shape == (64, 64) and layer.dtype == np.float32 for layer in layers)
    truth = np.minimum(make_rain(9, tilt) / 255, 1 - scenes[9].max(2) / 255)
    first = truth[:64, :64]
    assert np.corrcoef(layers[0].ravel(), first.ravel())[0, 1] > 0.95
    assert layers[0][first == 0].mean() < 0.01 * layers[0][first > 0.1].mean()


def test_no_layers_where_it_does_not_rain_or_nothing_is_trusted(tmp_path: Path) -> None:
    (still,) = find_stills(write_folder(tmp_path / "clip", rainy(still_scenes())), every=19)
    assert clip_rain_layers(replace(still, frame=still.median), 64) == []
    assert clip_rain_layers(replace(still, trusted=np.zeros_like(still.trusted)), 64) == []
    assert clip_rain_layers(still, 200) == []
