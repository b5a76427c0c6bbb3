"""The correction of a chosen score and the selection floor, on cases whose answer is known."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from scipy.stats import norm

from experiments.config.target import Target
from experiments.evaluation.analysis import selection_bias
from experiments.evaluation.analysis.selection_bias import Candidates, corrected_selection, highest, selection
from experiments.evaluation.records.analysis_record import SelectionRecord
from experiments.evaluation.records.reasons import BootstrapTooSlow, TooFewDraws
from experiments.evaluation.statistics import resampling
from experiments.evaluation.statistics.intervals import wilson_interval
from experiments.evaluation.statistics.resampling import Numbers, Sums, samples_of
from experiments.evaluation.validation_rows import ValidationRows
from experiments.search.executors.serial import Inline
from experiments.search.out_of_fold import npy
from nnet.arrays import Array, Rows
from support.means import Means

TWO = Target(("no", "yes"))


def of_rows(metric: str, z: Array, y: Rows, units: Rows) -> SelectionRecord | BootstrapTooSlow | TooFewDraws:
    """The selection of the only configuration."""
    validated = ValidationRows(units.astype(np.intp), np.zeros(len(z), np.intp), y, units.astype(np.intp))
    return selection([Inline(npy(z))], metric, TWO, validated, Candidates((0.0,), (0,), 0)).record


def best_of(means: Means, default: int | None = 0) -> SelectionRecord:
    values = tuple(means.of_units.mean(axis=0).tolist())
    found = corrected_selection(means, means.units, Candidates(values, (1,) * len(values), default)).record
    assert isinstance(found, SelectionRecord)
    return found


@pytest.mark.slow
def test_on_pure_noise_the_pooled_score_is_optimistic_and_the_corrected_one_is_chance() -> None:
    found = [best_of(Means((np.random.default_rng(seed).random((400, 40)) < 0.5).astype(float))) for seed in range(20)]
    pooled, corrected = (float(np.mean([getattr(one, name) for one in found])) for name in ("pooled", "corrected"))
    # the best of 40 means of 400 coins
    assert pooled == pytest.approx(0.5 + 2.16 * 0.5 / 20, abs=0.008)
    assert corrected == pytest.approx(0.5, abs=0.012)
    assert all(one.optimism == one.pooled - one.corrected for one in found)


def test_one_configuration_has_nothing_to_be_corrected_for() -> None:
    means = Means(np.random.default_rng(0).normal(size=(300, 1)))
    found = best_of(means)
    assert found.optimism == pytest.approx(0.0, abs=0.01)
    assert (found.floor, found.floor95, found.configurations) == (0.0, 0.0, 1)
    # what is not drawn is 0.37 of the rows
    error = float(means.of_units.std()) / np.sqrt(0.37 * 300)
    assert found.ci95[1] - found.ci95[0] == pytest.approx(2 * 1.96 * error * np.sqrt(1 - 0.37), rel=0.1)


def test_the_choice_of_the_smallest_is_corrected_by_the_same_rule() -> None:
    """The smaller of two networks is chosen in each draw in which it is at most a standard error behind."""
    scores, draws = np.random.default_rng(0).normal(size=(400, 2)), 300
    scores[:, 1] += scores[:, 0].mean() - scores[:, 1].mean() - 0.02
    values = tuple(scores.mean(axis=0).tolist())
    means = Means(scores, draws)
    best, smallest = (corrected_selection(means, 400, Candidates(values, (9, 3), 0, by)) for by in (False, True))
    assert isinstance(best.record, SelectionRecord)
    assert isinstance(smallest.record, SelectionRecord)
    assert (best.record.pooled, smallest.record.pooled) == (pytest.approx(values[0]), pytest.approx(values[1]))
    random = np.random.default_rng(0)
    rows = [random.integers(400, size=400) for _ in range(draws)]
    inside = np.array([scores[drawn].mean(axis=0) for drawn in rows])
    error = (inside[:, 0] - inside[:, 1]).std(ddof=1)
    assert best.errors == smallest.errors == pytest.approx((0.0, error))
    assert error == pytest.approx((scores[:, 0] - scores[:, 1]).std() / 20, rel=0.15)
    small = inside[:, 0] - inside[:, 1] <= error
    left = [np.delete(scores, drawn, axis=0).mean(axis=0) for drawn in rows]
    expected = np.mean([means[int(one)] for means, one in zip(left, small, strict=True)])
    assert 0.5 < small.mean() < 1
    assert smallest.record.corrected == pytest.approx(expected)
    assert smallest.record.floor == best.record.floor


def test_a_configuration_that_is_far_better_is_hardly_corrected() -> None:
    scores = np.random.default_rng(0).normal(size=(300, 10))
    scores[:, 7] += 2.0
    found = best_of(Means(scores))
    assert found.optimism == pytest.approx(0.0, abs=0.02)
    assert found.ci95[0] < found.corrected < found.ci95[1]
    assert found.gain == pytest.approx(scores[:, 7].mean() - scores[:, 0].mean())
    of_groups = corrected_selection(Means(scores), 600, Candidates(tuple(scores.mean(axis=0)), (1,) * 10, 0)).record
    assert (found.method, of_groups.method) == ("bbc_cv_rows", "bbc_cv_groups")


def test_a_configuration_without_a_score_in_a_draw_is_not_chosen_there() -> None:
    assert highest(np.array([[np.nan, 0.5, 0.7], [0.7, np.nan, 0.7]])).tolist() == [2, 0]


def test_the_floor_is_the_expected_maximum_of_as_many_differences() -> None:
    random = np.random.default_rng(0)
    scores = np.hstack([np.zeros((2000, 1)), random.normal(0.3, 1.0, size=(2000, 39))])
    found = best_of(Means(scores))
    grid = np.linspace(-6, 6, 4001)
    largest = norm.cdf(grid) ** 39
    expected = float(np.sum(grid[1:] * np.diff(largest))) / np.sqrt(2000)
    assert found.floor == pytest.approx(expected, rel=0.05)
    assert found.floor95 == pytest.approx(norm.ppf(0.95 ** (1 / 39)) / np.sqrt(2000), rel=0.08)
    # that all 39 are truly better by 0.3 does not enter
    assert found.gain == found.pooled > 0.3


@pytest.mark.slow
def test_the_floor_is_what_luck_gives() -> None:
    """Of configurations that are equal the best one's gain is the floor on average, and rarely more than floor95."""
    found = [best_of(Means(np.random.default_rng(seed).normal(size=(300, 12)), draws=200)) for seed in range(200)]
    gains, floors, limits = (
        np.array([getattr(one, name) or 0.0 for one in found]) for name in ("gain", "floor", "floor95")
    )
    assert floors.mean() == pytest.approx(gains.mean(), rel=0.1)
    assert 0.02 <= (gains > limits).mean() <= 0.09


def test_a_configuration_that_is_clearly_worse_does_not_raise_the_floor() -> None:
    """Of a hit rate of one half: its mean varies five times as much as those of 0.99."""
    random = np.random.default_rng(0)
    good = (random.random((1000, 9)) < 0.99).astype(float)
    poor = (random.random((1000, 5)) < 0.5).astype(float)
    alone, beside = best_of(Means(good)), best_of(Means(np.hstack([good, poor])))
    assert (beside.floor, beside.floor95) == (alone.floor, alone.floor95)


def test_rows_that_are_all_right_are_not_certain() -> None:
    found = best_of(Means(np.ones((20, 2))))
    assert found.corrected == 1.0
    assert found.ci95 == (pytest.approx(0.8389, abs=1e-4), 1.0)


@pytest.mark.parametrize(("metric", "least"), [("accuracy", 40), ("recall", 15), ("f1_macro", 15)])
def test_a_perfect_score_of_classes_is_as_sure_as_the_rarest_class_has_rows(metric: str, least: int) -> None:
    y = (np.arange(40) < 15).astype(np.intp)
    found = of_rows(metric, np.array([[4.0, -4.0], [-4.0, 4.0]])[y], y, np.arange(40))
    assert isinstance(found, SelectionRecord)
    assert found.ci95 == (pytest.approx(wilson_interval(least, least)[0]), 1.0)


def test_scores_that_would_take_too_long_are_not_corrected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resampling, "NUMBERS", 1000)
    y = np.arange(40, dtype=np.intp) % 2
    too_slow = BootstrapTooSlow(metric="roc_auc", configurations=1, rows=40)
    assert of_rows("roc_auc", np.eye(2)[y], y, np.arange(40)) == too_slow


class AveragePrecisions(Means):
    """Samples of a perfect score that is a sum of shares, which is 1 but for its last bits."""

    def scores_of(self, weights: Numbers, chosen: Rows) -> Numbers:
        return np.resize([0.9999999999999998, 1.0, 1.0000000000000002], len(chosen))


def test_rows_that_are_all_right_are_not_certain_where_scores_are_rounded() -> None:
    found = best_of(AveragePrecisions(np.ones((20, 2)), at_once=False, highest=1.0))
    assert found.ci95 == (pytest.approx(0.8389, abs=1e-4), pytest.approx(1.0))


class AllButOne(Means):
    """Samples that score 1, but for the first of a block."""

    def scores_of(self, weights: Numbers, chosen: Rows) -> Numbers:
        return (np.arange(len(chosen)) > 0).astype(float)


def test_the_interval_holds_the_corrected_score_where_few_draws_differ() -> None:
    found = best_of(AllButOne(np.random.default_rng(0).normal(size=(50, 2)), 100, at_once=False))
    assert found.corrected == 0.99
    assert found.ci95 == (0.99, 1.0)


def test_without_a_default_there_is_no_floor() -> None:
    found = best_of(Means(np.random.default_rng(0).normal(size=(50, 3))), default=None)
    assert (found.gain, found.floor, found.floor95) == (None, None, None)


def test_whole_groups_are_drawn() -> None:
    """The same row ten times is one row: as units of their own the copies would seem to be sure of themselves."""
    random = np.random.default_rng(0)
    y = random.integers(0, 2, 60)
    z = random.normal(size=(60, 2))
    rows = np.repeat(np.arange(60), 10)
    once, copies = of_rows("accuracy", z, y, np.arange(60)), of_rows("accuracy", z[rows], y[rows], rows)
    apart = of_rows("accuracy", z[rows], y[rows], np.arange(600))
    assert copies == once
    assert apart.ci95[1] - apart.ci95[0] < 0.5 * (once.ci95[1] - once.ci95[0])


def test_rows_too_few_for_a_score_are_said_to_be() -> None:
    z, y = np.random.default_rng(0).normal(size=(4, 2)), np.array([0, 0, 0, 1])
    found = of_rows("roc_auc", z, y, np.arange(4))
    assert isinstance(found, TooFewDraws)
    assert found.scored < found.draws / 2


class OnlyOne(Means):
    """Samples of which the first of a block alone has a score."""

    def scores(self, weights: Numbers) -> Numbers:
        scores = super().scores(weights)
        scores[1:] = np.nan
        return scores


@pytest.mark.parametrize("smallest", [False, True])
def test_a_single_draw_with_a_score_is_too_few(smallest: bool) -> None:
    scores = np.random.default_rng(0).normal(size=(50, 2))
    candidates = Candidates(tuple(scores.mean(axis=0).tolist()), (9, 3), 0, smallest)
    found = corrected_selection(OnlyOne(scores, 100), 50, candidates)
    assert found.record == TooFewDraws(draws=100, scored=1)
    assert found.errors is None


def test_the_draws_do_not_depend_on_the_size_of_the_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    means = Means((np.random.default_rng(0).random((50, 5)) < 0.7).astype(float))
    once = best_of(means)
    monkeypatch.setattr("experiments.evaluation.analysis.selection_bias.BLOCK", 170)
    assert best_of(means) == once


@pytest.mark.parametrize("smallest", [False, True])
@pytest.mark.parametrize("metric", ["r2", "neg_root_mean_squared_error", "accuracy"])
def test_units_are_drawn_once_for_the_same_scores(metric: str, smallest: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(1)
    target = Target() if metric != "accuracy" else TWO
    y = random.normal(size=90) if not target.classes else np.arange(90) % 2
    outputs = [Inline(npy(random.normal(y, size, size=90)[:, None].astype(np.float32))) for size in (0.5, 0.6, 2)]
    samples = samples_of(metric, target, outputs, y, np.arange(90))
    assert isinstance(samples, Sums)
    drawn: list[int] = []
    draws = selection_bias._weights

    def noted(units: int, number: int) -> Iterator[Numbers]:
        drawn.append(number)
        return draws(units, number)

    monkeypatch.setattr(selection_bias, "_weights", noted)
    candidates = Candidates((0.9, 0.8, 0.1), (9, 3, 1), 2, smallest)
    together = corrected_selection(samples, 90, candidates)
    assert drawn == [samples.draws]
    monkeypatch.setattr(Sums, "at_once", False)
    assert corrected_selection(samples, 90, candidates) == together
    assert len(drawn) == (3 if metric == "accuracy" else 4)


@pytest.mark.parametrize("groups", [None, 6, 20])
@pytest.mark.parametrize("metric", ["r2", "neg_root_mean_squared_error", "f1", "accuracy"])
def test_where_nothing_is_chosen_nothing_is_corrected(metric: str, groups: int | None) -> None:
    """Of 37% of the groups an R2 is far lower than of all, which is no luck of a choice."""
    random = np.random.default_rng(1)
    rows = 120
    units = np.arange(rows) if groups is None else np.arange(rows) % groups
    signal = random.normal(size=rows) + 2 * random.normal(size=rows)[units]
    target = Target() if metric in ("r2", "neg_root_mean_squared_error") else Target(("no", "yes"))
    y = signal if not target.classes else (signal > 1.5).astype(int)
    outputs = (signal + random.normal(size=rows) - (1.5 if target.classes else 0))[:, None].astype(np.float32)
    samples = samples_of(metric, target, [Inline(npy(outputs))], y, units)
    assert not isinstance(samples, BootstrapTooSlow)
    found = corrected_selection(samples, rows, Candidates((0.5,), (1,), None)).record
    assert isinstance(found, SelectionRecord)
    assert found.optimism == pytest.approx(0, abs=1e-9 if metric != "accuracy" else 0.02)
    assert found.ci95[0] <= found.corrected <= found.ci95[1] <= samples.highest
