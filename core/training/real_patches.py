"""Patches of the unsupervised process: real rainy photos, clean photos, and clean photos with a real photo's rain."""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import cv2
import numpy as np
from torch import Tensor
from torch.utils.data import Dataset

from core.text import natural_key
from core.training.checks import ConfigError
from core.training.config import DataConfig, RealConfig, listed
from core.training.patches import Material, RainPatches, crop, spread, to_tensor
from core.training.sources import open_real
from datasets.clips import find_stills
from datasets.folders import find_named, list_photos, read_names
from datasets.rain import RECIPES, render
from datasets.rain.clip_layers import clip_rain_layers
from datasets.rain.transplant import rain_layers
from datasets.reading import read_rgb
from datasets.real200 import RainCrop

SCALES = (1.0, 0.6)
"""Photos are also taken shrunk: rain comes in every size."""
LAYERS_A_PHOTO = 60
"""Of each size of window."""
WINDOWS = (1, 2)
"""Layers are windows of a patch's side by these: large smooth places are rare, small ones few photos lack."""
GAIN = (0.6, 2.5)
"""Brightness of a transplanted layer, as a share of its own."""
FRAMES_APART = 4
"""Of a clip, every so-manieth frame gives layers: its neighbours show the same rain a little further down."""
LONGEST_FRAME = 960
"""Larger frames are shrunk to this longer side, pixels: streaks are then as wide as in photos."""
FINEST = 2.5
"""By how much a patch and its rain are shrunk, at most, where the rain is to be finer."""


@dataclass(frozen=True)
class RealMaterial:
    """Real rainy photos (H, W, 3) uint8 in memory, and the layers (side, side) float16 of one photo and one size of
    window after another, where there are any."""

    photos: list[np.ndarray]
    layers: list[list[np.ndarray]]


def load_real(
    config: RealConfig, root: str | Path, patch: int, transplant: bool
) -> tuple[RealMaterial, dict[str, np.ndarray]]:
    """Real photos, or curated crops of them, with their rain layers if `transplant` -> (material, held out by name).

    A folder holds photos, of which a manifest may choose crops, or is an export of the annotator, whose crops are taken
    as they are.

    Raises:
        ConfigError: no photo is left to train on, or none has a layer.
        DatasetError: the folder is missing or empty, lacks a photo to be held out, the manifest does not fit it, or a
            clip cannot be read or has no still scene.
        core.images.ImageFileError: a photo cannot be read.
    """
    crops, files = _open_sources(config, Path(root))
    held_out = {
        files[name]: name
        for where in listed(config.held_out)
        for name in find_named(files, read_names(where), folder=", ".join(listed(config.photos)), where=where)
    }
    photos = [crop.read() for crop in crops if crop.file not in held_out]
    if not photos:
        raise ConfigError(f"{config.held_out} holds out every photo of {config.photos}.")
    held = {name: read_rgb(file) for file, name in sorted(held_out.items(), key=lambda item: natural_key(item[1]))}
    layers = []
    if transplant:
        found = (_layers(photo, patch // part) for photo in photos for part in WINDOWS)
        layers = [spread(several, LAYERS_A_PHOTO) for several in found if several]
        for clip in listed(config.clips):
            layers += _layers_of_clip(Path(root) / clip, patch)
        if not layers:
            raise ConfigError(f"No photo of {config.photos} has rain in front of a smooth background.")
    return RealMaterial(photos, layers), held


def _open_sources(config: RealConfig, root: Path) -> tuple[list[RainCrop], dict[str, Path]]:
    """The crops of every set of photos, and the files that their photos are chosen from, by name."""
    sets = listed(config.photos)
    crops: list[RainCrop] = []
    files: dict[str, Path] = {}
    for where, manifest in zip(sets, listed(config.manifest) or (None,) * len(sets)):
        found, folders = open_real(where, manifest, root)
        crops += found
        more = {name: folder / name for folder in folders for name in list_photos(folder).photos}
        if twice := sorted(files.keys() & more.keys()):
            raise ConfigError(f"{where} and another set of real photos both have {twice[0]}.")
        files |= more
    return crops, files


class RealPatches(Dataset[tuple[Tensor, Tensor, Tensor]]):
    """Patches by number, as `RainPatches`: `patches[i] -> (x_r, ŷ_r, ŷ_r with transplanted or rendered rain)`.

    Each is (3, patch, patch) float32, 0…1. Without layers the third is ŷ_r itself.

    Args:
        real: real rainy photos.
        material: what clean photos are cut from.
        config: patch size, the mix whose recipes are rendered, and `real`.
        seed: with the number, the source of everything random.
        count: number of patches.
    """

    def __init__(self, real: RealMaterial, material: Material, config: DataConfig, seed: int, count: int) -> None:
        self.real = real
        self.streaks = material.streaks
        self.recipes = [name for name in config.mix if name in RECIPES]
        self.clean = RainPatches(material, config, seed, count)
        self.patch = config.patch
        self.config = cast(RealConfig, config.real)
        self.seed = seed
        self.count = count

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor, Tensor]:
        rng = np.random.default_rng((self.seed, index, 1))
        photo = self.real.photos[rng.integers(len(self.real.photos))]
        side = int(self.patch / rng.choice(SCALES))
        (rainy,) = crop((photo,), side if side <= min(photo.shape[:2]) else self.patch, rng)
        if len(rainy) > self.patch:
            rainy = _shrunk(rainy, self.patch)
        if rng.random() < 0.5:
            rainy = rainy[:, ::-1]
        size = int(self.patch * rng.uniform(1, FINEST)) if rng.random() < self.config.finer else self.patch
        clean = np.ascontiguousarray(self.clean.background(rng, size))
        rained_on = self.rained_on(clean, rng)
        if size > self.patch:
            clean, rained_on = _shrunk(clean.astype(np.float32) / 255, self.patch), _shrunk(rained_on, self.patch)
        return to_tensor(rainy), to_tensor(clean), to_tensor(rained_on)

    def rained_on(self, clean: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """A clean patch (H, W, 3) uint8 with a real photo's rain, rendered rain, or none -> float32, 0…1."""
        image = clean.astype(np.float32) / 255
        if not self.real.layers or rng.random() < self.config.dry:
            return image
        if self.recipes and rng.random() < self.config.rendered:
            return render(clean, self.recipes[rng.integers(len(self.recipes))], rng, self.streaks)[0]
        layer = _side_by_side(self.real.layers[rng.integers(len(self.real.layers))], len(clean), rng)
        layer = np.float32(rng.uniform(*GAIN)) * (layer[:, ::-1] if rng.random() < 0.5 else layer)[..., None]
        return np.clip(image + layer * (1 - image) if rng.random() < 0.5 else image + layer, 0, 1)


def _layers_of_clip(clip: Path, patch: int) -> list[list[np.ndarray]]:
    """The layers of one frame and one size of window after another, as those of photos."""
    layers = []
    for still in find_stills(clip, FRAMES_APART, LONGEST_FRAME):
        found = (clip_rain_layers(still, patch // part) for part in WINDOWS)
        layers += [spread([layer.astype(np.float16) for layer in of], LAYERS_A_PHOTO) for of in found if of]
    if not layers:
        raise ConfigError(f"The clip {clip} has no rain where its scene can be told.")
    return layers


def _shrunk(image: np.ndarray, size: int) -> np.ndarray:
    return cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA)


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
