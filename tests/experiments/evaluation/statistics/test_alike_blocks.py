"""Intervals of blocks of time are wider where neighbours are alike, and equal models are not told apart by it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from experiments.config.target import Target
from experiments.evaluation.scoring.final_score import Truth, final_score
from experiments.evaluation.scoring.outer_score import FoldOutputs, pooled_score
from experiments.evaluation.statistics.alike_blocks import of_blocks, widening
from experiments.evaluation.statistics.intervals import resampled, resampled_difference

NUMBER = Target()
ROWS = 200
BLOCKS = np.arange(ROWS) // 20 * 20
TREND = np.sin(np.arange(ROWS) / 40)  # of five rounds of ten blocks, so that neighbours are alike
RNG = np.random.default_rng(0)
NOISE = RNG.normal(size=ROWS)


def test_only_neighbours_that_are_alike_beyond_chance_widen() -> None:
    steps = np.arange(10.0)
    assert widening(steps) > 4
    assert widening(-3 * steps + 7) == pytest.approx(widening(steps))
    for without in (steps % 2, np.zeros(10), steps[:7], np.append(steps, np.nan), RNG.permutation(steps)):
        assert widening(without) == 1
    assert widening(np.arange(1000.0)) < 8.2  # an end


def test_scores_and_differences_of_blocks_are_as_much_wider() -> None:
    losses = [np.abs(NOISE) + 3 * TREND, np.abs(NOISE[::-1])]
    scores = [lambda rows, of=of: float(of[rows].mean()) for of in losses]
    plain = resampled(scores, ROWS, BLOCKS)
    alike, free = of_blocks(plain, scores, BLOCKS)
    factor = widening(alike.without)
    assert factor > 1.5
    assert widening(free.without) == 1
    for one, ordered, times in zip(plain, (alike, free), (factor, 1), strict=True):
        for limit, wider in zip(one.interval(), ordered.interval(), strict=True):
            assert wider - one.score == pytest.approx(times * (limit - one.score))
    before, after = resampled_difference(*plain), resampled_difference(alike, free)
    factor = widening(alike.without - free.without)
    assert (after.score, after.method, after.draws) == (before.score, before.method, before.draws)
    assert after.p_value > before.p_value
    for limit, wider in zip(before.ci95, after.ci95, strict=True):
        assert wider - before.score == pytest.approx(factor * (limit - before.score))
    assert resampled_difference(alike, alike).ci95 == (0, 0)


@pytest.mark.parametrize("metric", ["neg_mean_absolute_error", "r2"])
def test_models_whose_difference_drifts_are_not_told_apart(metric: str) -> None:
    y = NOISE + 5
    turns = np.linspace(0.6, -0.1, ROWS)  # the winner is better for most of the time
    models = (y + 2 - turns)[:, None], (y + 2 + turns)[:, None]
    assert final_score(metric, NUMBER, Truth(y, BLOCKS), *models).verdict == "helped"
    assert final_score(metric, NUMBER, Truth(y, BLOCKS, ordered=True), *models).verdict == "no evidence either way"
    better = (y + 0.1 - turns / 9)[:, None], (y + 1 + turns / 9)[:, None]  # which drifts, but is large
    assert final_score(metric, NUMBER, Truth(y, BLOCKS, ordered=True), *better).verdict == "helped"


def test_outer_folds_in_time_order_are_as_one_series() -> None:
    def folds(wave: np.ndarray) -> list[FoldOutputs]:
        halves = (slice(None, 100), slice(100, None))
        z = (NOISE + 2 + wave)[:, None]
        return [FoldOutputs(NOISE[half], z[half], None, BLOCKS[half]) for half in halves]

    metric = "neg_mean_absolute_error"
    for wave, wider in ((TREND, True), (NOISE, False)):
        scored, _, _ = pooled_score(metric, NUMBER, folds(wave), ordered=True)
        parts = [replace(fold, groups=np.array([f"{block:03}" for block in fold.groups])) for fold in folds(wave)]
        plain = final_score(metric, NUMBER, Truth(NOISE, BLOCKS), np.concatenate([fold.winner for fold in parts]), None)
        assert (scored.ci95[0] < plain.ci95[0] - 0.01) == wider
        assert (scored.ci_widened is not None) == wider
        ordered = final_score(metric, NUMBER, Truth(NOISE, BLOCKS, ordered=True), (NOISE + 2 + wave)[:, None], None)
        assert (ordered.ci_widened, plain.ci_widened) == (scored.ci_widened, None)


@pytest.mark.long
def test_intervals_of_errors_that_stay_alike_hold_more_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.evaluation.statistics.intervals._SCORE_DRAWS", 300)
    held = {False: 0, True: 0}
    rng = np.random.default_rng(1)
    for _ in range(60):
        steps = rng.normal(size=300)
        for at in range(1, 300):
            steps[at] += 0.98 * steps[at - 1]
        errors = steps[200:]
        for ordered in held:
            truth = Truth(np.zeros(100), np.arange(100) // 10, ordered)
            found = final_score("neg_mean_squared_error", NUMBER, truth, errors[:, None], None)
            held[ordered] += found.ci95[0] <= -1 / (1 - 0.98**2) <= found.ci95[1]
    assert held[True] >= held[False] + 8
