"""How near proposed crops come to those that curators drew, fitted on another source, beside constant ones."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from annotator.prescreen.samples import CURATED, Sample
from annotator.prescreen.suggestions import ALIKE, choose, fit_crops, overlaps

WHOLE, HALF = np.array([[0, 0, 1, 1.0]]), np.array([[0, 0, 1, 0.5]])


def crops_report(samples: Sequence[Sample]) -> dict[str, Any]:
    """Overlaps (IoU) with the curators' crops: of the first proposal and of the best of them; and of constant crops."""
    found: dict[str, Any] = {}
    overlap: dict[str, list[np.ndarray]] = {}
    for source in CURATED:
        photos = [one for one in samples if one.source == source and one.accepted]
        model = fit_crops([(one.maps, one.crops) for one in samples if one.accepted and one.source != source])
        even = np.full(len(model.shapes), 1 / len(model.shapes))
        ways = {
            "proposed": [model.shapes[_places(model.shapes, model.chances(one.maps))] for one in photos],
            "constant, the other source's best three": [model.shapes[_places(model.shapes, even)]] * len(photos),
            "constant, the whole photo": [WHOLE] * len(photos),
            "constant, the upper half": [HALF] * len(photos),
        }
        found[source] = {}
        for way, shapes in ways.items():
            each = [overlaps(proposed, one.crops).max(1) for proposed, one in zip(shapes, photos)]
            overlap.setdefault(way, []).extend(each)
            found[source][way] = _figures(each)
    return found | {"both": {way: _figures(each) for way, each in overlap.items()}}


def _places(shapes: np.ndarray, chances: np.ndarray) -> list[int]:
    return [place for place, _ in choose(shapes, chances)]


def _figures(overlap: Sequence[np.ndarray]) -> dict[str, Any]:
    first, best = np.array([each[0] for each in overlap]), np.array([each.max() for each in overlap])
    return {
        "photos": len(overlap),
        "first, mean": round(float(first.mean()), 3),
        "first, over .5": round(float((first > 0.5).mean()), 3),
        "best, mean": round(float(best.mean()), 3),
        "best, over .5": round(float((best > 0.5).mean()), 3),
        f"best, over {ALIKE:g}": round(float((best > ALIKE).mean()), 3),
    }
