"""Patches of the unsupervised process: real rainy photos, clean photos, and clean photos with a real photo's rain."""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from torch import Tensor
from torch.utils.data import Dataset

from core.training.checks import ConfigError
from core.training.config import DataConfig, RealConfig, listed
from core.training.cutting import crop, shrunk, to_tensor
from core.training.patches import Material, RainPatches
from core.training.real_layers import FINEST, SCALES, Layers, clip_layers, lay_over, photo_layers
from core.training.real_photos import load_photos
from datasets.rain import RECIPES, render


@dataclass(frozen=True)
class RealMaterial:
    """Real rainy photos (H, W, 3) uint8 in memory, and the layers of one photo and one size of window after another,
    where there are any."""

    photos: list[np.ndarray]
    layers: list[Layers]


def load_real(
    config: RealConfig, root: str | Path, patch: int, transplant: bool
) -> tuple[RealMaterial, dict[str, np.ndarray]]:
    """Real photos, or curated crops of them, with their rain layers if `transplant` -> (material, held out by name).

    Raises:
        ConfigError: no photo is left to train on, or none has a layer, or a clip has none.
        DatasetError, ImageFileError: as `load_photos` and `clip_layers`.
    """
    photos, held = load_photos(config, root)
    layers: list[Layers] = []
    if transplant:
        layers = photo_layers(photos, patch)
        for clip in listed(config.clips):
            layers += clip_layers(Path(root) / clip, patch)
    if transplant and not layers:
        raise ConfigError(f"No photo of {config.photos} has rain in front of a smooth background.")
    return RealMaterial(photos, layers), held


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
            rainy = shrunk(rainy, self.patch)
        if rng.random() < 0.5:
            rainy = rainy[:, ::-1]
        size = int(self.patch * rng.uniform(1, FINEST)) if rng.random() < self.config.finer else self.patch
        clean = np.ascontiguousarray(self.clean.background(rng, size))
        rained_on = self.rained_on(clean, rng)
        if size > self.patch:
            clean, rained_on = shrunk(clean.astype(np.float32) / 255, self.patch), shrunk(rained_on, self.patch)
        return to_tensor(rainy), to_tensor(clean), to_tensor(rained_on)

    def rained_on(self, clean: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """A clean patch (H, W, 3) uint8 with a real photo's rain, rendered rain, or none -> float32, 0…1."""
        image = clean.astype(np.float32) / 255
        if not self.real.layers or rng.random() < self.config.dry:
            return image
        if self.recipes and rng.random() < self.config.rendered:
            return render(clean, self.recipes[rng.integers(len(self.recipes))], rng, self.streaks)[0]
        return lay_over(clean, self.real.layers[rng.integers(len(self.real.layers))], rng)
