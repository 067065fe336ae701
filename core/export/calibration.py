"""Rendered rain on photos that a dependency ships: to choose the ranges of 8 bits by, and to try them out."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from core.export.errors import ExportError
from core.images import read_photo
from datasets.rain import render

SIDE = 192
PICTURES = 24
RECIPES = ("light", "heavy", "drizzle", "shower", "downpour", "veil", "scattered", "curtain")
PHOTOS = ("astronaut.png", "chelsea.png", "rocket.jpg", "camera.png", "motorcycle_left.png")
"""Of scikit-image: ranges are chosen by these."""
HELD_OUT = "coffee.png"
"""What was chosen is tried out on this one."""


@dataclass(frozen=True)
class Pair:
    """A clean picture, (SIDE, SIDE, 3) uint8, and the same with rain of a recipe."""

    recipe: str
    clean: np.ndarray
    rainy: np.ndarray


def calibration_pairs() -> Iterator[Pair]:
    """PICTURES cuts of PHOTOS in turn, of all RECIPES; always the same. ExportError: a photo is not installed."""
    rng = np.random.default_rng(0)
    photos = [_photo(name) for name in PHOTOS]
    for number in range(PICTURES):
        yield _pair(photos[number % len(PHOTOS)], RECIPES[number % len(RECIPES)], rng)


def held_out_pairs(each: int = 3) -> Iterator[Pair]:
    """Cuts of HELD_OUT with light and heavy rain in turn, so many of each; always the same."""
    rng = np.random.default_rng(1)
    photo = _photo(HELD_OUT)
    for _ in range(each):
        for recipe in ("drizzle", "heavy"):
            yield _pair(photo, recipe, rng)


def _pair(photo: np.ndarray, recipe: str, rng: np.random.Generator) -> Pair:
    top, left = (int(rng.integers(length - SIDE + 1)) for length in photo.shape[:2])
    clean = photo[top : top + SIDE, left : left + SIDE]
    rainy, _ = render(clean, recipe, rng)
    return Pair(recipe, clean, np.rint(rainy * 255).astype(np.uint8))


def _photo(name: str) -> np.ndarray:
    spec = find_spec("skimage")
    path = Path(spec.origin).parent / "data" / name if spec and spec.origin else Path(name)
    if not path.is_file():
        raise ExportError(f"The photo {name} of scikit-image, which 8 bits are chosen by, is not installed.")
    pixels = read_photo(path).pixels
    return np.ascontiguousarray(np.broadcast_to(pixels, (*pixels.shape[:2], 3)))
