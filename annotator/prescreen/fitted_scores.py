"""The scores that ship, fitted on photos of known kind: on all of them, or on those of other sources."""

from collections.abc import Callable, Sequence

import numpy as np

from annotator.prescreen.fitting import evenly, fit_score
from annotator.prescreen.samples import RAIN, UNTOLD, Sample
from annotator.prescreen.score import FEATURES, Score

Keep = Callable[[Sample], bool]
"""Which samples a fit may see."""

_SNOW_STRENGTH = 0.3


def fit_scores(samples: Sequence[Sample], keep: Keep = lambda one: True) -> dict[str, Score]:
    """The scores by name, fitted on the samples that may be seen; without limits."""
    seen = [one for one in samples if keep(one) and one.kind != UNTOLD]
    found = {}
    for name, names in FEATURES.items():
        fitted = [one for one in seen if one.kind != "snow"] if name == "rain" else seen
        if name == "snow":
            fitted = [one for one in seen if one.kind in (RAIN, "snow")]
        positive = np.array([one.kind == name for one in fitted])
        weight = evenly([one.kind for one in fitted], positive)
        strength = _SNOW_STRENGTH if name == "snow" else 1.0
        found[name] = fit_score([one.values for one in fitted], positive, names, weight=weight, strength=strength)
    return found


def score_by_source(samples: Sequence[Sample]) -> list[dict[str, float]]:
    """The scores of every sample by a fit that saw none of its source."""
    scores = {source: fit_scores(samples, _but(source)) for source in sorted({one.source for one in samples})}
    return [{name: score(one.values) for name, score in scores[one.source].items()} for one in samples]


def _but(source: str) -> Keep:
    return lambda one: one.source != source
