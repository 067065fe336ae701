"""Real rain as layers: taken out of photos and clips, and laid over clean patches."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from core.training.checks import ConfigError
from core.training.cutting import spread
from datasets.clips import find_stills
from datasets.pairs import PairedPhotos
from datasets.rain.clip_layers import LEAST_TRUSTED, clip_rain_layers
from datasets.rain.transplant import rain_layers

Layers = list[np.ndarray]
"""Of one photo or frame and one size of window: (side, side) float16, 0…1."""

SCALES = (1.0, 0.6)
"""Photos are also taken shrunk: rain comes in every size."""
LAYERS_A_PHOTO = 60
"""Of each size of window."""
WINDOWS = (1, 2)
"""Layers are windows of a patch's side by these: large smooth places are rare, small ones few photos lack."""
GAIN = (0.6, 2.5)
"""Brightness of a transplanted layer, as a share of its own."""
FINEST = 2.5
"""By how much a patch and its rain are shrunk, at most, where the rain is to be finer."""
FRAMES_APART = 4
"""Of a clip, every so-manieth frame is used: its neighbours show the same rain a little further down."""
LONGEST_FRAME = 960
"""Larger frames are shrunk to this longer side, pixels: streaks are then as wide as in photos."""
TURNS = (15.0, 55.0)
"""Degrees to either side by which a turned layer is turned."""


def photo_layers(photos: Sequence[np.ndarray], patch: int) -> list[Layers]:
    """The layers of real photos (H, W, 3) uint8, for patches of that side."""
    found = (_layers(photo, patch // part) for photo in photos for part in WINDOWS)
    return [spread(several, LAYERS_A_PHOTO) for several in found if several]


def clip_layers(clip: Path, patch: int) -> list[Layers]:
    """The layers of frames of a clip, as those of photos, for patches of that side.

    Raises:
        ConfigError: no window has rain before a scene that can be told.
        DatasetError: the clip cannot be read, or has no still scene.
    """
    layers = []
    for still in find_stills(clip, FRAMES_APART, LONGEST_FRAME):
        found = (clip_rain_layers(still, patch // part) for part in WINDOWS)
        layers += [spread([layer.astype(np.float16) for layer in of], LAYERS_A_PHOTO) for of in found if of]
    if not layers:
        raise ConfigError(f"The clip {clip} has no rain where its scene can be told.")
    return layers


def frame_pairs(clip: Path, patch: int) -> list[PairedPhotos]:
    """Squares of a clip's frames, side by side, wherever the scene behind their rain can be trusted, with that scene.

    Raises:
        DatasetError: the clip cannot be read, or has no still scene.
    """
    pairs = []
    for still in find_stills(clip, FRAMES_APART, LONGEST_FRAME):
        scene = np.where(still.trusted[..., None], still.median, still.frame)
        for top in range(0, still.frame.shape[0] - patch + 1, patch):
            for left in range(0, still.frame.shape[1] - patch + 1, patch):
                window = np.s_[top : top + patch, left : left + patch]
                if still.trusted[window].mean() >= LEAST_TRUSTED:
                    name = f"{clip.stem}-{still.number}-{top}-{left}"
                    pairs.append(PairedPhotos(name, still.frame[window].copy(), scene[window].copy()))
    return pairs


def lay_over(clean: np.ndarray, layers: Layers, rng: np.random.Generator, turned: float = 0.0) -> np.ndarray:
    """A clean patch with layers of one photo side by side over it, brighter or fainter, added or screened.

    Args:
        clean: (size, size, 3) uint8.
        layers: to choose from.
        rng: source of everything random.
        turned: share of the cases in which the rain is turned to a slant.

    Returns:
        (size, size, 3) float32, 0…1.
    """
    image = clean.astype(np.float32) / 255
    layer = _side_by_side(layers, len(clean), rng)
    if turned and rng.random() < turned:
        layer = _turned(layer, rng.choice((-1, 1)) * rng.uniform(*TURNS))
    layer = np.float32(rng.uniform(*GAIN)) * (layer[:, ::-1] if rng.random() < 0.5 else layer)[..., None]
    return np.clip(image + layer * (1 - image) if rng.random() < 0.5 else image + layer, 0, 1)


def _turned(layer: np.ndarray, degrees: float) -> np.ndarray:
    centre = ((layer.shape[1] - 1) / 2, (layer.shape[0] - 1) / 2)
    turn = cv2.getRotationMatrix2D(centre, degrees, 1)
    return cv2.warpAffine(layer, turn, layer.shape[::-1], flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)


def _side_by_side(layers: list[np.ndarray], size: int, rng: np.random.Generator) -> np.ndarray:
    """Random layers of one photo beside and below each other -> (size, size) float32."""
    tiles = range(-(-size // len(layers[0])))
    rows = [np.hstack([layers[rng.integers(len(layers))] for _ in tiles]) for _ in tiles]
    return np.vstack(rows)[:size, :size].astype(np.float32)


def _layers(photo: np.ndarray, side: int) -> list[np.ndarray]:
    shrunk = [
        photo if scale == 1 else cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        for scale in SCALES
    ]
    return [layer.astype(np.float16) for image in shrunk for layer in rain_layers(image, side)]
