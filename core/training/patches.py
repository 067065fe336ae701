"""Training patches and validation pairs: what a config's data folders hold, split, cropped, mirrored and rained on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from core.training.checks import ConfigError
from core.training.config import DataConfig
from core.training.sources import read_clean, read_pairs, refuse_test_sets
from datasets.pairs import PairedPhotos
from datasets.rain import RECIPES, StreakDatabase, render
from datasets.rain.render import to_uint8
from datasets.scenes import shows_a_scene_of

SHRINK_SHARE = 0.3
SMALLEST_SHRINK = 0.5


@dataclass(frozen=True)
class Material:
    """Photos in memory: clean ones to render rain on (H, W, 3) uint8, streak images, pairs (rainy, clean) by the name
    of their set."""

    clean: list[np.ndarray]
    streaks: StreakDatabase | None
    pairs: dict[str, list[PairedPhotos]]


def load_material(config: DataConfig, root: str | Path) -> tuple[Material, Material]:
    """Everything that the config's data sets and folders hold -> (for training, held out for validation).

    Sets share scenes (Rain800 has photos of BSDS500): training also goes without those that another set holds out.

    Raises:
        ConfigError: the mix names neither a recipe nor a set of pairs, or a folder holds no more than is held out.
        DatasetError: a folder is missing or empty.
        core.images.ImageFileError: a photo cannot be read.
    """
    known = {*RECIPES, *config.paired, "clean"}
    unknown = sorted({*config.mix} - known | {*config.validation_recipes} - {*RECIPES})
    if unknown:
        raise ConfigError(f"There is no rain named {', '.join(unknown)}; there is {', '.join(sorted(known))}.")
    if taken := sorted({*config.paired} & {*RECIPES, "clean"}):
        raise ConfigError(f"Pairs cannot be named {', '.join(taken)}, as a kind of rain has that name.")
    refuse_test_sets((config.clean, *config.paired.values(), *config.backgrounds))
    cv2.setNumThreads(0)  # OpenCV's threads would not survive the fork of the processes that make patches
    root = Path(root)
    train_clean, held_clean = split(read_clean(config.clean, root), config.held_out)
    train_streaks = held_streaks = None
    if config.streaks is not None:
        images = StreakDatabase.from_folder(root / config.streaks).images
        train_streaks, held_streaks = (StreakDatabase(part) for part in split(images, config.held_out))
    train_pairs, held_pairs = {}, {}
    for name, where in config.paired.items():
        train_pairs[name], held_pairs[name] = split(read_pairs(where, root), config.held_out)
    held_scenes = held_clean + [pair.clean for pairs in held_pairs.values() for pair in pairs]
    further = [name for name in config.backgrounds if name not in config.paired]
    train_clean += [photo for name in further for photo in read_clean(name, root)]
    train_clean = _without(train_clean, train_clean, held_scenes)
    train_pairs = {
        name: _without(pairs, [pair.clean for pair in pairs], held_scenes) for name, pairs in train_pairs.items()
    }
    train_clean += [pair.clean for name in config.backgrounds for pair in train_pairs.get(name, [])]
    return Material(train_clean, train_streaks, train_pairs), Material(held_clean, held_streaks, held_pairs)


def _without(items: list, photos: list[np.ndarray], scenes: list[np.ndarray]) -> list:
    """The items whose photos show none of the scenes.

    Raises:
        ConfigError: none is left.
    """
    left = [item for item, seen in zip(items, shows_a_scene_of(photos, scenes)) if not seen]
    if not left:
        raise ConfigError("Every photo of a set to train on shows a scene that is held out: none is left.")
    return left


def split(photos: Sequence, held_out: int) -> tuple[list, list]:
    """(for training, held out): `held_out` of the photos, evenly spaced.

    Raises:
        ConfigError: there are no more photos than are to be held out.
    """
    if held_out >= len(photos):
        raise ConfigError(f"{held_out} photos are to be held out, but there are only {len(photos)}.")
    chosen = set(np.linspace(0, len(photos) - 1, held_out).astype(int).tolist())
    return [p for i, p in enumerate(photos) if i not in chosen], [photos[i] for i in sorted(chosen)]


class RainPatches(Dataset[tuple[Tensor, Tensor]]):
    """Patches by number: the same number always gives the same patch, whichever process makes it.

    `patches[i] -> (rainy, clean)`, each (3, patch, patch) float32, 0…1.

    Args:
        material: what to cut from.
        config: mix and patch size.
        seed: with the number, the source of everything random.
        count: number of patches.
    """

    def __init__(self, material: Material, config: DataConfig, seed: int, count: int) -> None:
        self.material = material
        self.patch = config.patch
        self.seed = seed
        self.count = count
        self.names = list(config.mix)
        shares = np.array(list(config.mix.values()))
        self.shares = shares / shares.sum()

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        rng = np.random.default_rng((self.seed, index))
        name = self.names[rng.choice(len(self.names), p=self.shares)]
        if name in self.material.pairs:
            pairs = self.material.pairs[name]
            _, rainy, clean = pairs[rng.integers(len(pairs))]
            rainy, clean = crop((rainy, clean), self.patch, rng)
            if rng.random() < 0.5:
                rainy, clean = rainy[:, ::-1], clean[:, ::-1]
        else:
            clean = self.background(rng)
            rainy = clean if name == "clean" else render(clean, name, rng, self.material.streaks)[0]
        return to_tensor(rainy), to_tensor(clean)

    def background(self, rng: np.random.Generator, size: int | None = None) -> np.ndarray:
        """A cut of a clean photo, at times shrunk, mirrored or turned by right angles -> (size, size, 3) uint8, by
        default of the patches' size."""
        photo = self.material.clean[rng.integers(len(self.material.clean))]
        side = size = size or self.patch
        if rng.random() < SHRINK_SHARE:
            side = max(side, min(int(side / rng.uniform(SMALLEST_SHRINK, 1)), *photo.shape[:2]))
        (cut,) = crop((photo,), side, rng)
        if side > size:
            cut = cv2.resize(cut, (size, size), interpolation=cv2.INTER_AREA)
        cut = np.rot90(cut, int(rng.integers(4)))
        return cut[:, ::-1] if rng.random() < 0.5 else cut


def crop(photos: Sequence[np.ndarray], side: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """The same random square of photos of one shape; photos smaller than it are first reflected at their border."""
    height, width = photos[0].shape[:2]
    bottom, right = max(0, side - height), max(0, side - width)
    if bottom or right:
        photos = [np.pad(photo, ((0, bottom), (0, right), (0, 0)), mode="symmetric") for photo in photos]
    top = rng.integers(photos[0].shape[0] - side + 1)
    left = rng.integers(photos[0].shape[1] - side + 1)
    return tuple(photo[top : top + side, left : left + side] for photo in photos)


def to_tensor(image: np.ndarray) -> Tensor:
    """(H, W, C), uint8 or float32 0…1 -> (C, H, W) float32, 0…1."""
    scaled = image.astype(np.float32) / 255 if image.dtype == np.uint8 else image
    return torch.from_numpy(np.ascontiguousarray(scaled.transpose(2, 0, 1)))


def validation_sets(
    held_out: Material, config: DataConfig, photos: int, seed: int = 0
) -> dict[str, list[PairedPhotos]]:
    """The sets that a model is validated on: rendered ones by recipe, pairs by name, and "clean" without any rain.

    Args:
        held_out: what training never sees.
        config: names of the recipes.
        photos: pairs in each set, at most; evenly spaced among those held out.
        seed: of the rain, the same at every validation.
    """
    sets: dict[str, list[PairedPhotos]] = {}
    backgrounds = spread(held_out.clean, photos)
    for recipe in config.validation_recipes:
        rendered = (
            render(photo, recipe, np.random.default_rng((seed, index)), held_out.streaks)[0]
            for index, photo in enumerate(backgrounds)
        )
        sets[recipe] = [
            PairedPhotos(f"{recipe}-{index}", to_uint8(rainy), photo)
            for index, (rainy, photo) in enumerate(zip(rendered, backgrounds))
        ]
    sets.update({name: spread(pairs, photos) for name, pairs in held_out.pairs.items()})
    sets["clean"] = [PairedPhotos(f"clean-{index}", photo, photo) for index, photo in enumerate(backgrounds)]
    return sets


def spread(items: Sequence, count: int) -> list:
    """At most `count` items, evenly spaced."""
    return [items[i] for i in np.unique(np.linspace(0, len(items) - 1, min(count, len(items))).astype(int))]
