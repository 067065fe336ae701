"""Scores and flags: how likely a photo shows rain, and what speaks against it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

WEIGHTS = Path(__file__).with_name("weights.json")
"""Fitted by `scripts/prescreen_figures.py DATA --fit`."""

FEATURES = {
    "rain": (
        "mask_smooth",
        "mask_least",
        "change_smooth",
        "change_least",
        "streaky",
        "streaky_smooth",
        "upright",
        "specks_upright",
    ),
    "snow": ("white_ground", "colour", "specks_upright", "specks_round", "mask_smooth", "upright"),
    "mist": ("haze", "fine_energy", "change_smooth", "colour"),
    "lens_drops": ("blurred_drops", "specks_round", "mask_smooth", "change_smooth"),
}
"""What each score is taken from. "rain" is the likelihood of rain; the others are those of reasons to reject."""

TOO_LIGHT = 0.5
"""Above this share of pixels too light to show rain a photo is flagged."""


@dataclass(frozen=True)
class Score:
    """A logistic score: 1 / (1 + exp(−b − Σ wᵢ (xᵢ − mᵢ) / sᵢ)) over named measures, and the limit of its flag."""

    names: tuple[str, ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float
    limit: float

    def __call__(self, values: Mapping[str, float]) -> float:
        """The score of a photo, 0…1 (KeyError where a measure is missing)."""
        x = np.array([values[name] for name in self.names])
        z = self.bias + float(((x - self.mean) / self.scale) @ np.array(self.weights))
        return float(1 / (1 + np.exp(-np.clip(z, -50, 50))))


@cache
def scores() -> dict[str, Score]:
    """The fitted scores by name."""
    stored = json.loads(WEIGHTS.read_text())
    return {
        name: Score(
            names=tuple(one["names"]),
            mean=tuple(one["mean"]),
            scale=tuple(one["scale"]),
            weights=tuple(one["weights"]),
            bias=one["bias"],
            limit=one["limit"],
        )
        for name, one in stored.items()
    }


@cache
def version() -> str:
    """The pre-screening's version: photos that were measured by another one are measured again."""
    return f"1-{hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()[:8]}"


def score_photo(values: Mapping[str, float], min_side: int) -> tuple[dict[str, float], list[str]]:
    """Scores of a photo by name, and the flags that they and its size give.

    Args:
        values: its measures (annotator.prescreen.measures).
        min_side: the project's least side of a photo.
    """
    found = {name: score(values) for name, score in scores().items()}
    flags = [name for name in ("snow", "mist", "lens_drops") if found[name] > scores()[name].limit]
    if values["least_side"] < min_side:
        flags.append("low_res")
    if found["rain"] < scores()["rain"].limit:
        flags.append("rain_free")
    if values["bright"] > TOO_LIGHT:
        flags.append("too_light")
    return found, flags
