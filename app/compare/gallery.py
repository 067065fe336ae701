"""Thumbnails of rainy photos and of outputs, a page at a time."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from app import previews, settings
from app.compare.collection import Item
from app.compare.layout import RAINY
from app.compare.methods import Methods
from app.compare.show import in_short
from core.errors import UserError
from core.metrics import measure
from core.metrics.table import too_small

UNREADABLE = np.full((90, 120, 3), 128, np.uint8)
"""Stands for a photo that cannot be read; its caption says why."""


@dataclass(frozen=True)
class Thumbnails:
    """Makes a thumbnail the first time it is asked for and keeps it as long as the server runs."""

    items: Sequence[Item]
    methods: Methods
    folder: TemporaryDirectory[str] = field(default_factory=lambda: TemporaryDirectory(prefix="thumbnails-"))
    made: dict[tuple[str, int], tuple[str, str]] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return ceil(len(self.items) / settings.THUMBNAILS)

    def page(self, shown: str, number: int) -> list[tuple[str, str]]:
        """(file, caption) of each photo on page `number` from 1; `shown`: a method's key, or "rainy"."""
        first = (number - 1) * settings.THUMBNAILS
        return [self.one(shown, index) for index in range(first, min(first + settings.THUMBNAILS, len(self.items)))]

    def one(self, shown: str, index: int) -> tuple[str, str]:
        """(file, caption) of one photo; where the method has no output for it, the rainy photo and a word about it."""
        if (shown, index) not in self.made:
            self.made[shown, index] = self._make(shown, index)
        return self.made[shown, index]

    def _make(self, shown: str, index: int) -> tuple[str, str]:
        item = self.items[index]
        caption = item.label
        try:
            subject = item.read()
        except UserError as error:
            return self._save(shown, index, UNREADABLE), f"{item.name}: {error}"
        pixels = subject.rainy
        if shown != RAINY:
            entry = self.methods.at_hand(shown, subject)
            try:
                pixels = entry.derain() if entry else pixels
                caption = f"{item.name}{'' if entry else ': no output'}"
            except UserError as error:
                return self.one(RAINY, index)[0], f"{item.name}: {error}"
            if entry and subject.clean is not None and not too_small(pixels.shape[1], pixels.shape[0]):
                scores = entry.scores["y"] if entry.scores else measure("y", subject.clean, pixels)
                caption += f": {in_short(scores)}"
        return self._save(shown, index, previews.shrink(pixels, settings.THUMBNAIL_SIDE)), caption

    def _save(self, shown: str, index: int, pixels: np.ndarray) -> str:
        name = f"{index}-{hashlib.sha256(shown.encode()).hexdigest()[:12]}.png"
        return str(previews.save_png(pixels, Path(self.folder.name) / name))
