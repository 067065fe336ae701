"""Runs every method on every photo, in turns, and measures what they give: one row for each photo and method."""

import math
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from core.comparison.store import Store
from core.comparison.subjects import Subject
from core.errors import UsageError, UserError
from core.methods.method import Method
from core.metrics import RainyPhoto, Removal, measure, measure_removal
from core.metrics.table import BY_KEY

RAINY = "rainy"
"""The method of the rows of the rainy photos themselves."""

Progress = Callable[[Iterable[Subject]], Iterable[Subject]]


def compare(
    methods: Sequence[Method],
    subjects: Sequence[Subject],
    protocols: Sequence[str],
    stores: dict[str, Store],
    *,
    megapixels: float,
    progress: Progress = iter,
    failed: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """Derains each photo by each method and measures it.

    Args:
        methods: those that are not missing.
        protocols: names in `core.metrics.PROTOCOLS`; used where there is a clean photo.
        stores: by method's key, for those that compute; what is kept in them already is not done again.
        megapixels: larger photos are reduced (without ground truth) or refused (pairs).
        progress: wraps the loop over photos.
        failed: called with the sentence of a photo that cannot be compared, which is then left out by every method;
            None to raise it.

    Returns:
        Rows: photo, method (key, or "rainy"), width, height, seconds (NaN where nothing was run), change (mean |x − ỹ|,
        0…255), and for pairs METRIC_PROTOCOL of every metric with reference, otherwise every metric without (those of
        `core.metrics.real_rain` are NaN where the photo has too little rain over smooth ground).

    Raises:
        UserError: outputs on disk are missing. Without `failed` also: a photo or an output cannot be read, or does not
            fit.
    """
    if any(method.missing for method in methods) or not methods:
        raise UsageError("There is no method to compare.")
    for method in methods:
        method.check_complete([subject.names for subject in subjects])
    rows = []
    for subject in progress(subjects):
        try:
            rows += _rows(methods, subject, protocols, stores, megapixels)
        except UserError as error:
            if failed is None:
                raise
            failed(str(error))
    return pd.DataFrame(rows)


def _rows(
    methods: Sequence[Method],
    subject: Subject,
    protocols: Sequence[str],
    stores: dict[str, Store],
    megapixels: float,
) -> list[dict[str, Any]]:
    """A photo's rows: the rainy image, then each method."""
    photos = subject.read(megapixels)
    rainy = RainyPhoto(photos.rainy)
    rows = [_row(subject.name, RAINY, math.nan, rainy, photos.clean, photos.rainy, protocols)]
    for method in methods:
        derained, seconds = derain(method, subject, photos.rainy, stores.get(method.key))
        rows.append(_row(subject.name, method.key, seconds, rainy, photos.clean, derained, protocols))
    return rows


def derain(method: Method, subject: Subject, rainy: np.ndarray, store: Store | None) -> tuple[np.ndarray, float]:
    """The derained image (H, W, 3) uint8 of a photo and its seconds, from the store where it has it."""
    kept = store.read(subject.name, rainy) if store else None
    if kept:
        return kept
    start = time.perf_counter()
    derained = method.derain(rainy, subject.names).rounded
    seconds = time.perf_counter() - start if method.computes else math.nan
    if store:
        store.write(subject.name, rainy, derained, seconds)
    return derained, seconds


def _row(
    name: str,
    method: str,
    seconds: float,
    rainy: RainyPhoto,
    clean: np.ndarray | None,
    picture: np.ndarray,
    protocols: Sequence[str],
) -> dict[str, Any]:
    height, width = picture.shape[:2]
    removal = Removal(rainy, picture)
    row: dict[str, Any] = {"photo": name, "method": method, "width": width, "height": height, "seconds": seconds}
    if clean is None:
        return row | measure_removal(removal)
    row["change"] = BY_KEY["change"].measure(removal)
    for protocol in protocols:
        row |= {f"{key}_{protocol}": score for key, score in measure(protocol, clean, picture).items()}
    return row
