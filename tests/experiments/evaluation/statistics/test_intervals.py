from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binom

from experiments.evaluation.statistics.claims import verdict
from experiments.evaluation.statistics.intervals import (
    bootstrap_interval,
    paired_difference,
    paired_mean_difference,
    resampled,
    wilson_interval,
)


def test_wilson_agrees_with_the_table_of_newcombe_1998():
    """Newcombe (1998), Statistics in Medicine 17, 857-872, Table I, method 3."""
    table = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
    for correct, rows, low, high in table:
        assert wilson_interval(correct, rows) == pytest.approx((low, high), abs=5e-5)


def test_wilson_covers_about_95_percent_on_average():
    """Exactly: the probability that the interval holds the accuracy, averaged over accuracies from 0.6 to 0.95."""
    rows = 200
    intervals = np.array([wilson_interval(correct, rows) for correct in range(rows + 1)])
    coverages = [
        binom.pmf(np.arange(rows + 1), rows, accuracy)[
            (intervals[:, 0] <= accuracy) & (accuracy <= intervals[:, 1])
        ].sum()
        for accuracy in np.linspace(0.6, 0.95, 141)
    ]
    assert 0.945 <= np.mean(coverages) <= 0.957
    assert min(coverages) > 0.92


def _answers(
    both: int, only_winner: int, only_default: int, neither: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    winner = [True] * (both + only_winner) + [False] * (only_default + neither)
    default = [True] * both + [False] * only_winner + [True] * only_default + [False] * neither
    return np.array(winner), np.array(default)


def test_interval_agrees_with_bonett_and_price():
    """The published example of statpsych's ci.prop.ps(.05, 12, 4, 26, 6), by the first author of the method."""
    difference = paired_difference(*_answers(both=12, only_winner=26, only_default=4, neither=6))
    assert difference.ci95 == pytest.approx((0.2548067, 0.6251933), abs=5e-8)
    assert difference.score == pytest.approx(22 / 48)


def test_mcnemar_agrees_with_fagerland_2013():
    """Fagerland, Lydersen and Laake (2013), BMC Medical Research Methodology 13:91: Bentur's 1 against 7 of 21."""
    difference = paired_difference(*_answers(both=1, only_winner=7, only_default=1, neither=12))
    assert difference.p_value == pytest.approx(2 * (1 + 8) / 2**8)


def test_mcnemar_by_hand():
    difference = paired_difference(*_answers(both=100, only_winner=10, only_default=2, neither=8))
    assert difference.p_value == pytest.approx(2 * (1 + 12 + 66) / 2**12)
    assert difference.score == pytest.approx(8 / 120)


def test_equal_answers_have_no_difference_and_the_interval_stays_within_one():
    difference = paired_difference(np.array([True, False, True]), np.array([True, False, True]))
    assert (difference.score, difference.p_value) == (0.0, 1.0)
    assert difference.ci95[0] == -difference.ci95[1]
    assert paired_difference(np.ones(2, bool), np.zeros(2, bool)).ci95[1] <= 1.0


def test_exchanging_the_models_turns_the_difference():
    winner, default = _answers(both=50, only_winner=9, only_default=3, neither=8)
    there, back = paired_difference(winner, default), paired_difference(default, winner)
    assert back.score == -there.score
    assert back.ci95 == pytest.approx((-there.ci95[1], -there.ci95[0]))
    assert back.p_value == there.p_value


@pytest.mark.long
def test_intervals_of_the_difference_cover_and_the_test_keeps_its_level():
    random = np.random.default_rng(5)
    covered = rejected = 0
    for _ in range(1500):
        kinds = random.choice(4, size=250, p=[0.85, 0.05, 0.05, 0.05])
        difference = paired_difference((kinds == 0) | (kinds == 1), (kinds == 0) | (kinds == 2))
        covered += difference.ci95[0] <= 0 <= difference.ci95[1]
        rejected += difference.p_value < 0.05
    assert 0.935 <= covered / 1500 <= 0.975
    assert rejected / 1500 <= 0.05


@pytest.mark.long
def test_bootstrap_covers_the_mean_of_losses():
    """200 rows of a skewed loss with mean 0.3; a percentile interval covers a little less than it says."""
    random = np.random.default_rng(8)
    inside = 0
    for _ in range(100):
        low, high = bootstrap_interval(random.exponential(0.3, size=200))
        inside += low <= 0.3 <= high
    assert 88 <= inside <= 99


def test_bootstrap_is_near_the_normal_interval_where_that_is_right():
    values = np.random.default_rng(1).normal(2.0, 1.0, size=4000)
    margin = 1.96 * values.std(ddof=1) / np.sqrt(4000)
    assert bootstrap_interval(values) == pytest.approx((values.mean() - margin, values.mean() + margin), abs=2e-3)


def test_bootstrap_refuses_a_row_without_a_finite_score():
    for value in (np.nan, np.inf):
        with pytest.raises(ValueError, match="finite"):
            bootstrap_interval(np.array([0.5, value]))


def test_paired_bootstrap_sees_a_gain_that_pairing_alone_shows():
    random = np.random.default_rng(3)
    scores = random.normal(-1.0, 1.0, size=300)
    better = scores + random.normal(0.05, 0.1, size=300)
    difference = paired_mean_difference(better, scores)
    assert difference.ci95[0] < difference.score < difference.ci95[1]
    assert verdict(difference) == "helped"
    assert verdict(paired_mean_difference(scores, better)) == "default better"


def test_paired_bootstrap_of_equal_scores_has_p_one():
    difference = paired_mean_difference(np.array([-0.1, -0.2]), np.array([-0.1, -0.2]))
    assert (difference.score, difference.ci95, difference.p_value) == (0.0, (0.0, 0.0), 1.0)


@pytest.mark.long
def test_paired_bootstrap_keeps_its_level():
    random = np.random.default_rng(4)
    rejected = sum(
        paired_mean_difference(random.normal(size=100), random.normal(size=100)).p_value < 0.05 for _ in range(200)
    )
    assert 2 <= rejected <= 20


@pytest.mark.parametrize("of_each_class", [False, True])
def test_samples_are_those_of_drawing_the_rows_of_each_label(of_each_class: bool) -> None:
    labels = np.random.default_rng(5).choice(["b", "a", "d", "c", "only one"], 40)
    labels[7:] = np.where(labels[7:] == "only one", "a", labels[7:])
    members = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    samples: list[NDArray[np.intp]] = []

    def score(sample: NDArray[np.intp]) -> float:
        samples.append(sample)
        rows_were_drawn = of_each_class and len(samples) <= 1000
        return np.nan if rows_were_drawn else float(sample.mean())

    resampled([score], len(labels), None if of_each_class else labels, labels)
    random = np.random.default_rng(0)
    for sample in samples[-1001:-1]:  # the last is of all rows
        if of_each_class:
            drawn = [rows[random.integers(len(rows), size=len(rows))] for rows in members]
        else:
            drawn = [members[at] for at in random.integers(len(members), size=len(members))]
        np.testing.assert_array_equal(sample, np.concatenate(drawn))


def test_samples_in_which_two_models_tie_but_for_rounding_are_ties() -> None:
    """0.1 + 0.1 + 0.1 - 0.3 is no 0, and which side of 0 it was on decided p."""
    gains = np.concatenate([np.repeat([0.1, -0.3], [12, 3]), np.zeros(385)])
    p = [paired_mean_difference(u * (gains + 0.3), u * np.full(400, 0.3)).p_value for u in (1, 10)]
    assert p[0] == p[1] == pytest.approx(0.669, abs=0.01)  # 0.564 in tenths
