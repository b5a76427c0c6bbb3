"""The difference of two studies' choices, on cases whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.config.target import Target
from experiments.evaluation.analysis.selection_bias import Candidates, corrected_selection
from experiments.evaluation.comparison.choices import Gains, choice_scores, compare_choices, gains, wanted_draws
from experiments.evaluation.records.reasons import BootstrapTooSlow
from experiments.evaluation.statistics.resampling import samples_of
from experiments.search.executors.serial import Inline
from experiments.search.out_of_fold import npy
from support.means import Means


def coins(seed: int, share: float, rows: int = 400) -> Means:
    return Means((np.random.default_rng(seed).random((rows, 8)) < share).astype(float))


def of(first: Means, second: Means) -> Gains:
    return gains(choice_scores(first, 1000), choice_scores(second, 1000), first.units, grouped=False)


def test_the_mean_of_a_studys_choices_is_its_corrected_score() -> None:
    means = coins(0, 0.7)
    values, sizes = tuple(means.of_units.mean(axis=0).tolist()), tuple(range(means.of_units.shape[1]))
    for smallest in (False, True):
        candidates = Candidates(values, sizes, None, smallest)
        record = corrected_selection(means, means.units, candidates).record
        chosen = choice_scores(means, means.draws, candidates.chosen_in)
        assert chosen.mean() == pytest.approx(record.corrected, abs=1e-12)  # type: ignore[union-attr]
        assert np.quantile(chosen, (0.025, 0.975)) == pytest.approx(record.ci95)  # type: ignore[union-attr]


def test_so_it_is_of_a_score_that_is_no_mean_whoever_won() -> None:
    random = np.random.default_rng(3)
    y = random.normal(size=60)
    outputs = [Inline(npy((y + random.normal(size=60))[:, None])) for _ in range(4)]
    samples = samples_of("r2", Target(), outputs, y, np.arange(60))
    assert not isinstance(samples, BootstrapTooSlow)
    everything = samples.scores(np.ones((1, 60)))[0]
    winner = int(everything.argmin())  # the best by the mean over the folds need not be the best over all rows
    values = tuple(float(at == winner) for at in range(4))
    record = corrected_selection(samples, 60, Candidates(values, (1,) * 4, None)).record
    chosen = choice_scores(samples, samples.draws, winner=winner)
    assert chosen.mean() == pytest.approx(record.corrected, abs=1e-12)  # type: ignore[union-attr]
    assert chosen.mean() != pytest.approx(choice_scores(samples, samples.draws).mean(), abs=1e-6)


def test_the_difference_is_that_of_the_corrected_scores_and_its_sign_says_who_is_better() -> None:
    first, second = coins(0, 0.8), coins(1, 0.6)
    found = compare_choices({(0, 1): of(first, second)})[0, 1]
    corrected = [choice_scores(one, 1000).mean() for one in (first, second)]
    assert found.score == pytest.approx(corrected[0] - corrected[1], abs=1e-12)
    assert found.score == pytest.approx(0.2, abs=0.06)
    assert found.claimed
    assert 0 < found.ci95[0] < found.score < found.ci95[1]
    assert (found.interval, found.level) == (found.ci95, 0.05)
    assert (found.draws, found.units, found.method) == (1000, 400, "bbc_cv_rows")
    other = compare_choices({(0, 1): of(second, first)})[0, 1]
    assert other.score == pytest.approx(-found.score)
    assert other.claimed
    assert other.ci95 == pytest.approx((-found.ci95[1], -found.ci95[0]))


def test_a_study_does_not_differ_from_itself() -> None:
    found = compare_choices({(0, 1): of(coins(0, 0.8), coins(0, 0.8))})[0, 1]
    assert (found.score, found.ci95, found.p_value, found.claimed) == (0.0, (0.0, 0.0), 1.0, False)


def test_the_same_rows_count_once_for_both() -> None:
    """Configurations that err on the same rows differ by little, however hard the rows are."""
    hard = (np.random.default_rng(0).random((400, 1)) < 0.7).astype(float)
    worse = hard.copy()
    worse[:12] = 0.0
    paired = compare_choices({(0, 1): of(Means(hard), Means(worse))})[0, 1]
    lost = float((hard - worse).mean())
    assert paired.score == pytest.approx(lost, abs=0.002)
    assert paired.ci95[1] - paired.ci95[0] < 0.04  # of unpaired samples it would be 0.16


def test_holm_judges_the_smallest_p_at_the_strictest_level_and_stops_at_the_first_that_is_open() -> None:
    certain = Gains(np.linspace(0.1, 0.3, 999), 400, False)
    likely = Gains(np.concatenate([np.full(17, -0.01), np.linspace(0.01, 0.3, 982)]), 400, False)
    open_one = Gains(np.linspace(-0.1, 0.1, 999), 400, False)
    alone = compare_choices({(0, 1): likely})[0, 1]
    assert (alone.p_value, alone.claimed) == (2 * 18 / 1000, True)
    found = compare_choices({(0, 1): likely, (0, 2): certain, (1, 2): open_one})
    assert list(found) == [(0, 1), (0, 2), (1, 2)]
    assert [one.level for one in found.values()] == [0.025, pytest.approx(0.05 / 3), 0.05]
    assert [one.claimed for one in found.values()] == [False, True, False]  # 0.036 is above 0.025
    assert found[0, 1].interval[0] < 0 < found[0, 1].ci95[0]
    stopped = compare_choices({(0, 1): open_one, (0, 2): open_one, (1, 2): open_one})
    assert not any(one.claimed for one in stopped.values())


def test_few_groups_claim_nothing() -> None:
    values = np.linspace(0.1, 0.3, 999)
    few, enough = Gains(values, 5, True), Gains(values, 6, True)
    assert (few.p_value, enough.p_value) == (2 / 2**5, 2 / 2**6)
    assert not compare_choices({(0, 1): few})[0, 1].claimed
    assert compare_choices({(0, 1): enough})[0, 1].claimed
    assert compare_choices({(0, 1): enough})[0, 1].method == "bbc_cv_groups"


def test_more_draws_begin_with_the_same_ones() -> None:
    means = coins(3, 0.7, rows=60)
    many, some = choice_scores(means, 300), choice_scores(means, 200)
    assert (many[:200] == some).all()
    assert (gains(many, some, 60, False).values == np.zeros(200)).all()


def test_draws_suffice_for_the_number_of_pairs() -> None:
    assert wanted_draws(Means(np.ones((3, 1)), draws=1000), 1) == 1000
    assert wanted_draws(Means(np.ones((3, 1)), draws=48), 1) == 200
    for pairs in (1, 10, 45):
        draws = wanted_draws(Means(np.ones((3, 1)), draws=48), pairs)
        assert 2 / (1 + draws) <= 0.05 / pairs


def test_draws_without_a_score_are_left_out_and_too_many_of_them_are_noticed() -> None:
    values = np.linspace(0.1, 0.3, 100)
    values[:40] = np.nan
    some = Gains(values, 400, False)
    assert not some.are_too_few
    assert compare_choices({(0, 1): some})[0, 1].draws == 60
    values[:60] = np.nan
    assert Gains(values, 400, False).are_too_few
