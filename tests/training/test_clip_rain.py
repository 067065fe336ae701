"""Rain of clips in training: its layers join those of the photos, and a clip without rain is told."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from core.training.checks import ConfigError
from core.training.config import RealConfig
from core.training.real_patches import load_real
from datasets.errors import DatasetError
from tests.datasets.clips.rainy_clips import rainy, still_scenes, write_folder


@pytest.fixture()
def root(tmp_path: Path) -> Path:
    """One photo of gravel, which has no layers of its own, and clips with and without rain."""
    (tmp_path / "real").mkdir()
    cv2.imwrite(str(tmp_path / "real/gravel.png"), np.random.default_rng(0).integers(0, 256, (96, 96, 3), np.uint8))
    write_folder(tmp_path / "clips/rain", rainy(still_scenes(9)))
    write_folder(tmp_path / "clips/dry", still_scenes(9))
    return tmp_path


def test_layers_of_clips_are_transplanted(root: Path) -> None:
    config = RealConfig("real", clips="clips/rain")
    layers = load_real(config, root, 64, transplant=True)[0].layers
    assert {layer.shape for of_frame in layers for layer in of_frame} == {(64, 64), (32, 32)}
    assert all(layer.dtype == np.float16 and 0 <= layer.min() < layer.max() <= 1 for of in layers for layer in of)
    assert len(layers) == 2 * 2, "frames 3 and 7, two sizes of window each"
    assert load_real(config, root, 64, transplant=False)[0].layers == []


def test_what_has_no_rain_is_told(root: Path) -> None:
    with pytest.raises(ConfigError, match="No photo of real has rain"):
        load_real(RealConfig("real"), root, 64, transplant=True)
    with pytest.raises(ConfigError, match=r"clip .*dry has no rain where its scene can be told"):
        load_real(RealConfig("real", clips=("clips/rain", "clips/dry")), root, 64, transplant=True)
    with pytest.raises(DatasetError, match=r"There is no clip .*none\.mp4"):
        load_real(RealConfig("real", clips="clips/none.mp4"), root, 64, transplant=True)
