"""A paired set that is rendered while it is read: rain of a recipe on a folder of clean photos."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from datasets.folders import PhotoFolder
from datasets.pairs import PairedPhotos
from datasets.rain.render import render, to_uint8
from datasets.rain.streak_database import StreakDatabase


@dataclass(frozen=True)
class RenderedPairs:
    """Pairs by number, always the same: `len(set)`, and `set[i] -> (name, rainy, clean)`, each (H, W, 3) uint8 RGB.

    Attributes:
        clean: photos to rain on. With fewer pairs than photos, photos are left out evenly; with more, photos come
            again, each time in other rain, so that pairs `len(clean)` apart show one scene.
        streaks: folder of streak images for the recipe's database layers.
        recipe: name of a recipe of `datasets.rain.RECIPES`.
        count: number of pairs.
        seed: with the number, the source of everything random.
    """

    clean: PhotoFolder
    streaks: PhotoFolder
    recipe: str
    count: int
    seed: int = 0

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> PairedPhotos:
        if not 0 <= index < self.count:
            raise IndexError(index)
        few = self.count < len(self.clean)
        _, clean = self.clean[index * len(self.clean) // self.count if few else index % len(self.clean)]
        rainy, _ = render(clean, self.recipe, np.random.default_rng((self.seed, index)), self._database)
        return PairedPhotos(f"{self.recipe}-{index + 1:04}", to_uint8(rainy), clean)

    @cached_property
    def _database(self) -> StreakDatabase:
        return StreakDatabase.from_folder(self.streaks.folder)
