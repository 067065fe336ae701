"""How well the pre-screening tells photos apart: everything is fitted without the sources that it is measured on."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from annotator.prescreen.evaluated_crops import crops_report
from annotator.prescreen.fitted_scores import fit_scores, score_by_source
from annotator.prescreen.fitting import auc, limit_for
from annotator.prescreen.learning_curve import learning_report
from annotator.prescreen.samples import CURATED, RAIN, WITHOUT_RAIN, Sample
from annotator.prescreen.score import SUSPECTED, WEIGHTS, likelihood
from annotator.prescreen.suggestions import CROPS, fit_crops

_DRAWS = 1000


def report(samples: Sequence[Sample]) -> dict[str, Any]:
    """Every figure of docs/prescreen.md but those of near-duplicates."""
    kinds = sorted({(one.source, one.kind) for one in samples})
    unseen = score_by_source(samples)
    return {
        "photos": {
            f"{source}: {kind}": sum((one.source, one.kind) == (source, kind) for one in samples)
            for source, kind in kinds
        },
        "rain against": _order(samples),
        "accepted against rejected": _accepted(samples, unseen),
        "flags": {flag: _flag(samples, *flagging(samples, unseen, flag)) for flag in (*SUSPECTED, "rain_free")},
        "single measures, rain against no rain": _singles(samples),
        "suggested crops": crops_report(samples),
        "learning": learning_report(samples),
    }


def fit_shipped(samples: Sequence[Sample]) -> None:
    """Fits on all samples what the pre-screening ships with, and writes it beside this module."""
    scores = fit_scores(samples)
    unseen = score_by_source(samples)
    for flag in (*SUSPECTED, "rain_free"):
        limit = limit_for(*flagging(samples, unseen, flag), _pile(samples))
        name, value = ("rain", None if limit is None else 1 - limit) if flag == "rain_free" else (flag, limit)
        scores[name] = replace(scores[name], limit=None if value is None else round(value, 5))
    WEIGHTS.write_text(json.dumps({name: asdict(one) for name, one in scores.items()}, indent=1) + "\n")
    crops = fit_crops([(one.maps, one.crops) for one in samples if one.accepted])
    CROPS.write_text(json.dumps(crops.as_json()) + "\n")


def flagging(samples: Sequence[Sample], unseen: Sequence[dict[str, float]], flag: str) -> tuple[np.ndarray, np.ndarray]:
    """(n,) how strongly each sample is suspected, by a fit without its source; and (n,) whether it should be."""
    score = [1 - likelihood(one) if flag == "rain_free" else one[flag] for one in unseen]
    return np.array(score), np.array([flag in one.reasons for one in samples])


def interval(statistic: Callable[..., float], *parts: np.ndarray) -> list[float]:
    """95 % percentile bootstrap interval of a statistic of independent samples, each drawn again by itself."""
    draw = np.random.default_rng(0)
    values = [statistic(*(draw.choice(part, len(part)) for part in parts)) for _ in range(_DRAWS)]
    return [round(float(value), 3) for value in np.quantile(values, (0.025, 0.975))]


def _pile(samples: Sequence[Sample]) -> np.ndarray:
    """Which samples come from piles that a curator went through: others are as rare or frequent as somebody chose."""
    return np.array([one.source in CURATED for one in samples])


def _order(samples: Sequence[Sample]) -> dict[str, Any]:
    """AUC of each source's rain against each kind and source, both sides' photos left out of the fit."""
    found: dict[str, Any] = {}
    others = sorted({(one.kind, one.source) for one in samples if one.kind in (*WITHOUT_RAIN, "snow")})
    for source in CURATED:
        found[source] = {}
        for kind, other in others:
            sides = ((source, RAIN), (other, kind))
            if other in CURATED and other != source:
                continue
            rain, negative = _likely_unseen(samples, sides)
            found[source][f"{kind}, of {other}"] = {
                "auc": round(auc(rain, negative), 3),
                "interval": interval(auc, rain, negative),
                "photos": [len(rain), len(negative)],
            }
    return found


def _likely_unseen(samples: Sequence[Sample], sides: Sequence[tuple[str, str]]) -> list[np.ndarray]:
    """Likelihoods of the photos of each (source, kind), by a fit that saw none of them."""
    scores = fit_scores(samples, lambda one: (one.source, one.kind) not in sides)
    return [
        np.array(
            [
                likelihood({name: scores[name](one.values) for name in ("rain", "snow")})
                for one in samples
                if (one.source, one.kind) == side
            ]
        )
        for side in sides
    ]


def _accepted(samples: Sequence[Sample], unseen: Sequence[dict[str, float]]) -> dict[str, Any]:
    """AUC of accepted against rejected photos of each curated source, fitted without the source."""
    found = {}
    for source in CURATED:
        accepted, rejected = (
            np.array(
                [
                    likelihood(score)
                    for one, score in zip(samples, unseen)
                    if one.source == source and one.accepted is verdict
                ]
            )
            for verdict in (True, False)
        )
        found[source] = {
            "auc": round(auc(accepted, rejected), 3),
            "interval": interval(auc, accepted, rejected),
            "photos": [len(accepted), len(rejected)],
        }
    return found


def _flag(samples: Sequence[Sample], score: np.ndarray, true: np.ndarray) -> dict[str, Any]:
    limit = limit_for(score, true, _pile(samples))
    flagged = score > limit if limit is not None else np.zeros(len(score), bool)
    sources = np.array([one.source for one in samples])
    found: dict[str, Any] = {"limit": limit, "all": _precision(flagged, true)}
    found["curated"] = _precision(flagged[_pile(samples)], true[_pile(samples)])
    for source in sorted(set(sources)):
        found[source] = _precision(flagged[sources == source], true[sources == source])
    half = score > 0.5
    return found | {"at a half, curated": _precision(half[_pile(samples)], true[_pile(samples)])}


def _precision(flagged: np.ndarray, true: np.ndarray) -> dict[str, Any]:
    right, shown, there = int((flagged & true).sum()), int(flagged.sum()), int(true.sum())
    return {
        "flagged": shown,
        "right": right,
        "there": there,
        "precision": round(right / shown, 3) if shown else None,
        "recall": round(right / there, 3) if there else None,
    }


def _singles(samples: Sequence[Sample]) -> dict[str, float]:
    rain = [one for one in samples if one.kind == RAIN]
    other = [one for one in samples if one.kind in WITHOUT_RAIN]
    names = [name for name in rain[0].values if all(name in one.values for one in samples)]
    found = {
        name: round(auc(*(np.array([one.values[name] for one in side]) for side in (rain, other))), 3) for name in names
    }
    return dict(sorted(found.items(), key=lambda item: -abs(item[1] - 0.5)))
