"""Average precision against its definition, written out threshold by threshold, and against known values."""

import math
import time

import numpy as np
import pytest

from core.metrics import average_precision


def by_definition(scores: np.ndarray, truth: np.ndarray) -> float:
    """Σ (R_n - R_{n-1}) P_n, counting anew at every distinct score."""
    total, recall_before = 0.0, 0.0
    for threshold in sorted({float(score) for score in scores.ravel()}, reverse=True):
        chosen = scores >= threshold
        hits = int((chosen & truth).sum())
        precision, recall = hits / int(chosen.sum()), hits / int(truth.sum())
        total += (recall - recall_before) * precision
        recall_before = recall
    return total


@pytest.mark.parametrize("levels", [2, 5, 40, 10_000_000])
def test_equals_the_definition_with_few_and_many_ties(levels: int) -> None:
    rng = np.random.default_rng(levels)
    truth = rng.random((30, 20)) < 0.2
    scores = (np.floor((rng.random((30, 20)) + 0.4 * truth) * levels) / levels).astype(np.float32)
    assert average_precision(scores, truth) == pytest.approx(by_definition(scores, truth), abs=1e-12)


def test_value_of_scikit_learns_documentation() -> None:
    # The example of sklearn.metrics.average_precision_score: y_true [0, 0, 1, 1], y_score [0.1, 0.4, 0.35, 0.8].
    value = average_precision(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True]))
    assert value == pytest.approx(0.8333333, abs=1e-6)


def test_known_cases() -> None:
    truth = np.array([[True, False], [False, True]])
    assert average_precision(truth.astype(np.float32), truth) == 1.0
    assert average_precision(np.full((2, 2), 0.3), truth) == 0.5
    assert average_precision(1.0 - truth, truth) == 0.5
    assert average_precision(np.arange(4.0), np.array([True, False, False, False])) == 0.25


def test_ties_do_not_depend_on_order() -> None:
    scores = np.array([0.5, 0.5, 0.5, 0.1])
    truth = np.array([True, False, False, False])
    for order in ([0, 1, 2, 3], [2, 1, 0, 3], [3, 1, 2, 0]):
        assert average_precision(scores[order], truth[order]) == pytest.approx(1 / 3)


def test_nothing_true_is_not_a_number() -> None:
    assert math.isnan(average_precision(np.ones((3, 3)), np.zeros((3, 3), bool)))


def test_wrong_input_is_refused() -> None:
    with pytest.raises(ValueError, match="one shape"):
        average_precision(np.ones((3, 3)), np.zeros((3, 4), bool))
    with pytest.raises(ValueError, match="NaN"):
        average_precision(np.array([np.nan, 1.0]), np.array([True, False]))


def test_is_fast_on_a_photo_of_a_test_set() -> None:
    rng = np.random.default_rng(0)
    scores, truth = rng.random((321, 481), dtype=np.float32), rng.random((321, 481)) < 0.1
    start = time.process_time()
    average_precision(scores, truth)
    assert time.process_time() - start < 0.5
