"""Measures a method over a set of photos: a table with a row a photo, and its means."""

import math
from collections.abc import Callable, Iterable, Sequence, Sized
from typing import Any, Protocol

import numpy as np
import pandas as pd

from core.errors import UserError
from core.methods.method import Derained, Method
from core.metrics import WITH_REFERENCE, average_precision, measure
from core.metrics.table import too_small
from datasets.errors import DatasetError
from datasets.folders import PhotoFolder
from datasets.pairs import PairedPhotos

RAIN_THRESHOLD = 10.0
"""A pixel is rain where |x − y|, averaged over the channels, is more than this, in 0…255."""

RANKING = WITH_REFERENCE[0]
"""The metric that photos are ranked by."""

Progress = Callable[[Iterable[int]], Iterable[int]]
"""Wraps the loop over photos, as `tqdm.tqdm` does."""

Failed = Callable[[str], None]
"""Hears the sentence of a photo that is left out."""


class Pairs(Sized, Protocol):
    """What is evaluated over: a `datasets.pairs.PairedFolder`, or anything of the same shape."""

    def __getitem__(self, index: int, /) -> PairedPhotos: ...


def evaluate_pairs(
    method: Method,
    pairs: Pairs,
    protocols: Sequence[str],
    *,
    names: Sequence[Sequence[str]] | None = None,
    limit: int | None = None,
    progress: Progress = iter,
    failed: Failed | None = None,
) -> pd.DataFrame:
    """Derains each pair's rainy photo, rounds to 8 bits, and measures it and the rainy photo against the clean one.

    Args:
        protocols: names in `core.metrics.PROTOCOLS`.
        names: what each pair's photo goes by (default: the pair's name alone).
        limit: only the first so many pairs.
        progress: wraps the loop.
        failed: called with the sentence of a pair that cannot be measured, which is then left out; None to raise it.

    Returns:
        One row a pair: photo, width, height, {rainy,derained}_METRIC_PROTOCOL, and where there is a mask
        mask_average_precision (against |x − y| > 10/255; NaN where there is no such pixel) and mask_mean.

    Raises:
        UserError: outputs are missing (found before anything is measured). Without `failed` also: a photo cannot be
            read, is too small for a metric, or the derained image has another size.
    """
    count = _count(pairs, limit)
    if names is not None:
        method.check_complete(names[:count])

    def row(index: int) -> dict[str, Any]:
        name, rainy, clean = pairs[index]
        derained = method.derain(rainy, names[index] if names else (name,))
        return _row(name, rainy, clean, derained, protocols)

    return _table(row, progress(range(count)), failed)


def evaluate_clean(
    method: Method,
    photos: PhotoFolder,
    protocols: Sequence[str] = ("rgb",),
    *,
    limit: int | None = None,
    progress: Progress = iter,
    failed: Failed | None = None,
) -> pd.DataFrame:
    """Gives a method photos without rain and measures what it changes: the derained image against the photo itself.

    Returns:
        One row a photo: photo, width, height, derained_METRIC_PROTOCOL, and mask_mean where there is a mask.

    Raises:
        UserError: as `evaluate_pairs`.
    """

    def row(index: int) -> dict[str, Any]:
        name, clean = photos[index]
        return _row(name, None, clean, method.derain(clean, (name,)), protocols)

    return _table(row, progress(range(_count(photos, limit))), failed)


def summarise(table: pd.DataFrame, protocols: Sequence[str]) -> dict[str, Any]:
    """Means over the photos of a table that this module made.

    An infinite PSNR (equal photos) counts as 100 dB; how many there are is said. Photos without a pixel of rain do not
    count for the average precision.

    Returns:
        {"photos": n, "protocols": {PROTOCOL: {"rainy"|"derained": {METRIC, "psnr_median", "equal"}}},
        "mask": {"mean", "median", "average_precision"}}, each part where the table has it.
    """
    figures: dict[str, Any] = {"photos": len(table), "protocols": {}}
    for protocol in protocols:
        figures["protocols"][protocol] = {
            which: _means(table, f"{which}_{{}}_{protocol}")
            for which in ("rainy", "derained")
            if f"{which}_{RANKING.key}_{protocol}" in table
        }
    if "mask_mean" in table:
        figures["mask"] = {"mean": float(table["mask_mean"].mean()), "median": float(table["mask_mean"].median())}
    if "mask_average_precision" in table:
        precision = float(table["mask_average_precision"].mean())
        figures["mask"]["average_precision"] = None if math.isnan(precision) else precision
    return figures


def _means(table: pd.DataFrame, column: str) -> dict[str, float]:
    """Mean of every metric with reference, the median of the first one, and how many photos are equal."""
    means = {metric.key: float(metric.finite(table[column.format(metric.key)]).mean()) for metric in WITH_REFERENCE}
    first = table[column.format(RANKING.key)]
    return means | {f"{RANKING.key}_median": float(RANKING.finite(first).median()), "equal": int(np.isinf(first).sum())}


def _table(row: Callable[[int], dict[str, Any]], indices: Iterable[int], failed: Failed | None) -> pd.DataFrame:
    rows = []
    for index in indices:
        try:
            rows.append(row(index))
        except UserError as error:
            if failed is None:
                raise
            failed(str(error))
    return pd.DataFrame(rows)


def _row(
    name: str,
    rainy: np.ndarray | None,
    clean: np.ndarray,
    derained: Derained,
    protocols: Sequence[str],
) -> dict[str, Any]:
    height, width = clean.shape[:2]
    if refusal := too_small(width, height):
        raise DatasetError(f"The photo {name} {refusal}.")
    if derained.pixels.shape != clean.shape:
        size = f"{derained.pixels.shape[1]}×{derained.pixels.shape[0]}"
        raise DatasetError(f"The derained image of {name} has {size} pixels, but the clean photo {width}×{height}.")
    row: dict[str, Any] = {"photo": name, "width": width, "height": height}
    rounded, mask = derained.rounded, derained.mask
    for protocol in protocols:
        for which, picture in (("rainy", rainy), ("derained", rounded)):
            if picture is not None:
                scores = measure(protocol, clean, picture)
                row |= {f"{which}_{key}_{protocol}": score for key, score in scores.items()}
    if mask is not None:
        row["mask_mean"] = float(mask.mean(dtype=np.float64))
        if rainy is not None:
            difference = np.abs(rainy.astype(np.float32) - clean.astype(np.float32)).mean(axis=2)
            row["mask_average_precision"] = average_precision(mask, difference > RAIN_THRESHOLD)
    return row


def _count(photos: Sized, limit: int | None) -> int:
    return len(photos) if limit is None else min(limit, len(photos))
