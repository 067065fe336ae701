"""Fitting scores: ridge logistic regression on measures, and the limit from which a flag is right often enough."""

from collections.abc import Mapping, Sequence

import numpy as np

from annotator.prescreen.score import Score

PRECISION = 0.8
"""A flag is shown only from a limit on from which at least this share of the photos so flagged deserve it."""

LEAST_RIGHT = 3
"""So many photos at least have to be flagged rightly for a limit to be believed."""

_DIGITS = 5


def fit_score(
    rows: Sequence[Mapping[str, float]],
    positive: np.ndarray,
    names: Sequence[str],
    *,
    weight: np.ndarray | None = None,
    strength: float = 1.0,
    emphasis: Mapping[str, float] | None = None,
) -> Score:
    """A logistic score without a limit.

    Args:
        rows: measures of each photo.
        positive: (n,) bool, both occurring.
        names: the measures to take.
        weight: (n,) of each photo, 1 on average; None for both classes weighing the same.
        strength: the smaller, the closer the weights stay to 0 (scikit-learn's C).
        emphasis: measures that are trusted more from the start, by how much; 1 for the others.
    """
    from sklearn.linear_model import LogisticRegression

    if weight is None:
        weight = np.where(positive, 0.5 / positive.mean(), 0.5 / (~positive).mean())
    x = np.array([[row[name] for name in names] for row in rows])
    trust = np.array([(emphasis or {}).get(name, 1.0) for name in names])
    mean, scale = x.mean(0), np.maximum(x.std(0), 1e-6) / trust
    fitted = LogisticRegression(C=strength, max_iter=2000).fit((x - mean) / scale, positive, sample_weight=weight)

    def rounded(values: np.ndarray) -> tuple[float, ...]:
        return tuple(round(float(value), _DIGITS) for value in values)

    bias = round(float(fitted.intercept_[0]), _DIGITS)
    scales = tuple(float(f"{value:.6g}") for value in scale)
    return Score(tuple(names), rounded(mean), scales, rounded(fitted.coef_[0]), bias, None)


def evenly(kinds: Sequence[str], positive: np.ndarray) -> np.ndarray:
    """(n,) weights by which both classes, and within them all kinds, weigh the same; 1 on average."""
    kind = np.array(kinds)
    weight = np.zeros(len(kind))
    for side in (positive, ~positive):
        inside = np.unique(kind[side])
        for one in inside:
            members = side & (kind == one)
            weight[members] = 0.5 / len(inside) / members.sum()
    return weight * len(kind)


def limit_for(score: np.ndarray, true: np.ndarray, pile: np.ndarray | None = None) -> float | None:
    """The lowest limit above which PRECISION of the photos are true, LEAST_RIGHT of them at least; None without one.

    Args:
        score: (n,) 0…1, of photos that the score was not fitted on.
        true: (n,) bool, which deserve the flag.
        pile: (n,) bool, a part of the photos among which, taken by itself, PRECISION are to be true as well.
    """
    order = np.argsort(-score, kind="stable")
    ranked, right = score[order], true[order]
    good = (right.cumsum() >= PRECISION * np.arange(1, len(order) + 1)) & (right.cumsum() >= LEAST_RIGHT)
    if pile is not None:
        inside = pile[order]
        good &= (right & inside).cumsum() >= PRECISION * inside.cumsum()
    good &= np.append(np.diff(ranked) < 0, True)  # a limit lies between two different scores
    if not good.any():
        return None
    last = int(np.flatnonzero(good)[-1])
    following = ranked[last + 1] if last + 1 < len(order) else ranked[last]
    return float((ranked[last] + following) / 2) if following < ranked[last] else float(np.nextafter(following, 0))


def auc(positive: np.ndarray, negative: np.ndarray) -> float:
    """Area under the ROC curve: how often a positive scores above a negative, ties counting half."""
    above = (positive[:, None] > negative[None]).mean() + 0.5 * (positive[:, None] == negative[None]).mean()
    return float(above)
