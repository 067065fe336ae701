"""The scene behind the rain: found where the camera stands or turns, refused where it moves through the scene."""

from pathlib import Path

import numpy as np
import pytest

from datasets.clips import find_stills
from datasets.errors import DatasetError
from tests.datasets.clips.rainy_clips import make_scene, moving_scenes, panned_scenes, rainy, still_scenes, write_folder


def error(image: np.ndarray, scene: np.ndarray, where: np.ndarray) -> float:
    return float(np.abs(image.astype(float) - scene)[where].mean())


def test_a_camera_that_stands(tmp_path: Path) -> None:
    scenes = still_scenes()
    stills = list(find_stills(write_folder(tmp_path / "clip", rainy(scenes)), every=6))
    assert [still.number for still in stills] == [4, 10, 16]
    for still in stills:
        scene = scenes[still.number - 1]
        assert still.trusted.mean() > 0.9
        assert error(still.median, scene, still.trusted) < 0.15 * error(still.frame, scene, still.trusted)


def test_a_camera_that_pans(tmp_path: Path) -> None:
    """Neighbours are laid over the frame; what some of them no longer show is not trusted."""
    scenes = panned_scenes()
    (still,) = find_stills(write_folder(tmp_path / "clip", rainy(scenes)), every=19)
    assert still.number == 10
    assert not still.trusted[:, :16].any() and not still.trusted[:, -16:].any(), "18 pixels to either side"
    assert still.trusted[12:-12, 22:-22].mean() > 0.9
    assert error(still.median, scenes[9], still.trusted) < 0.3 * error(still.frame, scenes[9], still.trusted)


def test_what_moves_by_itself_is_not_trusted(tmp_path: Path) -> None:
    scenes = [scene.copy() for scene in still_scenes()]
    rng = np.random.default_rng(0)
    for scene in scenes:
        scene[30:60, 30:60] = np.roll(scene[30:60, 30:60], rng.integers(0, 30, 2), (0, 1))
    (still,) = find_stills(write_folder(tmp_path / "clip", rainy(scenes)), every=19)
    assert still.trusted[32:58, 32:58].mean() < 0.1 and still.trusted[:, 70:].mean() > 0.9


def test_a_camera_that_moves_through_the_scene_is_refused(tmp_path: Path) -> None:
    clip = write_folder(tmp_path / "clip", rainy(moving_scenes()))
    with pytest.raises(DatasetError, match=r"Only \d+ % of frame 10 .* the camera moves through the scene|do not show"):
        list(find_stills(clip, every=19))


def test_a_cut_a_plain_wall_and_few_frames_are_refused(tmp_path: Path) -> None:
    scenes = still_scenes(19)
    cut = write_folder(tmp_path / "cut", [*scenes[:10], *[make_scene(7)[:144, :192]] * 9])
    with pytest.raises(DatasetError, match=r"Frames 10 and 11 of .*cut do not show one scene"):
        list(find_stills(cut, every=19))
    wall = write_folder(tmp_path / "wall", [np.full((144, 192, 3), 90, np.uint8)] * 19)
    with pytest.raises(DatasetError, match="do not show one scene"):
        list(find_stills(wall))
    few = write_folder(tmp_path / "few", scenes[:8])
    with pytest.raises(DatasetError, match=r"has 8 frames; a temporal median takes at least 9"):
        list(find_stills(few))


def test_large_frames_are_shrunk(tmp_path: Path) -> None:
    clip = write_folder(tmp_path / "clip", rainy(still_scenes(9)))
    (still,) = find_stills(clip, every=9, longest=160)
    assert still.frame.shape == still.median.shape == (120, 160, 3) and still.trusted.shape == (120, 160)
