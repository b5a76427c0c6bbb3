"""Scores by ranks are scikit-learn's, whatever the ties, the classes that are there and the form of the outputs."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from experiments.config.target import Target
from experiments.search.class_rankings import AVERAGE_PRECISION, RANK_SCORES, rank_score
from experiments.search.scorers import _scikit_score, sample_scorer, scorer
from nnet.arrays import Array, Targets


def of_scikit(metric: str, classes: int, z: Array, y: Targets) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _scikit_score(metric, Target(tuple(map(str, range(classes)))))(z, y)
        except ValueError:
            return float("nan")


@pytest.mark.parametrize("metric", RANK_SCORES)
def test_scores_are_scikit_learns(metric: str) -> None:
    for seed in range(30):
        random = np.random.default_rng(seed)
        classes = int(random.integers(2, 6)) if metric == AVERAGE_PRECISION else int(random.integers(3, 6))
        rows = int(random.integers(classes, 40))
        y = np.append(np.arange(classes), random.integers(0, classes, rows - classes))
        z = random.integers(-2, 3, (rows, classes)).astype(np.float32)  # with many ties
        z[:, 0] += (y == 0) * random.integers(0, 2)
        assert rank_score(metric)(z, y) == pytest.approx(of_scikit(metric, classes, z, y), abs=1e-12), seed


@pytest.mark.parametrize("metric", RANK_SCORES)
def test_a_class_without_rows_has_what_scikit_learn_says(metric: str) -> None:
    z = np.random.default_rng(0).normal(size=(12, 3))
    for y in (np.arange(12) % 2, np.zeros(12, np.intp), 2 * (np.arange(12) % 2)):
        assert np.isnan(rank_score(metric)(z, y))
        assert np.isnan(of_scikit(metric, 3, z, y))


def test_average_precision_of_two_classes_needs_no_class() -> None:
    z = np.random.default_rng(0).normal(size=(12, 1)).astype(np.float32)
    for y in (np.zeros(12, np.intp), np.ones(12, np.intp), np.arange(12) % 2):
        assert rank_score(AVERAGE_PRECISION)(z, y) == pytest.approx(of_scikit(AVERAGE_PRECISION, 2, z, y), abs=1e-12)


def test_outputs_that_are_not_finite_and_no_rows_have_no_score() -> None:
    y = np.array([0, 1, 2])
    for metric in RANK_SCORES:
        assert np.isnan(rank_score(metric)(np.diag([1.0, np.nan, 1.0]), y))
        assert np.isnan(rank_score(metric)(np.zeros((0, 3)), y[:0]))


def test_the_scorers_of_studies_are_these() -> None:
    random = np.random.default_rng(1)
    z, y = random.normal(size=(60, 4)).astype(np.float32), np.arange(60) % 4
    for metric in RANK_SCORES:
        assert scorer(metric, Target(tuple("abcd")))(z, y) == rank_score(metric)(z, y)


@pytest.mark.parametrize("metric", ["roc_auc", *RANK_SCORES])
@pytest.mark.parametrize("ties", [False, True])
def test_a_sample_of_ranked_rows_has_the_score_of_its_rows(metric: str, ties: bool) -> None:
    random, classes = np.random.default_rng(2), 2 if metric == "roc_auc" else 3
    target, y = Target(tuple("abc"[:classes])), np.arange(40) % classes
    z = random.normal(size=(40, classes)).round(0 if ties else 9)
    z[7] = np.nan if metric in RANK_SCORES else z[7]
    of_rows, of_sample = scorer(metric, target), sample_scorer(metric, target, z, y)
    for sample in (np.arange(40), *random.integers(40, size=(20, 40)), np.flatnonzero(y > 0), np.repeat([1, 2, 3], 5)):
        np.testing.assert_array_equal(of_sample(sample), of_rows(z[sample], y[sample]))


def test_rows_are_ranked_once_for_all_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    """They were sorted anew in each of 1,000 samples: two hours for 300,000 rows of 20 classes."""
    y, z = np.arange(30) % 3, np.random.default_rng(0).normal(size=(30, 3))
    of_sample = sample_scorer("roc_auc_ovr", Target(tuple("abc")), z, y)
    monkeypatch.setattr(np, "argsort", None)
    monkeypatch.setattr(np, "sort", None)
    assert 0 < of_sample(np.arange(30)) < 1
