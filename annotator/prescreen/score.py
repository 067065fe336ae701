"""Scores and flags: how likely a photo shows rain, and what speaks against it."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from annotator.prescreen.suggestions import CROPS

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
        "line_skewness",
    ),
    "snow": ("white_ground", "specks_round", "line_concentration", "agreement"),
    "mist": ("haze", "fine_energy", "change_smooth", "colour"),
    "lens_drops": ("blurred_drops", "specks_round", "mask_smooth", "change_smooth"),
}
"""What each score is taken from. "rain" is the likelihood of rain, against everything but snow; "snow" that of snow,
against rain alone; the others are those of reasons to reject."""

SUSPECTED = ("snow", "mist", "lens_drops")
"""Reasons that a score can suspect."""

TOO_LIGHT = 0.5
"""Above this share of pixels too light to show rain a photo is flagged."""


@dataclass(frozen=True)
class Score:
    """A logistic score: 1 / (1 + exp(−b − Σ wᵢ (xᵢ − mᵢ) / sᵢ)) over named measures, and the limit of its flag.

    `limit` is None where no limit makes the flag right often enough: it is then never shown.
    """

    names: tuple[str, ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float
    limit: float | None

    def __call__(self, values: Mapping[str, float]) -> float:
        """The score of a photo, 0…1 (KeyError where a measure is missing)."""
        x = np.array([values[name] for name in self.names])
        z = self.bias + float(((x - self.mean) / self.scale) @ np.array(self.weights))
        return float(1 / (1 + np.exp(-np.clip(z, -50, 50))))


def read_score(stored: Mapping[str, Any]) -> Score:
    """A score as `dataclasses.asdict` and JSON store it (KeyError where something is missing)."""
    lists = {name: tuple(stored[name]) for name in ("names", "mean", "scale", "weights")}
    return Score(**lists, bias=stored["bias"], limit=stored["limit"])


@cache
def scores() -> dict[str, Score]:
    """The fitted scores by name."""
    return {name: read_score(one) for name, one in json.loads(WEIGHTS.read_text()).items()}


@cache
def version() -> str:
    """The pre-screening's version: photos that were measured by another one are measured again."""
    return f"2-{hashlib.sha256(WEIGHTS.read_bytes() + CROPS.read_bytes()).hexdigest()[:8]}"


def score_photo(values: Mapping[str, float], min_side: int) -> tuple[dict[str, float], list[str]]:
    """Scores of a photo by name, and the flags that they and its size give.

    Args:
        values: its measures (annotator.prescreen.measures).
        min_side: the project's least side of a photo.
    """
    found = {name: score(values) for name, score in scores().items()}
    limits = {name: score.limit for name, score in scores().items()}
    flags = [name for name in SUSPECTED if (limit := limits[name]) is not None and found[name] > limit]
    if values["least_side"] < min_side:
        flags.append("low_res")
    if limits["rain"] is not None and likelihood(found) < limits["rain"]:
        flags.append("rain_free")
    if values["bright"] > TOO_LIGHT:
        flags.append("too_light")
    return found, flags


def likelihood(values: Mapping[str, float]) -> float:
    """How likely a photo shows rain and no snow, 0…1, of its scores."""
    return values["rain"] * (1 - values["snow"])


def priority(likely: float, flags: Collection[str]) -> float:
    """A candidate's place in the queue: its likelihood over one more than its flags, of which rain_free says nothing
    that the likelihood does not."""
    return likely / (1 + len([flag for flag in flags if flag != "rain_free"]))
