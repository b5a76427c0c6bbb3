from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from experiments.config.target import Target
from experiments.errors import SearchError
from experiments.evaluation.records.results import ScoreDifference
from experiments.evaluation.scoring.final_score import (
    Truth,
    as_uncertain_as_both,
    final_score,
    of_two_recalls,
    other_metrics,
)
from experiments.evaluation.statistics import intervals as statistics
from experiments.evaluation.statistics.intervals import Resampled, paired_difference, paired_mean_difference
from experiments.evaluation.statistics.skewed_mean import skewed_t_test
from nnet.metrics import row_score

pytestmark = pytest.mark.slow

TWO = Target(("a", "b"))
RNG = np.random.default_rng(0)
Y = RNG.integers(0, 2, 200)
GOOD = np.stack([1.0 - Y, Y], axis=1) * 2 + RNG.normal(size=(200, 2))
BAD = RNG.normal(size=(200, 2))
NUMBERS = RNG.normal(100, 10, 200)
CLOSE = (NUMBERS + RNG.normal(0, 2, 200))[:, None]
FAR = (NUMBERS + RNG.normal(0, 6, 200))[:, None]


@pytest.fixture(autouse=True)
def fewer_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "_SCORE_DRAWS", 300)


@pytest.mark.parametrize("metric", ["accuracy", "neg_log_loss", "f1_macro", "r2", "neg_mean_absolute_error"])
def test_a_better_model_is_found_to_be_better(metric: str) -> None:
    of_numbers = metric in ("r2", "neg_mean_absolute_error")
    target, truth, good, bad = (Target(), NUMBERS, CLOSE, FAR) if of_numbers else (TWO, Y, GOOD, BAD)
    record = final_score(metric, target, Truth(truth), good, bad)
    assert record.ci95[0] < record.score < record.ci95[1]
    assert record.difference.score == pytest.approx(record.score - record.default.score)
    assert record.difference.p_value < 0.01
    assert record.difference.ci95[0] > 0
    assert record.default.ci95 == final_score(metric, target, Truth(truth), bad, None).ci95


@pytest.mark.parametrize("metric", ["accuracy", "neg_log_loss", "f1_macro"])
def test_the_same_model_is_no_better_and_nothing_is_compared_without_a_default(metric: str) -> None:
    record = final_score(metric, TWO, Truth(Y), GOOD, GOOD)
    assert (record.difference.score, record.difference.p_value) == (0.0, 1.0)
    assert final_score(metric, TWO, Truth(Y), GOOD, GOOD) == record
    alone = final_score(metric, TWO, Truth(Y), GOOD, None)
    assert (alone.default, alone.difference, alone.verdict) == (None, None, "not compared")
    assert (alone.score, alone.ci95) == (record.score, record.ci95)


def test_further_scores_are_those_of_the_task() -> None:
    numbers = other_metrics(Target(), "huber", NUMBERS, CLOSE)
    assert sorted(numbers) == ["neg_mean_absolute_error", "neg_root_mean_squared_error", "r2"]
    assert numbers["neg_root_mean_squared_error"] == pytest.approx(-(((CLOSE[:, 0] - NUMBERS) ** 2).mean() ** 0.5))
    assert sorted(other_metrics(TWO, "cross_entropy", Y, GOOD)) == ["accuracy", "neg_log_loss"]
    assert sorted(other_metrics(TWO, "mean_squared_error", Y, GOOD)) == ["accuracy"]


GROUPS = np.repeat(np.arange(10), 20)


@pytest.mark.parametrize(
    ("metric", "method"),
    [("accuracy", ("expanded_bootstrap_groups", 300)), ("f1_macro", ("smoothed_bootstrap_groups", 1000))],
)
def test_rows_that_belong_together_are_drawn_together(metric: str, method: tuple[str, int]) -> None:
    alike = np.repeat(GOOD[::20], 20, axis=0), np.repeat(Y[::20], 20)  # a group says no more than one row of it
    grouped = final_score(metric, TWO, Truth(alike[1], GROUPS), alike[0], None)
    alone = final_score(metric, TWO, Truth(alike[1]), alike[0], None)
    assert grouped.score == pytest.approx(alone.score)
    assert (grouped.ci_method, grouped.ci_draws) == method
    assert np.ptp(grouped.ci95) > 2 * np.ptp(alone.ci95)


def test_samples_without_a_score_are_not_counted_as_draws() -> None:
    rare = np.arange(200) < 3
    record = final_score("roc_auc", TWO, Truth(rare.astype(int)), GOOD, BAD)
    draws = {record.ci_draws, record.difference.draws}
    assert len(draws) == 1
    assert 250 < draws.pop() < 300  # of 20 samples one has none of three rows


def test_rows_are_drawn_within_classes_where_samples_would_lack_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "_SCORE_DRAWS", 60)  # scikit-learn takes some ms for each
    classes = np.repeat(np.arange(8), 2)
    target = Target(tuple(map(str, range(8))))
    outputs = [np.eye(8)[classes] * strength + RNG.normal(size=(16, 8)) for strength in (2.0, 0.0)]
    record = final_score("roc_auc_ovr", target, Truth(classes), *outputs)
    assert (record.ci_method, record.ci_draws) == ("logit_bootstrap_rows", 60)
    assert record.difference.method == "paired_bootstrap_rows_of_each_class"
    assert record.ci95[0] < 0.5  # of two rows of a class
    assert record.ci95[0] <= record.score <= record.ci95[1]
    assert record.difference.p_value < 0.05
    with pytest.raises(SearchError, match=r"roc_auc_ovr has no interval: of 60 .* of the test groups only \d+ have a"):
        final_score("roc_auc_ovr", target, Truth(classes, np.arange(16)), *outputs)


@pytest.mark.parametrize(("sign", "limits"), [(1, (0.8389, 1.0)), (-1, (0.0, 0.1611))])
def test_groups_that_are_all_right_or_all_wrong_are_not_certain(sign: int, limits: tuple[float, float]) -> None:
    y = np.arange(40) % 2
    z = sign * np.where(np.arange(2)[None, :] == y[:, None], 3.0, -3.0)
    score = final_score("accuracy", Target(("no", "yes")), Truth(y, np.repeat(np.arange(20), 2)), z, z)
    assert (score.ci_method, score.ci_draws) == ("wilson", None)
    assert score.ci95 == pytest.approx(limits, abs=1e-4)  # of 20 rows


@pytest.mark.parametrize("metric", ["balanced_accuracy", "f1", "matthews_corrcoef", "roc_auc"])
def test_rows_that_are_all_right_are_not_certain_by_any_metric(metric: str) -> None:
    y = np.arange(20) % 2
    z = np.where(y == 1, 3.0, -3.0)[:, None]
    score = final_score(metric, Target(("no", "yes")), Truth(y), z, None)
    assert (score.score, score.ci_method) == (1.0, "wilson")
    assert score.ci95 == pytest.approx((0.7225, 1.0), abs=1e-4)  # of the 10 rows of a class


@pytest.mark.parametrize(
    ("metric", "predicted", "score", "limits"),
    [
        *((metric, 9, 1.0, (0.7009, 1.0)) for metric in ("recall", "balanced_accuracy", "f1")),
        ("precision", 8, 1.0, (0.6756, 1.0)),
        ("f1", 0, 0.0, (0.0, 0.2991)),
    ],
)
def test_an_extreme_score_is_as_sure_as_the_rows_of_the_rarest_class_true_or_predicted(
    metric: str, predicted: int, score: float, limits: tuple[float, float]
) -> None:
    y, found = (np.arange(300) < 9).astype(int), (np.arange(300) < predicted).astype(int)
    record = final_score(metric, TWO, Truth(y), _certain(found), None)
    assert (record.score, record.ci_method) == (score, "wilson")
    assert record.ci95 == pytest.approx(limits, abs=1e-4)


def test_a_perfect_average_precision_is_not_certain_though_its_last_bits_differ() -> None:
    y = (np.arange(37) < 12).astype(int)
    score = final_score("average_precision", TWO, Truth(y), (y - np.linspace(0, 0.5, 37))[:, None], None)
    assert (score.score, score.ci_method) == (pytest.approx(1.0), "wilson")
    assert score.ci95 == pytest.approx((0.7575, 1.0), abs=1e-4)  # of 12 rows


@pytest.mark.parametrize(("rows", "low"), [(2, 0.3424), (5, 0.5655)])
@pytest.mark.parametrize("metric", ["f1", "recall", "average_precision", "matthews_corrcoef"])
def test_a_perfect_score_is_not_certain_where_some_samples_lack_the_class(metric: str, rows: int, low: float) -> None:
    y = (np.arange(200) >= 200 - rows).astype(int)
    score = final_score(metric, TWO, Truth(y), _certain(y), None)
    assert (score.score, score.ci_method) == (pytest.approx(1.0), "wilson")
    assert score.ci95 == pytest.approx((low, 1.0), abs=1e-4)  # in 1 of 7 samples, and 1 of 160, no row is of the class


@pytest.mark.parametrize("metric", ["f1", "matthews_corrcoef"])
def test_two_models_that_agree_in_all_rows_are_not_equal_for_certain(metric: str) -> None:
    y = (np.arange(300) < 9).astype(int)
    score = final_score(metric, TWO, Truth(y), _certain(y), _certain(y))
    assert (score.difference.score, score.difference.p_value) == (0, 1)
    assert (score.difference.method, score.difference.agreeing) == ("agreement_rows_of_rarest_class", 9)
    assert score.difference.ci95 == pytest.approx((-0.2520, 0.2520), abs=1e-4)  # of 9 rows


def test_groups_in_which_two_models_agree_are_counted_and_named() -> None:
    y = (np.arange(300) < 9).astype(int)
    groups = np.arange(300) // 3
    for metric, method, units in (("f1", "agreement_groups_of_rarest_class", 3), ("accuracy", "agreement_groups", 100)):
        found = final_score(metric, TWO, Truth(y, groups), _certain(y), _certain(y)).difference
        assert (found.method, found.agreeing) == (method, units)
        assert found.ci95 == pytest.approx(paired_difference(*[np.ones(units, bool)] * 2).ci95)
    alike = final_score("neg_log_loss", TWO, Truth(y, groups), _certain(y), _certain(y)).difference
    assert (alike.method, alike.agreeing) == ("expanded_paired_bootstrap_groups", None)  # a log loss is no share


def test_two_rankings_that_are_both_perfect_are_not_equal_for_certain() -> None:
    y = (np.arange(37) < 12).astype(int)
    models = [(y - np.linspace(0, width, 37))[:, None] for width in (0.5, 0.6)]
    found = final_score("average_precision", TWO, Truth(y), *models).difference
    assert (found.score, found.method, found.agreeing) == (0, "agreement_rows_of_rarest_class", 12)


@pytest.mark.parametrize("metric", ["f1", "balanced_accuracy", "roc_auc"])
def test_five_rows_of_a_class_do_not_make_a_difference_certain(metric: str) -> None:
    """Every sample of them has the same difference, and its interval was that number alone."""
    y = (np.arange(60) < 5).astype(int)
    record = final_score(metric, TWO, Truth(y), _certain(y), _certain(np.zeros(60)))
    found, (low, high) = record.difference, record.difference.ci95
    assert (record.verdict, found.exchanged) == ("no evidence either way", 60)
    assert found.method == "paired_bootstrap_rows_and_intervals"
    gap = 1 - record.ci95[0]  # of 5 rows by Wilson's interval; the default has an end only by F1
    assert low <= found.score - (np.hypot(gap, gap) if metric == "f1" else gap)
    assert low <= 0 < found.score <= high <= 1


def test_a_difference_is_as_uncertain_as_both_scores() -> None:
    """The limits of Newcombe's method 10 by hand, unless those of the samples are wider."""
    drawn = [Resampled(score, np.full(9, score), "rows", 9, 9) for score in (0.9, 0.4)]
    found = ScoreDifference(score=0.5, ci95=(0.5, 0.5), p_value=1.0, method="paired_bootstrap_rows")
    low, high = 0.5 - np.hypot(0.1, 0.3), 0.5 + np.hypot(0.05, 0.2)
    for of_samples, limits in (((0.5, 0.5), (low, high)), ((-0.5, 0.6), (-0.5, high)), ((0.4, 0.9), (low, 0.9))):
        widened = as_uncertain_as_both(replace(found, ci95=of_samples), [(0.8, 0.95), (0.2, 0.7)], drawn)
        assert widened.ci95 == pytest.approx(limits)


def test_a_difference_of_groups_has_limits_of_groups() -> None:
    y = (np.arange(60) < 6).astype(int)
    found = final_score("f1", TWO, Truth(y, np.arange(60) // 2), _certain(y), _certain(np.zeros(60))).difference
    assert (found.method, found.exchanged) == ("paired_bootstrap_groups_and_intervals", 30)
    assert found.ci95[0] < 0.3  # of 3 groups


@pytest.mark.long
def test_few_rows_of_a_class_do_not_tell_equal_models_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bootstrap alone claims that one of two equal rankings is better in a quarter of all cases."""
    monkeypatch.setattr(statistics, "_SCORE_DRAWS", 200)
    monkeypatch.setattr("experiments.evaluation.statistics.exchanges.DRAWS", 200)
    claimed, y = 0, (np.arange(60) < 2).astype(int)
    for seed in range(60):
        models = np.random.default_rng(seed).normal(size=(2, 60, 1)) + y[:, None]
        claimed += final_score("roc_auc", TWO, Truth(y), *models).verdict != "no evidence either way"
    assert claimed <= 7  # of 60; at 5% more have a probability of 2%
    many = np.random.default_rng(0).normal(size=(2, 400, 1))
    assert final_score("roc_auc", TWO, Truth((np.arange(400) < 3).astype(int)), *many).difference.exchanged == 400


def test_a_balanced_accuracy_is_no_surer_than_the_recall_of_its_rarer_class() -> None:
    """Of ten rows that are all right every sample is: the bootstrap held the truth in 78% of samples."""
    random, y, holds = np.random.default_rng(1), (np.arange(100) < 10).astype(int), 0
    for _ in range(400):
        right = random.random(100) < np.where(y == 1, 0.85, 0.95)
        low, high = of_two_recalls(y, np.where(right, y, 1 - y))
        holds += low <= 0.9 <= high
    assert holds >= 372  # of 400, which is 93%
    record = final_score("balanced_accuracy", TWO, Truth(y), _certain(np.where(np.arange(100) > 94, 1, y)), None)
    assert (record.ci_method, record.ci_draws) == ("square_and_add_recalls", None)
    low, (least, most) = statistics.wilson_interval(10, 10)[0], statistics.wilson_interval(85, 90)
    below, above = np.hypot(1 - low, 85 / 90 - least) / 2, (most - 85 / 90) / 2
    assert record.ci95 == pytest.approx((record.score - below, record.score + above))


def _certain(predicted: Any) -> Any:
    """Outputs that predict these classes."""
    return np.where(predicted == 1, 3.0, -3.0)[:, None]


@pytest.mark.long
@pytest.mark.parametrize("count", [3, 5, 10])
def test_an_interval_of_few_groups_holds_what_it_says(count: int) -> None:
    """The percentile interval alone holds the true accuracy in 72, 86 and 88 of 100 cases."""
    holds, size, truth = 0, 12, 0.8
    for seed in range(100):
        random = np.random.default_rng([seed, count])
        of_group = np.clip(random.normal(truth, 0.08, count), 0, 1)
        right = random.random(count * size) < np.repeat(of_group, size)
        y, groups = np.arange(count * size) % 2, np.arange(count * size) // size
        found = final_score("accuracy", TWO, Truth(y, groups), _certain(np.where(right, y, 1 - y)), None)
        holds += found.ci95[0] <= truth <= found.ci95[1]
    assert holds >= 89


def test_few_groups_claim_little() -> None:
    for count, least in ((2, 0.5), (4, 0.125), (10, 0.0)):
        record = final_score("accuracy", TWO, Truth(Y, np.arange(200) % count), GOOD, BAD)
        assert least <= record.difference.p_value <= max(least, 0.05)


@pytest.mark.long
@pytest.mark.parametrize("metric", ["neg_mean_absolute_error", "r2", "neg_log_loss"])
@pytest.mark.parametrize("rows", [4, 8, 12])
def test_few_rows_do_not_tell_equal_models_apart(metric: str, rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two models that are equally good, one is said to be better in about 5% of all cases, and not in 20%."""
    monkeypatch.setattr("experiments.evaluation.statistics.exchanges.DRAWS", 256)  # of 8 rows all, of 12 some
    monkeypatch.setattr(statistics, "_SCORE_DRAWS", 200)
    claimed, target = 0, Target(("a", "b")) if metric == "neg_log_loss" else Target()
    for seed in range(60):
        random = np.random.default_rng([seed, rows])
        y = random.permutation(rows) % 2 if target.classes else random.normal(size=rows)
        models = [random.normal(size=(rows, 1)) for _ in "ab"]
        claimed += final_score(metric, target, Truth(y), *models).verdict != "no evidence either way"
    assert claimed <= 9  # of 60; at 5% more have a probability of 0.1%


def test_a_bootstrap_of_skewed_errors_is_no_surer_than_the_exchanges() -> None:
    """Of 2,000 such pairs of equal models it claims a difference in 9%, and the exchanges in 6%."""
    random = np.random.default_rng(18)
    spread = np.exp(random.normal(0, 1.2, 50))
    models = (spread * random.normal(size=(2, 50)))[..., None]
    alone = paired_mean_difference(*(-np.abs(models[..., 0])))
    assert alone.p_value < 0.05
    assert not alone.ci95[0] <= 0 <= alone.ci95[1]
    found = final_score("neg_mean_absolute_error", Target(), Truth(np.zeros(50)), *models).difference
    assert found.p_value >= 0.05
    assert found.ci95[0] <= 0 <= found.ci95[1]
    assert (found.score, found.exchanged) == (alone.score, 50)


def test_a_large_difference_keeps_a_short_interval() -> None:
    """Exchanging a good and a bad model makes differences that are larger than chance makes them."""
    y = np.linspace(-1, 1, 100)
    noise = np.random.default_rng(0).normal(size=(2, 100, 1)) / 10
    found = final_score("neg_mean_absolute_error", Target(), Truth(y), y[:, None] + noise[0], y[:, None] + noise[1] + 2)
    assert found.difference.p_value < 0.01
    assert found.difference.ci95[1] - found.difference.ci95[0] < 0.1  # the reach alone makes it 0.75


def test_a_limit_of_exchanges_that_make_the_same_difference_is_zero() -> None:
    """It was -9e-11, whose seventh digit is that of the last bits of both scores."""
    models = np.random.default_rng(0).normal(size=(2, 6, 1))
    for one, other in (models, models[::-1]):
        truth = Truth(np.zeros(6), np.zeros(6, int))
        found = final_score("neg_mean_absolute_error", Target(), truth, one, other).difference
        assert (0.0 in found.ci95, found.exchanged) == (True, 1)
        assert np.ptp(found.ci95) == pytest.approx(2 * abs(found.score))


def test_few_rows_tell_models_apart_that_differ_much() -> None:
    y = np.arange(10.0)
    assert final_score("r2", Target(), Truth(y), y[:, None] + 0.1, -y[:, None]).verdict == "helped"


def test_the_record_says_whether_p_is_that_of_exchanges() -> None:
    truth = Truth(Y, np.arange(200) % 8)
    few = final_score("accuracy", TWO, truth, GOOD, GOOD + RNG.normal(size=(200, 2)) / 2).difference
    assert (few.method, few.exchanged) == ("expanded_paired_bootstrap_groups", 8)
    assert few.p_value * 2**8 == pytest.approx(round(few.p_value * 2**8))
    y, *many = [np.concatenate([part, part]) for part in (Y, GOOD, BAD)]
    assert final_score("accuracy", TWO, Truth(y, np.arange(400)), *many).difference.exchanged is None
    assert final_score("neg_log_loss", TWO, truth, GOOD, GOOD).difference.exchanged is None  # p is 1


def test_few_rows_of_any_metric_have_a_stretched_interval() -> None:
    few = final_score("r2", Target(), Truth(NUMBERS[:40]), CLOSE[:40], FAR[:40])
    assert (few.ci_method, few.difference.method) == ("expanded_bootstrap_rows", "expanded_paired_bootstrap_rows")
    many = final_score("r2", Target(), Truth(NUMBERS[:50]), CLOSE[:50], FAR[:50])
    assert (many.ci_method, many.difference.method) == ("bootstrap_rows", "paired_bootstrap_rows")
    losses = row_score("neg_log_loss")(GOOD[:40], Y[:40])
    found = final_score("neg_log_loss", TWO, Truth(Y[:40]), GOOD[:40], None)
    assert (found.ci_method, found.ci95) == ("skewed_t", pytest.approx(skewed_t_test(losses).interval))
