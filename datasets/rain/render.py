"""Adds rain to a clean photo by a recipe: x = y + R, eq. (1), with an optional veil."""

from dataclasses import replace
from math import ceil

import cv2
import numpy as np

from datasets.rain.filtered_noise import noise_layer
from datasets.rain.procedural import streak_layer
from datasets.rain.recipes import RECIPES, Recipe
from datasets.rain.streak_database import StreakDatabase

DATABASE_LIKE = Recipe(density=(0.1, 0.3), shortest=(8, 12), longest=(30, 60), thickness=(1.0, 2.0))


def render(
    clean: np.ndarray,
    recipe: str | Recipe,
    rng: np.random.Generator,
    streaks: StreakDatabase | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Renders rain; the same arguments and the same state of `rng` give the same picture.

    Args:
        clean: (H, W, 3), uint8 or float 0…1.
        recipe: a `Recipe`, or the name of one of `RECIPES`.
        rng: source of everything random.
        streaks: streak database for the recipe's database layers; None to draw those layers procedurally.

    Returns:
        rainy image x (H, W, 3) float32, 0…1; streaks' layer R (H, W) float32, 0…1, without the veil.

    Raises:
        ValueError: clean has another shape or type, or there is no recipe of that name.
    """
    if clean.ndim != 3 or clean.shape[2] != 3 or not (clean.dtype == np.uint8 or clean.dtype.kind == "f"):
        raise ValueError(f"A clean photo is (H, W, 3), uint8 or float, not {clean.shape}, {clean.dtype}.")
    if isinstance(recipe, str):
        if recipe not in RECIPES:
            raise ValueError(f"There is no rain recipe {recipe!r}; there are {', '.join(RECIPES)}.")
        recipe = RECIPES[recipe]
    image = clean.astype(np.float32) / (255 if clean.dtype == np.uint8 else 1)
    height, width = image.shape[:2]
    layer = _rain(recipe, height, width, rng, streaks)
    rain = layer[..., None]
    if recipe.veil_over:
        lit = image + rain * (1 - image) if recipe.screen else image + rain
        veil, airlight = _smooth_veil(recipe, height, width, rng)
        rainy = np.clip(lit, 0, 1) * (1 - veil) + veil * airlight
    else:
        share = np.float32(rng.uniform(*recipe.veil))
        veiled = image * (1 - share) + share * np.float32(rng.uniform(*recipe.airlight))
        rainy = veiled + rain * (1 - veiled) if recipe.screen else veiled + rain
    return np.clip(rainy, 0, 1, dtype=np.float32), np.clip(layer, 0, 1)


def _rain(
    recipe: Recipe, height: int, width: int, rng: np.random.Generator, streaks: StreakDatabase | None
) -> np.ndarray:
    """The sum of a recipe's layers -> (height, width) float32, from 0."""
    if recipe.magnified is not None:
        by = rng.uniform(*recipe.magnified)
        small = _rain(replace(recipe, magnified=None), ceil(height / by), ceil(width / by), rng, streaks)
        return np.maximum(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), 0)
    layer = np.zeros((height, width), np.float32)
    slant = 0.0
    if recipe.slant is not None:
        slant = rng.uniform(*recipe.slant) * rng.choice((-1, 1))
    tilt = slant or recipe.tilt * rng.standard_normal()
    for _ in range(rng.integers(recipe.database_layers[0], recipe.database_layers[1] + 1)):
        gain = np.float32(rng.uniform(*recipe.database_gain))
        if streaks is not None:
            layer += gain * streaks.layer(height, width, recipe.database_scale, recipe.database_rotation, rng, slant)
        else:
            layer += gain * _procedural(DATABASE_LIKE, 1, tilt, height, width, rng)
    count = int(rng.integers(recipe.streak_layers[0], recipe.streak_layers[1] + 1))
    for _ in range(count):
        layer += _procedural(recipe, count, tilt, height, width, rng)
    if recipe.noise_layers[1]:
        for _ in range(rng.integers(recipe.noise_layers[0], recipe.noise_layers[1] + 1)):
            layer += _noise(recipe, tilt, height, width, rng)
    return layer


def _procedural(
    recipe: Recipe, layers: int, tilt: float, height: int, width: int, rng: np.random.Generator
) -> np.ndarray:
    """One of `layers` procedural layers of a recipe -> (height, width) float32, 0…1."""
    low, high = np.sort(rng.uniform(recipe.brightness[0], recipe.brightness[1], 2))
    layer = streak_layer(
        height,
        width,
        density=rng.uniform(*recipe.density) / layers,
        length=(rng.uniform(*recipe.shortest), rng.uniform(*recipe.longest)),
        thickness=rng.uniform(*recipe.thickness),
        tilt=tilt + recipe.layer_tilt * rng.standard_normal(),
        jitter=rng.uniform(*recipe.jitter),
        brightness=(low, high),
        rng=rng,
    )
    return cv2.GaussianBlur(layer, (0, 0), rng.uniform(*recipe.softness)) if recipe.softness[1] else layer


def _noise(recipe: Recipe, tilt: float, height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    """One layer of filtered noise of a recipe -> (height, width) float32, 0…1."""
    return noise_layer(
        height,
        width,
        coarseness=rng.uniform(*recipe.noise_coarseness),
        length=rng.uniform(*recipe.noise_length),
        tilt=tilt + recipe.layer_tilt * rng.standard_normal(),
        black=rng.uniform(*recipe.noise_black),
        white=np.exp(rng.uniform(*np.log(recipe.noise_white))),
        brightness=rng.uniform(*recipe.brightness),
        rng=rng,
    )


def _smooth_veil(recipe: Recipe, height: int, width: int, rng: np.random.Generator) -> tuple[np.ndarray, np.float32]:
    """1 − t that changes smoothly, (height, width, 1) float32, 0…1, and the airlight A."""
    corners = rng.uniform(*recipe.veil, (2, 2)).astype(np.float32)
    veil = cv2.resize(corners, (width, height), interpolation=cv2.INTER_LINEAR)
    return veil[..., None], np.float32(rng.uniform(*recipe.airlight))


def to_uint8(image: np.ndarray) -> np.ndarray:
    """0…1 -> 0…255, rounded; the shape is kept."""
    return np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)
