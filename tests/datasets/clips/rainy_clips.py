"""Small clips with rain whose scene is known: the camera stands, turns, or moves through the scene."""

from collections.abc import Sequence
from pathlib import Path

import av
import cv2
import numpy as np

SIZE = 144, 192


def make_scene(seed: int = 0, height: int = 220, width: int = 350) -> np.ndarray:
    """Leaves and blocks, (H, W, 3) uint8."""
    rng = np.random.default_rng(seed)
    scene = np.full((height, width, 3), 110, np.float32)
    for _ in range(500):
        centre = int(rng.integers(width)), int(rng.integers(height))
        axes = int(rng.integers(3, 12)), int(rng.integers(2, 8))
        shade = tuple(float(value) for value in rng.uniform(20, 200, 3))
        cv2.ellipse(scene, centre, axes, float(rng.uniform(0, 180)), 0, 360, shade, -1, cv2.LINE_AA)
    return cv2.GaussianBlur(scene, (0, 0), 0.7).astype(np.uint8)


def make_rain(seed: int, tilt: int = 2) -> np.ndarray:
    """Streaks, (H, W) float32, 0…255."""
    rng, layer = np.random.default_rng(seed), np.zeros(SIZE, np.float32)
    for x, y in rng.integers((-10, -20), (SIZE[1], SIZE[0]), (60, 2)):
        cv2.line(layer, (int(x), int(y)), (int(x) + tilt, int(y) + 16), 60.0, 1, cv2.LINE_AA)
    return layer


def rain_on(scene: np.ndarray, seed: int, tilt: int = 2) -> np.ndarray:
    return np.clip(scene + make_rain(seed, tilt)[..., None], 0, 255).astype(np.uint8)


def still_scenes(count: int = 19) -> list[np.ndarray]:
    return [make_scene()[: SIZE[0], : SIZE[1]]] * count


def panned_scenes(count: int = 19) -> list[np.ndarray]:
    """Two pixels to the right and one down a frame."""
    scene = make_scene()
    return [scene[i : i + SIZE[0], 2 * i : 2 * i + SIZE[1]] for i in range(count)]


def moving_scenes(count: int = 19) -> list[np.ndarray]:
    """Driving past: strips of the scene move the faster the nearer they are, and no plane moves like that."""
    strips = [(make_scene(seed)[24 * seed : 24 * seed + 24], speed) for seed, speed in enumerate((2, 7, 0, 5, 8, 3))]
    return [
        np.concatenate([strip[:, i * speed : i * speed + SIZE[1]] for strip, speed in strips]) for i in range(count)
    ]


def rainy(scenes: Sequence[np.ndarray], tilt: int = 2) -> list[np.ndarray]:
    return [rain_on(scene, seed, tilt) for seed, scene in enumerate(scenes)]


def write_folder(folder: Path, frames: Sequence[np.ndarray]) -> Path:
    folder.mkdir(parents=True)
    for number, frame in enumerate(frames, 1):
        cv2.imwrite(str(folder / f"{number}.png"), frame[..., ::-1])
    return folder


def write_video(path: Path, frames: Sequence[np.ndarray]) -> Path:
    """Without loss in RGB."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264rgb", 25, options={"qp": "0", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = frames[0].shape[1], frames[0].shape[0], "rgb24"
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")))
        container.mux(stream.encode())
    return path
