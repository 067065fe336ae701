import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from annotator.prescreen.evaluation import auc, fit_logistic, interval


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
    x, positive = draw.normal(size=(80, 3)), np.arange(80) < 25
    x[positive] += 0.7

    def loss(beta: np.ndarray) -> float:
        z = x @ beta[:3] + beta[3]
        each = np.logaddexp(0, np.where(positive, -z, z))
        return float((each * np.where(positive, 80 / 50, 80 / 110)).sum() + 0.5 * (beta[:3] ** 2).sum())

    weights, bias = fit_logistic(x, positive)
    assert np.allclose([*weights, bias], minimize(loss, np.zeros(4)).x, atol=1e-3)
