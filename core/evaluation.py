"""Measures a model, or derained images on disk, over a set of photos: a table with a row a photo, and its means."""

import math
from collections.abc import Callable, Iterable, Sequence, Sized
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
import torch
from torch import nn

from core.depth import round_to_8_bits
from core.inference.vector_math import ready_vector_math
from core.metrics import WITH_REFERENCE, average_precision, measure
from core.metrics.table import too_small
from datasets.errors import DatasetError
from datasets.folders import PhotoFolder, list_photos, name_of
from datasets.pairs import PairedFolder, PairedPhotos
from datasets.reading import read_rgb

RAIN_THRESHOLD = 10.0
"""A pixel is rain where |x − y|, averaged over the channels, is more than this, in 0…255."""

RANKING = WITH_REFERENCE[0]
"""The metric that photos are ranked by."""

Derain = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray | None]]
"""(H, W, 3) uint8 -> derained image of that shape (uint8, uint16, or floats 0…1), rain mask (H, W) 0…1 or None."""

Progress = Callable[[Iterable[int]], Iterable[int]]
"""Wraps the loop over photos, as `tqdm.tqdm` does."""


class Pairs(Sized, Protocol):
    """What is evaluated over: a `datasets.pairs.PairedFolder`, or anything of the same shape."""

    def __getitem__(self, index: int, /) -> PairedPhotos: ...


def evaluate_pairs(
    derain: Derain,
    pairs: Pairs,
    protocols: Sequence[str],
    *,
    limit: int | None = None,
    progress: Progress = iter,
) -> pd.DataFrame:
    """Derains each pair's rainy photo, rounds to 8 bits, and measures it and the rainy photo against the clean one.

    Args:
        derain: the model.
        protocols: names in `core.metrics.PROTOCOLS`.
        limit: only the first so many pairs.
        progress: wraps the loop.

    Returns:
        One row a pair: photo, width, height, {rainy,derained}_METRIC_PROTOCOL, and where there is a mask
        mask_average_precision (against |x − y| > 10/255; NaN where there is no such pixel) and mask_mean.

    Raises:
        DatasetError: a photo is too small for a metric, or the derained image has another size.
    """
    rows = []
    for index in progress(range(_count(pairs, limit))):
        name, rainy, clean = pairs[index]
        derained, mask = derain(rainy)
        rows.append(_row(name, rainy, clean, derained, mask, protocols))
    return pd.DataFrame(rows)


def evaluate_outputs(
    folder: str | Path,
    pairs: PairedFolder,
    protocols: Sequence[str],
    *,
    limit: int | None = None,
    progress: Progress = iter,
) -> pd.DataFrame:
    """The same for derained images that lie in a folder, each named like its pair, its rainy or its clean photo.

    Raises:
        DatasetError: as `evaluate_pairs`, or a derained image is missing (found before anything is measured).
    """
    count = _count(pairs, limit)
    files = _find_outputs(folder, pairs, count)
    rows = []
    for index in progress(range(count)):
        name, rainy, clean = pairs[index]
        rows.append(_row(name, rainy, clean, read_rgb(files[index]), None, protocols))
    return pd.DataFrame(rows)


def evaluate_clean(
    derain: Derain,
    photos: PhotoFolder,
    protocols: Sequence[str] = ("rgb",),
    *,
    limit: int | None = None,
    progress: Progress = iter,
) -> pd.DataFrame:
    """Gives the model photos without rain and measures what it changes: the derained image against the photo itself.

    Returns:
        One row a photo: photo, width, height, derained_METRIC_PROTOCOL, and mask_mean where there is a mask.

    Raises:
        DatasetError: a photo is too small for a metric, or the derained image has another size.
    """
    rows = []
    for index in progress(range(_count(photos, limit))):
        name, clean = photos[index]
        derained, mask = derain(clean)
        row = _row(name, None, clean, derained, mask, protocols)
        rows.append(row)
    return pd.DataFrame(rows)


def derain_by(network: nn.Module, device: torch.device | str = "cpu") -> Derain:
    """A network from (1, 3, H, W) of 0…1 to the derained image, as a `Derain`: whole photo, float32, channels_last."""
    ready_vector_math()
    network = network.eval().to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    @torch.inference_mode()
    def derain(pixels: np.ndarray) -> tuple[np.ndarray, None]:
        rainy = torch.tensor(pixels, device=device).permute(2, 0, 1)[None].float().div(255.0)
        derained = network(rainy.contiguous(memory_format=torch.channels_last))
        return derained[0].permute(1, 2, 0).cpu().numpy(), None

    return derain


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


def _row(
    name: str,
    rainy: np.ndarray | None,
    clean: np.ndarray,
    derained: np.ndarray,
    mask: np.ndarray | None,
    protocols: Sequence[str],
) -> dict[str, Any]:
    height, width = clean.shape[:2]
    if refusal := too_small(width, height):
        raise DatasetError(f"The photo {name} {refusal}.")
    if derained.shape != clean.shape:
        size = f"{derained.shape[1]}×{derained.shape[0]}"
        raise DatasetError(f"The derained image of {name} has {size} pixels, but the clean photo {width}×{height}.")
    row: dict[str, Any] = {"photo": name, "width": width, "height": height}
    rounded = round_to_8_bits(derained)
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


def _find_outputs(folder: str | Path, pairs: PairedFolder, count: int) -> list[Path]:
    """The derained image of each of the first `count` pairs; a PNG goes before other formats of one name."""
    by_name: dict[str, str] = {}
    for photo in list_photos(folder).photos:
        name = name_of(photo)
        if name not in by_name or photo.lower().endswith(".png"):
            by_name[name] = photo
    rainy_of_clean: dict[Path, int] = {}
    for pair in pairs.pairs:
        rainy_of_clean[pair.clean] = rainy_of_clean.get(pair.clean, 0) + 1
    files, missing = [], []
    for pair in pairs.pairs[:count]:
        names = [pair.name, name_of(pair.rainy.name)]
        if rainy_of_clean[pair.clean] == 1:
            names.append(name_of(pair.clean.name))
        found = next((by_name[name] for name in names if name in by_name), None)
        if found is None:
            missing.append(pair.name)
        else:
            files.append(Path(folder, found))
    if missing:
        raise DatasetError(
            f"{folder} lacks the derained images of {len(missing)} of {count} pairs; the first is {missing[0]}.png."
        )
    return files
