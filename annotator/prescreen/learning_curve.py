"""What learning from a curator's decisions brings, simulated: after 25, 50 and 100 of them the rest is ordered."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from annotator.prescreen.fitted_scores import fit_scores
from annotator.prescreen.fitting import auc
from annotator.prescreen.learning import Decided, fit_order, with_shipped
from annotator.prescreen.samples import CURATED, Sample
from annotator.prescreen.score import likelihood

AFTER = (25, 50, 100)
_ORDERS = 4
"""So many orders in which the photos are decided; figures are means over them."""


def learning_report(samples: Sequence[Sample]) -> dict[str, Any]:
    """For each curated source, with shipped scores fitted without it: AUC of accepted against rejected among the photos
    still to be decided, by the shipped order, by the one learnt, and by whichever of them would be used."""
    return {source: _curve(samples, source) for source in CURATED}


def _curve(samples: Sequence[Sample], source: str) -> dict[str, Any]:
    scores = fit_scores(samples, lambda one: one.source != source)
    pile = [
        _decided(one, {**one.values, **{name: score(one.values) for name, score in scores.items()}})
        for one in samples
        if one.source == source
    ]
    shipped = np.array([likelihood(one.values) for one in pile])
    accepted = np.array([one.accepted for one in pile])
    found: dict[str, Any] = {"photos": len(pile)}
    for way in ("at random", "in the shipped order"):
        found[way] = {}
        for after in AFTER:
            tried = (_run(pile, accepted, shipped, after, seed, way == "at random") for seed in range(_ORDERS))
            runs = [run for run in tried if run is not None]
            names = ("left, shipped", "left, learnt", "left, used", "learnt is used")
            found[way][str(after)] = {name: round(float(np.mean(each)), 3) for name, each in zip(names, zip(*runs))}
    return found


def _decided(one: Sample, values: dict[str, float]) -> Decided:
    return Decided(values, frozenset(), bool(one.accepted), one.reasons, one.name)


def _run(
    pile: Sequence[Decided], accepted: np.ndarray, shipped: np.ndarray, after: int, seed: int, at_random: bool
) -> tuple[float, float, float, float] | None:
    """None where photos of one verdict alone are left."""
    draw = np.random.default_rng(seed)
    by_rain = shipped + draw.normal(0, 0.05, len(pile))  # a few photos change places, so that runs differ
    order = draw.permutation(len(pile)) if at_random else np.argsort(-by_rain)
    seen, left = order[:after], order[after:]
    if len(set(accepted[left])) < 2:
        return None
    before = auc(shipped[left][accepted[left]], shipped[left][~accepted[left]])
    found = fit_order([pile[n] for n in seen])
    if found is None:
        return before, before, before, 0.0
    score = np.array([found.score(with_shipped(pile[n].values)) for n in left])
    learnt = auc(score[accepted[left]], score[~accepted[left]])
    return before, learnt, learnt if found.better else before, float(found.better)
