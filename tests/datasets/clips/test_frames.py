"""The frames of videos and folders, and what is said of those that cannot be read."""

from pathlib import Path

import numpy as np
import pytest

from datasets.clips import read_frames
from datasets.errors import DatasetError
from tests.datasets.clips.rainy_clips import make_scene, write_folder, write_video


@pytest.fixture()
def frames() -> list[np.ndarray]:
    scene = make_scene()
    return [scene[:48, 8 * i : 8 * i + 64] for i in range(11)]


def test_a_video_and_a_folder_give_the_same_frames_in_order(tmp_path: Path, frames: list[np.ndarray]) -> None:
    video, folder = write_video(tmp_path / "clip.mkv", frames), write_folder(tmp_path / "clip", frames)
    for clip in (video, folder):
        read = list(read_frames(clip))
        assert len(read) == 11 and all(frame.dtype == np.uint8 for frame in read)
        assert all((one == other).all() for one, other in zip(read, frames)), "2.png goes before 10.png"


def test_what_is_no_clip_is_told(tmp_path: Path, frames: list[np.ndarray]) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("no video")
    half = tmp_path / "half.mkv"
    half.write_bytes(write_video(tmp_path / "whole.mkv", frames).read_bytes()[:300])
    empty = tmp_path / "empty"
    empty.mkdir()
    for clip, sentence in (
        (tmp_path / "none.mp4", "There is no clip"),
        (text, r"notes\.mp4 cannot be read as a video"),
        (half, r"half\.mkv (cannot be read as a video|holds no)"),
        (empty, "holds no photo"),
    ):
        with pytest.raises(DatasetError, match=sentence):
            list(read_frames(clip))
    mixed = write_folder(tmp_path / "mixed", [*frames[:2], frames[2][:40]])
    with pytest.raises(DatasetError, match=r"Frame 3 of .*mixed has 64×40 pixels, but the first has 64×48"):
        list(read_frames(mixed))
