"""From the rows of a comparison to what a report shows: means, differences with intervals, best and worst photos."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.comparison.run import RAINY
from core.metrics import PROTOCOLS, WITH_REFERENCE

RESAMPLES = 2000
CASES = 4
"""Photos of each kind of case."""


@dataclass(frozen=True)
class Mean:
    """One method over all photos under one figure.

    Attributes:
        mean, median, least: over the photos that have the figure; NaN where none has.
        photos: how many those are.
        difference: mean of (the first method's figure − this one's) over the photos that have both; NaN for itself.
        interval: of that difference, 95 %, by resampling the photos.
    """

    mean: float
    median: float
    least: float
    photos: int
    difference: float
    interval: tuple[float, float]


def finite(table: pd.DataFrame) -> pd.DataFrame:
    """The same rows with infinite figures, of equal photos, at their metric's ceiling: a PSNR of 100 dB."""
    metrics = {f"{metric.key}_{protocol}": metric for metric in WITH_REFERENCE for protocol in PROTOCOLS}
    found = {column: metrics[column] for column in map(str, table) if column in metrics}
    return table.assign(**{column: metric.finite(table[column]) for column, metric in found.items()})


def summarise(table: pd.DataFrame, column: str, lead: str) -> dict[str, Mean]:
    """Means of one column by method, and the difference of the method `lead` from each."""
    wide = finite(table).pivot(index="photo", columns="method", values=column)
    means = {}
    for method in dict.fromkeys(table["method"]):
        values = wide[method].dropna().to_numpy(float)
        ahead = (wide[lead] - wide[method]).dropna().to_numpy(float) if method != lead else np.empty(0)
        means[method] = Mean(
            mean=float(values.mean()) if len(values) else math.nan,
            median=float(np.median(values)) if len(values) else math.nan,
            least=float(values.min()) if len(values) else math.nan,
            photos=len(values),
            difference=float(ahead.mean()) if len(ahead) else math.nan,
            interval=_interval(ahead),
        )
    return means


def _interval(values: np.ndarray) -> tuple[float, float]:
    """95 % percentile bootstrap interval of the mean; the same values give the same interval."""
    if len(values) < 2:
        return math.nan, math.nan
    picks = np.random.default_rng(0).integers(0, len(values), (RESAMPLES, len(values)))
    low, high = np.quantile(values[picks].mean(axis=1), (0.025, 0.975))
    return float(low), float(high)


def pick_cases(table: pd.DataFrame, lead: str, column: str, count: int = CASES) -> dict[str, list[str]]:
    """Photos worth looking at by why: where `lead` gains least and most over the rainy image, where it is furthest
    ahead of its best rival and behind it.

    The others are evenly spaced among the rest. No photo stands in two lists, and one photo alone ranks nowhere.

    Args:
        column: the figure, higher is better; photos without it are left to the evenly spaced ones.
        count: photos in each list.
    """
    wide = finite(table).pivot(index="photo", columns="method", values=column)
    order = list(dict.fromkeys(table["photo"]))
    gain = (wide[lead] - wide[RAINY]).dropna()
    rivals = wide.drop(columns=[lead, RAINY]).max(axis=1)
    ahead = (wide[lead] - rivals).dropna()
    rankings = {
        "worst": list(gain.sort_values(kind="stable").index),
        "best": list(gain.sort_values(ascending=False, kind="stable").index),
        "behind": list(ahead[ahead < 0].sort_values(kind="stable").index),
        "ahead": list(ahead[ahead > 0].sort_values(ascending=False, kind="stable").index),
    }
    taken: set[str] = set()
    cases: dict[str, list[str]] = {}
    for reason, ranking in rankings.items():
        most = max(1, len(order) // 6) if len(order) > 1 else 0
        chosen = [str(photo) for photo in ranking if photo not in taken][: min(count, most)]
        taken.update(chosen)
        cases[reason] = chosen
    rest = [photo for photo in order if photo not in taken]
    steps = min(2 * count, len(rest))
    cases["spaced"] = [rest[math.floor((index + 0.5) * len(rest) / steps)] for index in range(steps)]
    return {reason: photos for reason, photos in cases.items() if photos}


def lead_of(keys: Sequence[str]) -> str:
    """The method that the others are compared with: ours where it takes part, else the first."""
    return next((key for key in keys if key.partition(":")[0] == "ours"), keys[0])
