"""Photos with rain that is as many times wider as is asked for than the recipes draw it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from core.images import read_photo
from core.training.patches import split
from datasets.folders import open_photos
from datasets.rain import Recipe, StreakDatabase, render
from datasets.rain.render import to_uint8

HELD_OUT = 50
RECIPES = ("light",) * 3 + ("heavy",) * 3 + ("downpour", "curtain", "drizzle")
"""Recipes whose streaks are 1 to 2 pixels wide, or as wide as the streak database has them."""
WIDE = "strokes"
"""Streaks 2 to 4 pixels wide, which the network knows, so that they are not half as wide enlarged; drawn at 1 alone."""
SIZE = (1050, 1400)
"""Height and width of the photos, at least."""
QUALITY = (80, 97)


@dataclass(frozen=True)
class Scenes:
    """Small photos (BSDS500's, enlarged with their rain) and sharp ones (under wide rain)."""

    small: Sequence[Path]
    large: Sequence[Path]
    streaks: StreakDatabase


def open_scenes(data: Path, large: Path) -> tuple[Scenes, Scenes]:
    """Scenes to fit on, and held-out ones: the photos that training holds out, and every second large photo.

    Sharp photos to fit on are the other large ones, and DATA's debian-photos/ if there are any, of other packages.
    """
    streaks = StreakDatabase.from_folder(data / "streaks")
    photos = open_photos(data / "clean").photos
    fit, held_out = ([data / "clean" / name for name in part] for part in split(photos, HELD_OUT))
    files = [large / name for name in open_photos(large).photos]
    packages = {_package(file.name) for file in files}
    more = data / "debian-photos"
    names = open_photos(more).photos if more.is_dir() else []
    sharp = [more / name for name in names if _package(name) not in packages]
    often = max(1, len(sharp) // len(files))
    return Scenes(fit, files[::2] * often + sharp, streaks), Scenes(held_out, files[1::2], streaks)


def _package(name: str) -> str:
    """The Debian package that a photo is from."""
    return name.rpartition("-")[0]


def draw(
    scenes: Scenes, scale: float, rng: np.random.Generator, *, enlarged: bool, recipe: str | None = None
) -> tuple[np.ndarray, str]:
    """A rainy photo, and its recipe, one of `RECIPES` (at 1 as often `WIDE`) if none is given.

    Rain and photo are enlarged together, or rain alone over a sharp photo.
    """
    if recipe is None:
        recipe = str(rng.choice(RECIPES + (WIDE,) * len(RECIPES) if scale == 1 else RECIPES))
    if enlarged:
        photo = read_rgb8(scenes.small[rng.integers(len(scenes.small))])
        missing = [max(0, round(length / scale) - have) for length, have in zip((700, 1050), photo.shape)]
        if scale < 2.2:
            photo = np.pad(photo, ((0, missing[0]), (0, missing[1]), (0, 0)), mode="symmetric")
        rainy, _ = render(photo, recipe, rng, scenes.streaks)
        pixels = to_uint8(cv2.resize(rainy, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC))
    else:
        pixels = rain_over(
            _cut(read_rgb8(scenes.large[rng.integers(len(scenes.large))]), rng), recipe, scale, rng, scenes
        )
    if rng.random() < 0.6:
        quality = int(rng.integers(*QUALITY))
        encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        pixels = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    return pixels, recipe


def rain_over(
    clean: np.ndarray, recipe: str | Recipe, scale: float, rng: np.random.Generator, scenes: Scenes
) -> np.ndarray:
    """Rain drawn at 1 / scale of the size of a sharp photo (H, W, 3) uint8, enlarged, and added to it as it is."""
    height, width = clean.shape[:2]
    small = cv2.resize(clean, (round(width / scale), round(height / scale)), interpolation=cv2.INTER_AREA)
    layer = render(small, recipe, rng, scenes.streaks)[0] - small / np.float32(255)
    return to_uint8(clean / np.float32(255) + cv2.resize(layer, (width, height), interpolation=cv2.INTER_CUBIC))


def read_rgb8(path: Path) -> np.ndarray:
    """(H, W, 3) uint8, whatever the file holds."""
    pixels = read_photo(path).pixels
    pixels = np.repeat(pixels, 3, 2) if pixels.shape[2] == 1 else pixels
    return pixels if pixels.dtype == np.uint8 else (pixels >> 8).astype(np.uint8)


def _cut(photo: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A part of a large photo, shrunk by 1 to 3 so that it is sharp."""
    room = min(length / least for length, least in zip(photo.shape, SIZE))
    shrunk = rng.uniform(1, np.clip(room, 1, 3))
    height, width = (round(length * shrunk) for length in SIZE)
    top, left = (rng.integers(0, max(1, have - want)) for have, want in zip(photo.shape, (height, width)))
    part = photo[top : top + height, left : left + width]
    return cv2.resize(part, None, fx=1 / shrunk, fy=1 / shrunk, interpolation=cv2.INTER_AREA)
