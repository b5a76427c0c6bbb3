"""The corrected t test of skewed values: by hand, its coverage, and that p and limits say the same."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import t

from experiments.config.target import Target
from experiments.evaluation.scoring.final_score import FEW, Truth, final_score, of_row_scores
from experiments.evaluation.statistics.intervals import bootstrap_interval
from experiments.evaluation.statistics.skewed_mean import skewed_t_test


def losses(rows: int, seed: int) -> np.ndarray:
    """Log-likelihoods of rows by calibrated probabilities."""
    random = np.random.default_rng([rows, seed])
    logits = random.normal(0, 2, rows)
    hit = random.random(rows) < 1 / (1 + np.exp(-logits))
    return -np.logaddexp(0, np.where(hit, -logits, logits))


def transformed(values: np.ndarray, mean: float) -> float:
    """Hall's function of the values' t, as it stands in his paper."""
    spread = values.std()
    t_value, skewness = (values.mean() - mean) / spread, ((values - values.mean()) ** 3).mean() / spread**3
    return t_value + skewness * t_value**2 / 3 + skewness**2 * t_value**3 / 27 + skewness / (6 * len(values))


@pytest.mark.parametrize("rows", [5, 20, 100])
def test_limits_are_the_means_that_the_test_just_does_not_refute(rows: int) -> None:
    values = np.exp(np.random.default_rng(rows).normal(size=rows))
    found, reach = skewed_t_test(values), t.ppf(0.975, rows - 1) / sqrt(rows - 1)
    for limit, side in zip(found.interval, (reach, -reach), strict=True):
        assert limit == pytest.approx(brentq(lambda mean, g=side: transformed(values, mean) - g, -50, 50))
        assert skewed_t_test(values - limit).p_value == pytest.approx(0.05)


def test_values_without_skewness_have_students_interval() -> None:
    found, reach = skewed_t_test(np.array([1.0, 2.0, 3.0])), t.ppf(0.975, 2) / sqrt(3)
    assert found.interval == pytest.approx((2 - reach, 2 + reach))
    assert found.p_value == pytest.approx(2 * t.sf(2 * sqrt(3), 2))


def test_equal_values_and_one_value_have_the_p_of_a_sign_test() -> None:
    assert (skewed_t_test(np.full(5, 0.1)).interval, skewed_t_test(np.full(5, 0.1)).p_value) == ((0.1, 0.1), 0.0625)
    assert (skewed_t_test(np.array([3.0])).interval, skewed_t_test(np.array([3.0])).p_value) == ((3.0, 3.0), 1.0)
    assert skewed_t_test(np.zeros(9)).p_value == 1.0
    with pytest.raises(ValueError, match="every row must have a finite score"):
        skewed_t_test(np.array([1.0, np.nan]))
    assert np.isfinite(skewed_t_test(np.array([1e200, 2e200, 9e200])).interval).all()  # squares of these overflow


@pytest.mark.slow
@pytest.mark.parametrize("rows", [12, 20, 40])
def test_an_interval_of_few_rows_holds_more_than_the_percentile_interval(rows: int) -> None:
    truth, seeds = float(losses(1_000_000, 0).mean()), range(200)
    found = [(of_row_scores("neg_log_loss", [losses(rows, seed)]), losses(rows, seed)) for seed in seeds]
    assert {one.method for one, _ in found} == {"skewed_t"}
    corrected = sum(one.interval[0] <= truth <= one.interval[1] for one, _ in found)
    plain = [bootstrap_interval(values) for _, values in found]
    assert corrected >= 184  # of 200; expanded percentiles hold it in 178 to 186
    assert corrected > sum(low <= truth <= high for low, high in plain)


def test_the_limit_decides_for_the_score_and_for_the_difference() -> None:
    for rows, methods in (
        (FEW - 1, ("skewed_t", "paired_skewed_t")),
        (FEW, ("bootstrap_rows", "paired_bootstrap_rows")),
    ):
        found = of_row_scores("neg_log_loss", [losses(rows, 1), losses(rows, 2)])
        assert found.difference is not None
        assert (found.method, found.difference.method) == methods


def test_an_interval_stays_within_what_the_metric_can_be() -> None:
    tiny = np.array([-1e-6] * 11 + [-5.0])
    low, high = of_row_scores("neg_log_loss", [tiny]).interval
    assert low < -3  # a percentile bootstrap: -1.2
    assert high <= 0.0


def test_the_interval_of_an_rmse_is_that_of_its_squares(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 30 exponential errors the expanded percentile interval holds the true RMSE in 77% of samples."""
    monkeypatch.setattr("experiments.evaluation.statistics.intervals._SCORE_DRAWS", 60)
    holds = 0
    for seed in range(100):
        errors = np.random.default_rng(seed).exponential(size=(30, 1))
        found = final_score("neg_root_mean_squared_error", Target(), Truth(np.zeros(30)), errors, None)
        holds += found.ci95[0] <= -sqrt(2) <= found.ci95[1]
    low, high = skewed_t_test(-(errors[:, 0] ** 2)).interval
    assert found.ci95 == pytest.approx((-sqrt(-low), -sqrt(-min(high, 0))))
    assert (found.ci_method, found.ci_draws) == ("skewed_t", None)
    assert holds >= 84


@pytest.mark.long
def test_models_that_are_equal_in_the_mean_alone_are_seldom_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """One loses much on few rows, the other a little on many: a bootstrap and the exchanges claimed in 8%."""
    monkeypatch.setattr("experiments.evaluation.statistics.exchanges.DRAWS", 200)
    claimed = 0
    for seed in range(200):
        random = np.random.default_rng(seed)
        errors = np.where(random.random(40) < 0.1, 1.5, 0.0), random.exponential(0.15, 40)
        models = [error[:, None] for error in errors]
        found = final_score("neg_mean_absolute_error", Target(), Truth(np.zeros(40)), *models)
        claimed += found.verdict != "no evidence either way"
    assert claimed <= 10
