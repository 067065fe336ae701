"""Training patches and validation pairs: what a config's data folders hold, split, cropped, mirrored and rained on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from torch import Tensor
from torch.utils.data import Dataset

from core.training.checks import ConfigError
from core.training.config import DataConfig, listed
from core.training.cutting import as_float, crop, likeness_to_rain, recoloured, shrunk, spread, to_tensor
from core.training.drawing import drawn
from core.training.real_layers import FINEST, Layers, clip_layers, frame_pairs, lay_over, photo_layers
from core.training.real_photos import load_photos
from core.training.sources import read_background, read_clean, read_dry, read_pairs, refuse_test_sets
from datasets.pairs import PairedPhotos
from datasets.rain import RECIPES, StreakDatabase, render
from datasets.rain.photographed import photographed
from datasets.rain.render import to_uint8
from datasets.scenes import shows_a_scene_of

SHRINK_SHARE = 0.3
SMALLEST_SHRINK = 0.5
TURNED = 0.35
"""Share of the real rain that is turned, so that it falls at a slant."""
CUTS = 8
"""Of so many cuts the most like rain is taken."""
KINDS = ("clean", "dry", "real", "clips", "frames")
"""What a mix can name beside recipes and pairs: no rain on a clean photo; photos of fog, snow and the like, which stay
as they are; clean photos with the rain of real ones, or of clips; frames of clips, whose medians are their truth."""

STAY = ("clean", "dry")
"""Kinds without rain."""


@dataclass(frozen=True)
class Material:
    """Photos in memory: clean ones to render rain on (H, W, 3) uint8, streak images, pairs (rainy, clean) by the name
    of their set; real rain layers by their kind of the mix, and photos without streaks that should stay as they are."""

    clean: list[np.ndarray]
    streaks: StreakDatabase | None
    pairs: dict[str, list[PairedPhotos]]
    layers: dict[str, list[Layers]] = field(default_factory=dict)
    dry: list[np.ndarray] = field(default_factory=list)


def load_material(config: DataConfig, root: str | Path) -> tuple[Material, Material]:
    """Everything that the config's data sets and folders hold -> (for training, held out for validation).

    Sets share scenes (Rain800 has photos of BSDS500): training also goes without those that another set holds out.

    Raises:
        ConfigError: the mix names neither a recipe nor a set of pairs, or a folder holds no more than is held out.
        DatasetError: a folder is missing or empty.
        core.images.ImageFileError: a photo cannot be read.
    """
    known = {*RECIPES, *config.paired, *KINDS}
    unknown = sorted({*config.mix} - known | {*config.validation_recipes} - {*RECIPES})
    if unknown:
        raise ConfigError(f"There is no rain named {', '.join(unknown)}; there is {', '.join(sorted(known))}.")
    if taken := sorted({*config.paired} & {*RECIPES, *KINDS}):
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
    train_clean += [photo for name in further for photo in read_background(name, root)]
    train_clean = _without(train_clean, train_clean, held_scenes)
    train_pairs = {
        name: _without(pairs, [pair.clean for pair in pairs], held_scenes) for name, pairs in train_pairs.items()
    }
    train_clean += [pair.clean for name in config.backgrounds for pair in train_pairs.get(name, [])]
    layers, frames = _real_rain(config, root)
    if frames:
        train_pairs["frames"] = frames
    dry = [photo for where in config.dry for photo in read_dry(where, root)]
    train = Material(train_clean, train_streaks, train_pairs, layers, dry)
    return train, Material(held_clean, held_streaks, held_pairs)


def _real_rain(config: DataConfig, root: Path) -> tuple[dict[str, list[Layers]], list[PairedPhotos]]:
    """Layers of real rain by the kind of the mix that uses them, and frames of clips with their medians."""
    layers: dict[str, list[Layers]] = {}
    if config.real is None:
        return layers, []
    if "real" in config.mix:
        layers["real"] = photo_layers(load_photos(config.real, root)[0], config.patch)
        if not layers["real"]:
            raise ConfigError(f"No photo of {config.real.photos} has rain in front of a smooth background.")
    clips = [root / clip for clip in listed(config.real.clips)]
    if "clips" in config.mix:
        layers["clips"] = [layer for clip in clips for layer in clip_layers(clip, config.patch)]
    return layers, [
        pair for clip in clips for pair in frame_pairs(clip, config.patch)
    ] if "frames" in config.mix else []


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
        self.finer = config.finer
        self.recoloured = config.recoloured
        self.like_rain = config.like_rain
        self.drawn = config.drawn
        self.photographed = config.photographed
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
        rainy, clean = self.cut(name, rng) if name in self.material.pairs else self.rained_on(name, rng)
        if self.photographed and rng.random() < self.photographed:
            rainy, clean = photographed(as_float(rainy), as_float(clean), rng)
        return to_tensor(rainy), to_tensor(clean)

    def cut(self, name: str, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """A cut of a pair, at times mirrored."""
        pairs = self.material.pairs[name]
        _, rainy, clean = pairs[rng.integers(len(pairs))]
        rainy, clean = crop((rainy, clean), self.patch, rng)
        return (rainy[:, ::-1], clean[:, ::-1]) if rng.random() < 0.5 else (rainy, clean)

    def rained_on(self, name: str, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """A cut of a photo with rain of that kind or recipe, and without; at times rained on larger, and shrunk."""
        size = self.patch
        if self.finer and rng.random() < self.finer:
            size = int(self.patch * rng.uniform(1, FINEST))
        photos = self.material.dry if name == "dry" else self.material.clean
        cuts = CUTS if name in STAY and self.like_rain and rng.random() < self.like_rain else 1
        clean = max((self.background(rng, size, photos) for _ in range(cuts)), key=likeness_to_rain)
        if self.recoloured and rng.random() < self.recoloured:
            clean = recoloured(clean, rng)
        if self.drawn and rng.random() < self.drawn:
            clean = drawn(clean, rng)
        rainy = clean
        if name in self.material.layers:
            layers = self.material.layers[name]
            rainy = lay_over(clean, layers[rng.integers(len(layers))], rng, turned=TURNED)
        elif name in RECIPES:
            rainy = render(clean, name, rng, self.material.streaks)[0]
        if size > self.patch:
            rainy, clean = shrunk(as_float(rainy), self.patch), shrunk(as_float(clean), self.patch)
        return rainy, clean

    def background(
        self, rng: np.random.Generator, size: int | None = None, photos: Sequence[np.ndarray] | None = None
    ) -> np.ndarray:
        """A cut of a photo, by default a clean one, at times shrunk, mirrored or turned by right angles -> (size, size,
        3) uint8, by default of the patches' size."""
        photos = photos or self.material.clean
        photo = photos[int(rng.integers(len(photos)))]
        side = size = size or self.patch
        if rng.random() < SHRINK_SHARE:
            side = max(side, min(int(side / rng.uniform(SMALLEST_SHRINK, 1)), *photo.shape[:2]))
        (cut,) = crop((photo,), side, rng)
        if side > size:
            cut = shrunk(cut, size)
        cut = np.rot90(cut, int(rng.integers(4)))
        return cut[:, ::-1] if rng.random() < 0.5 else cut


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
