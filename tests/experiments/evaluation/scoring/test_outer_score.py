"""The pooled score of outer folds, its interval, and the comparison with the default, by hand where possible."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt
from typing import Any

import numpy as np
import pytest
from scipy.stats import t
from sklearn.metrics import r2_score, roc_auc_score

from experiments.config.target import Target
from experiments.errors import SearchError
from experiments.evaluation.scoring.final_score import Truth, final_score
from experiments.evaluation.scoring.outer_score import FoldOutputs, fold_test, pooled_score
from experiments.evaluation.statistics.intervals import paired_difference, wilson_interval

CLASSES, NUMBER = Target(("no", "yes")), Target(())


def fold(right: int, wrong: int, default: int | None = None, groups: Any = None) -> FoldOutputs:
    """So many rows that the winner has right and wrong, and the first `default` of them that the default has right."""
    rows = right + wrong
    y = np.arange(rows) % 2

    def logits(correct: int) -> np.ndarray:
        predicted = np.where(np.arange(rows) < correct, y, 1 - y)
        return np.eye(2, dtype=np.float32)[predicted]

    return FoldOutputs(y, logits(right), None if default is None else logits(default), groups)


def test_the_interval_is_that_of_nadeau_and_bengio() -> None:
    scores = [0.80, 0.90, 0.70, 0.85, 0.75]
    reach = t.ppf(0.975, 4) * sqrt((1 / 5 + 1 / 4) * np.var(scores, ddof=1))
    assert fold_test(scores, [20] * 5).interval == pytest.approx((0.80 - reach, 0.80 + reach))
    p = 2 * t.sf(0.8 / sqrt((1 / 5 + 1 / 4) * np.var(scores, ddof=1)), 4)
    assert fold_test(scores, [20] * 5).p_value == pytest.approx(p)
    assert fold_test([0.0] * 5, [20] * 5).p_value == 1
    assert fold_test([0.1] * 5, [20] * 5).p_value == 0.0625


def test_a_fold_counts_by_its_rows() -> None:
    low, high = fold_test([1.0, 0.5], [30, 10]).interval
    assert (low + high) / 2 == pytest.approx(0.875)
    found, winners, defaults = pooled_score("accuracy", CLASSES, [fold(30, 0), fold(5, 5)], ordered=False)
    assert (found.score, winners, defaults, found.rows) == (0.875, [1.0, 0.5], [], 40)
    assert (found.default, found.difference, found.verdict) == (None, None, "not compared")
    assert (found.ci_method, found.ci_draws) == ("corrected_resampled_t", None)
    assert found.ci95 == (0.0, 1.0)  # of two folds it is wide, and it stays within what accuracy can be


def test_folds_that_agree_have_the_interval_of_their_rows() -> None:
    found, _, _ = pooled_score("accuracy", CLASSES, [fold(18, 2)] * 5, ordered=False)
    assert found.ci95 == pytest.approx(wilson_interval(90, 100))
    perfect, _, _ = pooled_score("accuracy", CLASSES, [fold(20, 0)] * 5, ordered=False)
    assert perfect.ci95[0] == pytest.approx(wilson_interval(100, 100)[0])
    assert perfect.ci95[1] == 1.0
    of_class, _, _ = pooled_score("f1", CLASSES, [fold(20, 0)] * 5, ordered=False)
    assert of_class.ci95 == pytest.approx((wilson_interval(50, 50)[0], 1.0))


def test_folds_that_differ_have_the_wider_interval() -> None:
    folds = [fold(right, 20 - right) for right in (20, 12, 18, 14, 16)]
    found, winners, _ = pooled_score("accuracy", CLASSES, folds, ordered=False)
    assert winners == [1.0, 0.6, 0.9, 0.7, 0.8]
    low, high = fold_test(winners, [20] * 5).interval
    assert high > 1
    assert found.ci95 == pytest.approx((low, 1.0))


def test_the_more_careful_of_two_tests_counts() -> None:
    """Every fold gains one row: the folds alone would be sure of it, five rows of 100 are not."""
    found, _, defaults = pooled_score("accuracy", CLASSES, [fold(18, 2, 17)] * 5, ordered=False)
    assert defaults == [0.85] * 5
    assert found.default is not None
    assert found.difference is not None
    assert (found.default.score, found.difference.score) == (pytest.approx(0.85), pytest.approx(0.05))
    hits = np.array([True] * 90 + [False] * 10), np.array([True] * 85 + [False] * 15)
    rows = paired_difference(*hits)
    assert rows.p_value == 0.0625
    assert found.difference.p_value == rows.p_value
    assert found.difference.ci95 == pytest.approx(rows.ci95)
    assert (found.difference.method, found.verdict) == ("corrected_resampled_t", "no evidence either way")


def test_a_clear_gain_helps() -> None:
    folds = [fold(18, 2, default) for default in (9, 10, 11, 9, 10)]
    found, winners, defaults = pooled_score("accuracy", CLASSES, folds, ordered=False)
    assert found.verdict == "helped"
    gains = [winner - default for winner, default in zip(winners, defaults, strict=True)]
    assert found.difference.p_value == fold_test(gains, [20] * 5).p_value  # the rows' is far smaller
    worse = [replace(one, winner=one.default, default=one.winner) for one in folds]
    assert pooled_score("accuracy", CLASSES, worse, ordered=False)[0].verdict == "default better"


def test_a_fold_without_default_leaves_nothing_to_compare() -> None:
    folds = [fold(18, 2, 10), fold(18, 2)]
    found, _, defaults = pooled_score("accuracy", CLASSES, folds, ordered=False)
    assert (found.default, found.difference, defaults) == (None, None, [])


def test_where_every_search_chose_the_default_nothing_is_compared() -> None:
    folds = [replace(fold(18, 2, 18), won=True) for _ in range(3)]
    found, winners, defaults = pooled_score("accuracy", CLASSES, folds, ordered=False)
    assert (found.default, found.difference, found.verdict) == (None, None, "not compared")
    assert winners == defaults == [0.9] * 3
    in_order, _, _ = pooled_score("accuracy", CLASSES, folds, ordered=True)
    assert (in_order.difference, in_order.verdict) == (None, "not compared")
    one_won, _, _ = pooled_score("accuracy", CLASSES, [*folds, fold(18, 2, 10)], ordered=False)
    assert one_won.difference is not None


def numbers(seed: int, noise: float = 0.5) -> FoldOutputs:
    chance = np.random.default_rng(seed)
    y = chance.normal(size=25) + seed
    return FoldOutputs(y, (y + noise * chance.normal(size=25))[:, None], y[:, None] * 0 + y.mean(), None)


def test_a_metric_that_is_no_mean_over_rows_is_scored_fold_by_fold() -> None:
    folds = [numbers(seed) for seed in range(4)]
    found, winners, _ = pooled_score("r2", NUMBER, folds, ordered=False)
    assert winners == pytest.approx([r2_score(one.y, one.winner[:, 0]) for one in folds])
    assert found.score == pytest.approx(np.mean(winners))
    assert found.ci95[0] <= fold_test(winners, [25] * 4).interval[0]
    assert found.verdict == "helped"
    classes = [fold(right, 40 - right) for right in (30, 34, 36)]
    area, _, _ = pooled_score("roc_auc", CLASSES, classes, ordered=False)
    assert area.score == pytest.approx(np.mean([roc_auc_score(one.y, one.winner[:, 1]) for one in classes]))


def test_groups_are_drawn_whole() -> None:
    """Rows of a group are alike: its interval is wider than that of single rows."""
    folds = [fold(15, 5, groups=np.repeat(np.arange(4), 5) + 4 * at) for at in range(5)]
    single, _, _ = pooled_score("accuracy", CLASSES, [fold(15, 5)] * 5, ordered=False)
    whole, _, _ = pooled_score("accuracy", CLASSES, folds, ordered=False)
    assert whole.score == single.score == 0.75
    assert whole.ci95[1] - whole.ci95[0] > 1.2 * (single.ci95[1] - single.ci95[0])


@pytest.mark.parametrize("ordered", [False, True])
def test_groups_of_folds_that_agree_have_the_interval_of_one_set_of_rows(ordered: bool) -> None:
    folds = [fold(15, 5, groups=np.arange(20) // 2 + 10 * at) for at in range(5)]
    y, outputs, groups = (np.concatenate([getattr(one, part) for one in folds]) for part in ("y", "winner", "groups"))
    alone = final_score("accuracy", CLASSES, Truth(y, groups, ordered), outputs, None)
    assert pooled_score("accuracy", CLASSES, folds, ordered)[0].ci95 == pytest.approx(alone.ci95)


def test_rows_in_time_order_have_the_interval_of_the_rows() -> None:
    folds = [fold(right, 20 - right, 10) for right in (10, 14, 18)]
    found, _, _ = pooled_score("accuracy", CLASSES, folds, ordered=True)
    assert (found.ci95, found.ci_method) == (wilson_interval(42, 60), "wilson")
    assert found.difference is not None
    assert found.difference.method == "mcnemar_bonett_price"
    squares, _, _ = pooled_score("neg_mean_squared_error", NUMBER, [numbers(1), numbers(2)], ordered=True)
    assert (squares.ci_method, squares.ci_draws) == ("skewed_t", None)


def test_few_blocks_of_time_are_no_surer_than_exchanging_the_two_models() -> None:
    """The bootstrap alone has p = 0.02 and an interval from 0.04 on, of two equal models."""
    errors = np.random.default_rng(54).standard_t(2.5, size=(2, 2, 20, 1))
    folds = [FoldOutputs(np.zeros(20), *errors[at], 1000 * at + np.arange(20) // 2) for at in range(2)]
    found = pooled_score("neg_mean_absolute_error", NUMBER, folds, ordered=True)[0]
    assert (found.verdict, found.difference.exchanged) == ("no evidence either way", 20)
    assert found.difference.ci95[0] <= 0 <= found.difference.ci95[1]
    assert found.difference.p_value == pytest.approx(0.055, abs=0.02)


def test_four_right_rows_of_a_class_in_time_order_do_not_make_it_certain() -> None:
    """Only rows of the first class are wrong; the percentile interval of the blocks began at 0.95."""
    y = (np.arange(60) % 15 == 0).astype(int)
    predicted = np.where(np.arange(60) == 7, 1, y)
    folds = [FoldOutputs(y, np.eye(2)[predicted], None, 1000 * at + np.arange(60) // 6) for at in range(2)]
    found = pooled_score("balanced_accuracy", CLASSES, folds, ordered=True)[0]
    assert (found.score, found.ci_method) == (pytest.approx(1 - 1 / 112), "smoothed_bootstrap_groups")
    assert found.ci95[0] < 0.93
    assert found.ci95[1] >= found.score


def test_an_interval_ends_where_an_error_is_0() -> None:
    folds = [numbers(seed, noise=noise) for seed, noise in ((1, 0.01), (2, 2.0))]
    assert pooled_score("neg_root_mean_squared_error", NUMBER, folds, ordered=False)[0].ci95[1] == 0.0


def test_a_metric_without_a_value_names_the_fold() -> None:
    one_class = FoldOutputs(np.zeros(10, int), np.eye(2, dtype=np.float32)[np.arange(10) % 2], None, None)
    with pytest.raises(SearchError, match=r"cv\.metric: roc_auc has no value on the rows of outer fold 2"):
        pooled_score("roc_auc", CLASSES, [fold(15, 5), one_class], ordered=False)
