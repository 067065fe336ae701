"""The frames of a clip: of a video file, or of a folder of photos."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np

from datasets.errors import DatasetError
from datasets.folders import open_photos


def read_frames(clip: str | Path) -> Iterator[np.ndarray]:
    """The frames one after the other, upright, (H, W, 3) uint8 RGB, all of one shape.

    clip: a video file, or a folder whose photos are the frames in the natural order of their names.

    Raises:
        DatasetError: there is no such file or folder, it holds no frames, cannot be read, or a frame has another size.
        core.images.ImageFileError: a photo of the folder cannot be read.
    """
    path = Path(clip)
    if not path.exists():
        raise DatasetError(f"There is no clip {path}.")
    number, shape = 0, None
    for number, frame in enumerate(_of_folder(path) if path.is_dir() else _of_video(path), 1):
        shape = shape or frame.shape
        if frame.shape != shape:
            raise DatasetError(
                f"Frame {number} of {path} has {frame.shape[1]}×{frame.shape[0]} pixels, "
                f"but the first has {shape[1]}×{shape[0]}; the frames of a clip have one size."
            )
        yield frame
    if not number:
        raise DatasetError(f"The video {path} holds no frame.")


def _of_folder(folder: Path) -> Iterator[np.ndarray]:
    photos = open_photos(folder)
    for index in range(len(photos)):
        yield photos[index][1]


def _of_video(path: Path) -> Iterator[np.ndarray]:
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise DatasetError(f"{path} holds no video.")
            for frame in container.decode(container.streams.video[0]):
                yield np.rot90(frame.to_ndarray(format="rgb24"), round(frame.rotation / 90))
    except av.FFmpegError as error:
        raise DatasetError(f"{path} cannot be read as a video: {error.strerror}.") from error
