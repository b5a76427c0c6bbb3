"""By every method, a sample scores what scikit-learn gives it when its rows are repeated."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.config.target import Target
from experiments.evaluation.records.reasons import BootstrapTooSlow
from experiments.evaluation.statistics.resampling import (
    DRAWS,
    FEWEST,
    Numbers,
    OneByOne,
    Rankings,
    Samples,
    Sums,
    samples_of,
)
from experiments.search.executors.serial import Inline
from experiments.search.out_of_fold import npy
from experiments.search.scorers import scorer
from nnet.arrays import Array, Rows, Targets

TWO, THREE = Target(("no", "yes")), Target(("a", "b", "c"))
ROWS, CONFIGURATIONS = 40, 3


def problem(target: Target) -> tuple[list[Array], Targets, Rows]:
    """Outputs of three configurations, the truth, and units of one to three predictions in no order."""
    random = np.random.default_rng(0)
    units = np.concatenate([np.arange(20), random.integers(0, 20, ROWS - 20)])
    if target.classes:
        y = random.integers(0, len(target.classes), ROWS)
        signal = np.eye(len(target.classes))[y]
    else:
        y = 100.0 + random.normal(size=ROWS)
        signal = y[:, None]
    return [signal + random.normal(size=signal.shape) for _ in range(CONFIGURATIONS)], y, units


def samples(metric: str, target: Target) -> Samples:
    outputs, y, units = problem(target)
    found = samples_of(metric, target, [Inline(npy(z)) for z in outputs], y, units)
    assert not isinstance(found, BootstrapTooSlow)
    return found


def drawn(units: int, samples: int) -> Numbers:
    random = np.random.default_rng(1)
    return np.array([np.bincount(random.integers(units, size=units), minlength=units) for _ in range(samples)], float)


@pytest.mark.parametrize(
    ("metric", "target", "kind"),
    [
        ("accuracy", THREE, Sums),
        ("neg_mean_absolute_error", Target(), Sums),
        ("neg_root_mean_squared_error", Target(), Sums),
        ("r2", Target(), Sums),
        ("f1_macro", THREE, OneByOne),
        ("matthews_corrcoef", TWO, OneByOne),
        ("roc_auc", TWO, Rankings),
        ("roc_auc_ovr", THREE, OneByOne),
        ("neg_median_absolute_error", Target(), OneByOne),
    ],
)
def test_a_sample_scores_what_its_repeated_rows_score(metric: str, target: Target, kind: type) -> None:
    outputs, y, units = problem(target)
    found = samples(metric, target)
    assert isinstance(found, kind)
    assert found.units == 20
    weights = drawn(20, samples=6)
    repeated = [np.repeat(np.arange(ROWS), one[units].astype(int)) for one in weights]
    score = scorer(metric, target)
    expected = [[score(z[rows], y[rows]) for z in outputs] for rows in repeated]
    np.testing.assert_allclose(found.scores(weights), expected, rtol=1e-9)
    chosen = np.array([2, 0, 1, 1, 2, 0])
    np.testing.assert_allclose(found.scores_of(weights, chosen), np.array(expected)[np.arange(6), chosen], rtol=1e-9)


@pytest.mark.parametrize(
    ("metric", "target", "is_mean", "at_once", "highest"),
    [
        ("accuracy", THREE, True, True, 1.0),
        ("neg_mean_absolute_error", Target(), True, True, 0.0),
        ("neg_root_mean_squared_error", Target(), False, True, 0.0),
        ("r2", Target(), False, True, 1.0),
        ("f1_macro", THREE, False, False, 1.0),
        ("roc_auc", TWO, False, False, 1.0),
        ("neg_median_absolute_error", Target(), False, False, 0.0),
    ],
)
def test_a_metric_is_a_mean_over_rows_or_is_none(
    metric: str, target: Target, is_mean: bool, at_once: bool, highest: float
) -> None:
    """Only the corrected score of a mean is not moved to the scale of all units."""
    found = samples(metric, target)
    assert (found.is_mean, found.at_once, found.highest) == (is_mean, at_once, highest)


@pytest.mark.parametrize(
    ("metric", "target"), [("accuracy", THREE), ("r2", Target()), ("roc_auc_ovr", THREE), ("roc_auc", TWO)]
)
def test_a_sample_of_nothing_has_no_score(metric: str, target: Target) -> None:
    assert np.isnan(samples(metric, target).scores(np.zeros((1, 20)))).all()


@pytest.mark.parametrize("number", [0.0, 0.1, 7.7, 1e9, -1 / 3])
def test_a_sample_of_equal_numbers_has_no_r2(number: float) -> None:
    y = np.full(200, number)
    y[[50, 100, 150]] += 5
    found = samples_of("r2", Target(), [Inline(npy(y[:, None] * 0.9))], y, np.arange(200))
    assert not isinstance(found, BootstrapTooSlow)
    weights = np.ones((3, 200))
    weights[0, y != number] = 0
    weights[1] = y != number
    weights[2, 50] = 0
    scores = found.scores(weights)[:, 0]
    assert np.isnan(scores[:2]).all()
    rows = np.arange(200) != 50
    assert scores[2] == pytest.approx(scorer("r2", Target())(y[rows, None] * 0.9, y[rows]), rel=1e-6)


def test_the_area_under_the_curve_has_as_many_draws_as_a_sum() -> None:
    assert samples("roc_auc", TWO).draws == DRAWS > samples("average_precision", TWO).draws


def test_scores_of_counts_have_the_fewer_draws_the_more_configurations_are_counted() -> None:
    outputs, y, units = problem(TWO)
    content = Inline(npy(outputs[0]))
    draws = [samples_of("f1", TWO, [content] * many, y, units) for many in (1, 198, 2000)]
    assert [found.draws for found in draws if not isinstance(found, BootstrapTooSlow)] == [DRAWS, 100, FEWEST]


def test_what_would_take_too_long_is_said() -> None:
    class Never:
        def open(self) -> memoryview:
            raise AssertionError

    y = np.zeros(2_000_000, np.intp)
    found = samples_of("roc_auc", TWO, [Never()], y, y)
    assert found == BootstrapTooSlow(metric="roc_auc", configurations=1, rows=2_000_000)
