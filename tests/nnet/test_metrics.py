"""Scores against scikit-learn's metrics, and the scores of single rows."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.special
import sklearn.metrics as reference

from nnet.errors import SettingError, ShapeError
from nnet.metrics import METRICS, ROW_SCORES, class_probabilities, predicted_labels, row_score, score_of
from support.pairs import all_pairs


def probabilities(z):
    z = z.astype(np.float64)
    if z.shape[1] == 1:
        return np.hstack([scipy.special.expit(-z), scipy.special.expit(z)])
    return scipy.special.softmax(z, axis=1)


REFERENCES = {
    "accuracy": lambda z, y: reference.accuracy_score(y, probabilities(z).argmax(axis=1)),
    "neg_log_loss": lambda z, y: -reference.log_loss(y, probabilities(z), labels=np.arange(max(z.shape[1], 2))),
    "neg_mean_absolute_error": lambda z, y: -reference.mean_absolute_error(y, z),
    "neg_mean_squared_error": lambda z, y: -reference.mean_squared_error(y, z),
    "neg_root_mean_squared_error": lambda z, y: -reference.root_mean_squared_error(y, z),
    "r2": lambda z, y: reference.r2_score(y, z),
}
OF_CLASSES = ("accuracy", "neg_log_loss")
CASES = [(metric, outputs) for metric in METRICS for outputs in (1, 2, 4)]


def example(metric, outputs, dtype=np.float64, rows=200):
    rng = np.random.default_rng(outputs)
    z = rng.normal(0, 3, (rows, outputs)).astype(dtype)
    if metric in OF_CLASSES:
        return z, rng.integers(0, {1: 2, 2: 2, 4: 3}[outputs], rows)  # the last of four classes never occurs
    y = z + rng.normal(0, 2, (rows, outputs)).astype(dtype)
    return z, y[:, 0] if outputs == 1 else y


@pytest.mark.parametrize(("metric", "outputs"), CASES)
def test_score_is_scikit_learns_metric(metric, outputs):
    for dtype in (np.float32, np.float64):
        z, y = example(metric, outputs, dtype)
        before = z.copy(), y.copy()
        score = score_of(metric)(z, y)
        assert isinstance(score, float)
        assert score == pytest.approx(REFERENCES[metric](z.astype(np.float64), y.astype(np.float64)), rel=1e-12)
        assert np.array_equal(z, before[0])
        assert np.array_equal(y, before[1])


@pytest.mark.parametrize("metric", ROW_SCORES)
def test_a_row_score_is_the_metric_of_a_single_row(metric):
    for outputs in (1, 4):
        z, y = example(metric, outputs, np.float32, rows=9)
        scores = row_score(metric)(z, y)
        assert scores.shape == (9,)
        assert scores.dtype == np.float64
        for row in range(9):
            expected = REFERENCES[metric](z[row : row + 1], y[row : row + 1])
            assert scores[row] == pytest.approx(expected, rel=1e-6)
        assert score_of(metric)(z, y) == scores.mean()


def test_names_are_scikit_learns():
    assert set(reference.get_scorer_names()) >= set(METRICS)


def test_one_number_a_row_may_be_flat_or_a_column():
    for metric in set(METRICS) - set(OF_CLASSES):
        z, y = example(metric, 1)
        assert score_of(metric)(z, y) == score_of(metric)(z, y[:, None])


@pytest.mark.parametrize(("met", "outputs", "constant"), all_pairs([True, False], [1, 2], [2.0, 0.1]))
def test_r2_of_targets_without_variance_is_scikit_learns(met, outputs, constant):
    z, y = example("r2", outputs)
    y = y.reshape(z.shape).copy()
    y[:, 0] = constant
    z[:, 0] = constant if met else constant + 1
    if constant == 2.0:
        expected = float(met) if outputs == 1 else (float(met) + reference.r2_score(y[:, 1], z[:, 1])) / 2
        assert score_of("r2")(z, y) == pytest.approx(expected, rel=1e-12)
    assert score_of("r2")(z, y) == pytest.approx(reference.r2_score(y, z), rel=1e-9)


def test_equal_numbers_have_no_variance_whatever_their_mean_is_rounded_to():
    z, y = np.full((30, 1), 0.11), np.full(30, 0.1)
    assert y.mean() != 0.1
    assert (score_of("r2")(z, y), score_of("r2")(y[:, None], y)) == (0.0, 1.0)


def test_log_likelihood_of_extreme_logits_is_exact():
    score = row_score("neg_log_loss")
    assert score(np.array([[1e4, -1e4], [1e4, -1e4]], np.float32), np.array([0, 1])).tolist() == [0.0, -2e4]
    assert score(np.array([[1e4], [1e4], [-1e4]], np.float32), np.array([1, 0, 0])).tolist() == [0.0, -1e4, 0.0]


@pytest.mark.parametrize("outputs", [1, 2, 4])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_probabilities_are_scipys(outputs, dtype):
    z = 100 * np.random.default_rng(outputs).normal(size=(300, outputs)).astype(dtype)
    before = z.copy()
    np.testing.assert_allclose(class_probabilities(z), probabilities(z), rtol=1e-13)
    np.testing.assert_array_equal(class_probabilities(z.reshape(3, 100, -1)).reshape(300, -1), class_probabilities(z))
    np.testing.assert_array_equal(z, before)


def test_only_rows_that_are_no_logits_have_no_probabilities():
    found = class_probabilities(np.array([[np.nan, 0.0], [np.inf, 0.0], [-np.inf, 0.0], [1e308, -1e308]]))
    np.testing.assert_array_equal(found, [[np.nan, np.nan], [np.nan, np.nan], [0.0, 1.0], [1.0, 0.0]])


def test_of_equal_logits_the_first_counts():
    assert predicted_labels(np.zeros((2, 3))).tolist() == [0, 0]
    assert predicted_labels(np.array([[0.0], [1e-30], [-1.0]])).tolist() == [0, 1, 0]
    assert row_score("accuracy")(np.zeros((2, 3)), np.array([0, 1])).tolist() == [1.0, 0.0]


def test_nan_outputs_have_no_score():
    for metric, outputs in CASES:
        z, y = example(metric, outputs, rows=5)
        z[2, -1] = np.nan
        with np.errstate(invalid="ignore"):
            assert np.isnan(score_of(metric)(z, y))
            if metric in ROW_SCORES:
                assert np.isnan(row_score(metric)(z, y)).tolist() == [False, False, True, False, False]
    assert np.isnan(score_of("r2")(np.array([[np.nan], [1.0]]), np.ones(2)))  # nor for targets without variance


def test_unknown_metrics_are_refused_and_r2_is_no_score_of_rows():
    for find in (row_score, score_of):
        with pytest.raises(SettingError, match=r"metric must be one of accuracy, neg_log_loss, .*, but got 'roc_auc'"):
            find("roc_auc")
    with pytest.raises(SettingError, match="but got 'r2'"):
        row_score("r2")


@pytest.mark.parametrize("metric", ["accuracy", "neg_log_loss"])
@pytest.mark.parametrize("logits", [1, 3])
def test_labels_in_a_column_are_refused_as_numpy_would_compare_each_with_each(metric, logits):
    y = np.array([0, 1, 1, 0])
    with pytest.raises(ShapeError, match=r"^y must be an array of shape \(4,\), but got \(4, 1\); give y\.reshape"):
        score_of(metric)(np.zeros((4, logits)), y[:, None])
    assert np.isfinite(score_of(metric)(np.zeros((4, logits)), y))
