"""What the figures rest on: AUC, intervals, fits, limits of flags."""

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from annotator.prescreen.evaluation import interval
from annotator.prescreen.fitting import auc, evenly, fit_score, limit_for


def test_auc_is_the_mann_whitney_statistic():
    draw = np.random.default_rng(0)
    positive, negative = draw.integers(0, 9, 40) + 2, draw.integers(0, 9, 30)
    expected = mannwhitneyu(positive, negative).statistic / (40 * 30)
    assert auc(positive, negative) == pytest.approx(expected)
    low, high = interval(auc, positive, negative)
    assert low < expected < high


def test_the_fit_is_where_the_penalised_likelihood_is_least():
    from scipy.optimize import minimize

    draw = np.random.default_rng(1)
    x, positive = draw.normal(size=(80, 3)) * [1, 5, 0.2] + 7, np.arange(80) < 25
    x[positive] += [0.7, 2, 0.1]
    rows = [dict(zip("abc", row)) for row in x]
    standard = (x - x.mean(0)) / x.std(0)

    def loss(beta: np.ndarray) -> float:
        z = standard @ beta[:3] + beta[3]
        each = np.logaddexp(0, np.where(positive, -z, z))
        weight = np.where(positive, 0.5 * 80 / 25, 0.5 * 80 / 55)
        return float((each * weight).sum() * 0.5 + 0.5 * (beta[:3] ** 2).sum())

    score = fit_score(rows, positive, "abc", weight=evenly(["one"] * 80, positive), strength=0.5)
    assert np.allclose([*score.weights, score.bias], minimize(loss, np.zeros(4)).x, atol=2e-3)
    assert score.limit is None
    mean = np.mean([score(row) for row, yes in zip(rows, positive) if yes])
    assert mean > 0.5 > np.mean([score(row) for row, yes in zip(rows, positive) if not yes])


def test_kinds_weigh_the_same_within_a_class():
    positive = np.array([True, True, False, False, False, False])
    weight = evenly(["r", "r", "a", "b", "b", "b"], positive)
    assert weight.sum() == pytest.approx(6) and weight[:2].sum() == pytest.approx(3)
    assert weight[2] == pytest.approx(weight[3:].sum()) == pytest.approx(1.5)


def test_a_limit_is_the_lowest_that_is_right_often_enough():
    score = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3])
    true = np.array([True, True, True, False, True, False, False])
    assert limit_for(score, true) == pytest.approx(0.45)  # four of five
    assert limit_for(score, ~true) is None
    assert limit_for(score[:2], true[:2]) is None  # two are too few to believe
    pile = np.array([False, False, False, True, True, True, True])
    assert limit_for(score, true, pile) == pytest.approx(0.65)
    assert limit_for(np.full(8, 0.5), np.arange(8) < 7) is not None
