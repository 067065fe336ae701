"""Proposed crops: rectangles as curators draw them, chosen by what they hold of a photo's rain and of its scene."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

CROPS = Path(__file__).with_name("crops.json")
"""Fitted by `scripts/prescreen_figures.py DATA --fit`."""

GRID = 24
"""Maps are laid out to so many cells a side; a crop's edges count to the nearest one."""

MOST = 3
ALIKE = 0.75
"""A proposal is worth while as far as a curator's crop is likely to overlap with it by more than this (IoU)."""

NO_TWO = 0.7
"""No two proposals overlap by more than this."""

_STEPS, _RATE, _PULL, _TEMPER = 300, 0.3, 5.0, 0.5
_MATCH = 0.7


@dataclass(frozen=True)
class Proposal:
    """A crop in whole upright original pixels, half-open; `score`: how likely a curator's crop is ALIKE, 0…1."""

    x: int
    y: int
    w: int
    h: int
    score: float


@dataclass(frozen=True)
class CropModel:
    """Crops of curators, and what speaks for one of them in a given photo.

    Attributes:
        shapes: (n, 4) left, top, right, bottom, as shares of the photo's sides.
        weights: (maps,): how much the mean of each map inside a crop, less that of the whole photo, speaks for it.
    """

    shapes: np.ndarray
    weights: np.ndarray

    def chances(self, maps: np.ndarray) -> np.ndarray:
        """(n,) how likely a curator's crop is each of the shapes; maps (len(MAPS), rows, columns)."""
        z = contents(maps, self.shapes) @ self.weights
        chances = np.exp(z - z.max())
        return chances / chances.sum()

    def as_json(self) -> dict[str, Any]:
        """As `read_crop_model` reads it."""
        return {"weights": np.round(self.weights, 4).tolist(), "shapes": np.round(self.shapes, 3).tolist()}


def read_crop_model(stored: dict[str, Any]) -> CropModel:
    """The model that `CropModel.as_json` gave (KeyError, ValueError for anything else)."""
    return CropModel(np.array(stored["shapes"], float).reshape(-1, 4), np.array(stored["weights"], float))


@cache
def shipped_crops() -> CropModel:
    """The model that ships."""
    return read_crop_model(json.loads(CROPS.read_text()))


def propose_crops(maps: np.ndarray, size: tuple[int, int], least_side: int, model: CropModel) -> list[Proposal]:
    """At most MOST crops of different shape, the best first; none where the photo is too small for any.

    Together they are as likely as possible to hold one that a curator would take as it is.

    Args:
        maps: (len(MAPS), rows, columns) of the photo (annotator.prescreen.measures).
        size: its width and height in pixels.
        least_side: fewest pixels of a crop's width and of its height.
        model: the crops to choose from.
    """
    if min(size) < least_side:
        return []
    proposals: list[Proposal] = []
    for place, score in choose(model.shapes, model.chances(maps)):
        one = _in_pixels(model.shapes[place], size, least_side, score)
        if all(_overlap_of(one, other) <= NO_TWO for other in proposals):
            proposals.append(one)
    return proposals


def choose(shapes: np.ndarray, chances: np.ndarray) -> list[tuple[int, float]]:
    """(place, score) of MOST shapes that together are likeliest to be ALIKE to a crop drawn by `chances` (n,)."""
    overlap = overlaps(shapes, shapes)
    alike = (overlap > ALIKE).astype(float)
    covered = np.zeros(len(shapes))
    chosen: list[tuple[int, float]] = []
    while len(chosen) < MOST:
        gain = (np.maximum(alike, covered) * chances).sum(1)
        for place, _ in chosen:
            gain[overlap[place] > NO_TWO] = -1
        place = int(gain.argmax())
        if gain[place] < 0:
            break
        chosen.append((place, float((alike[place] * chances).sum())))
        covered = np.maximum(covered, alike[place])
    return chosen


def fit_crops(photos: Sequence[tuple[np.ndarray, np.ndarray]], start: np.ndarray | None = None) -> CropModel:
    """A model of curators' crops.

    Args:
        photos: (maps, crops) of each accepted photo, crops (n, 4) as shares of its sides.
        start: weights that the fit is pulled to; None for none at all.
    """
    shapes = np.concatenate([crops for _, crops in photos])
    pairs = []
    for maps, crops in photos:
        near = overlaps(shapes, crops).max(1)
        target = np.where(near > _MATCH, near, 0)
        pairs.append((contents(maps, shapes), target / target.sum()))
    scale = np.concatenate([held for held, _ in pairs]).std(0) + 1e-6
    pulled = np.zeros(len(scale)) if start is None else start * scale / _TEMPER
    weights = pulled.copy()
    for _ in range(_STEPS):
        step = -_PULL * (weights - pulled) / len(pairs)
        for held, target in pairs:
            z = held / scale @ weights
            chances = np.exp(z - z.max())
            step += (held / scale).T @ (target - chances / chances.sum()) / len(pairs)
        weights += _RATE * step
    return CropModel(shapes, _TEMPER * weights / scale)


def contents(maps: np.ndarray, shapes: np.ndarray) -> np.ndarray:
    """(n, maps): the mean of each map inside each of n shapes, less its mean over the whole photo."""
    cells = np.stack([cv2.resize(one, (GRID, GRID), interpolation=cv2.INTER_LINEAR) for one in maps])
    total = np.zeros((len(cells), GRID + 1, GRID + 1))
    total[:, 1:, 1:] = cells.cumsum(1).cumsum(2)
    left, top, right, bottom = np.clip(np.rint(shapes * GRID).astype(int), 0, GRID).T
    left, top = np.minimum(left, GRID - 1), np.minimum(top, GRID - 1)
    right, bottom = np.maximum(right, left + 1), np.maximum(bottom, top + 1)
    inside = total[:, bottom, right] - total[:, top, right] - total[:, bottom, left] + total[:, top, left]
    return (inside / ((right - left) * (bottom - top)) - total[:, -1, -1:] / GRID**2).T


def overlaps(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(n, m): intersection over union of n and m rectangles, each left, top, right, bottom."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    shared = np.maximum(high - low, 0).prod(2)
    areas = [(each[:, 2:] - each[:, :2]).prod(1) for each in (first, second)]
    return shared / (areas[0][:, None] + areas[1][None] - shared)


def _overlap_of(first: Proposal, second: Proposal) -> float:
    edges = [np.array([[each.x, each.y, each.x + each.w, each.y + each.h]], float) for each in (first, second)]
    return float(overlaps(*edges)[0, 0])


def _in_pixels(shape: np.ndarray, size: tuple[int, int], least_side: int, score: float) -> Proposal:
    edges = []
    for start, stop, length in ((shape[0], shape[2], size[0]), (shape[1], shape[3], size[1])):
        low, high = round(start * length), round(stop * length)
        if high - low < least_side:
            low = max(0, min(round((low + high - least_side) / 2), length - least_side))
            high = low + least_side
        edges.append((low, min(high, length)))
    (x, x_end), (y, y_end) = edges
    return Proposal(x, y, x_end - x, y_end - y, score)
