"""Whether intervals hold the truth: how draws are counted, and a few of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from experiments.benchmark import coverage
from experiments.benchmark.coverage import BEST, Draw, coverage_rows, drawn, measure_coverage
from experiments.evaluation.statistics import wilson_interval
from experiments.search.executors.serial import SerialExecutor

NEAR = Draw(best=0.7, accuracy=0.68, wilson=(0.6, 0.7), log_loss=-0.6, bootstrap=(-0.7, -0.5), folds=(0.6, 0.67))
FAR = Draw(best=0.9, accuracy=0.88, wilson=(0.8, 0.86), log_loss=-0.3, bootstrap=(-0.4, -0.35), folds=(0.8, 0.95))


def test_draws_are_counted_for_each_distance_and_together() -> None:
    other = replace(NEAR, accuracy=0.62)
    near, far, everything = coverage_rows([FAR, NEAR, other])
    assert (near.best, near.draws, far.best, far.draws) == (0.7, 2, 0.9, 1)
    assert (near.accuracy, near.lowest, near.highest) == (pytest.approx(0.65), 0.62, 0.68)
    assert (near.wilson, near.bootstrap, near.fold_model, near.fold_procedure) == (1.0, 1.0, 0.5, 1.0)
    assert (far.wilson, far.bootstrap, far.fold_model, far.fold_procedure) == (0.0, 0.0, 1.0, 1.0)
    assert (everything.best, everything.draws) == (None, 3)
    assert everything.wilson == everything.bootstrap == everything.fold_model == pytest.approx(2 / 3)
    assert everything.fold_procedure == 1.0
    assert everything.ci95 == wilson_interval(2, 3)


@pytest.mark.parametrize(("share", "held"), [(0.939, False), (0.94, True), (0.965, True), (0.966, False)])
def test_an_interval_that_covers_too_often_is_wrong_too(share: float, held: bool) -> None:
    assert replace(coverage_rows([NEAR])[-1], wilson=share).held is held


def test_a_draw_is_a_function_of_its_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "TRUTH", 5000)
    draw = drawn(0.9, (0, 1))
    assert 0.75 < draw.accuracy < 0.92
    assert draw.wilson[0] < 0.88 < draw.wilson[1]
    assert draw.bootstrap[0] - 0.1 < draw.log_loss < draw.bootstrap[1] + 0.1 < 0.1
    assert drawn(0.9, (0, 1)) == draw != drawn(0.9, (0, 2))


def test_every_distance_gets_as_many_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "TRUTH", 5000)
    *levels, everything = measure_coverage(2 * len(BEST) - 1, SerialExecutor())
    assert [(one.best, one.draws) for one in levels] == [(best, 2) for best in BEST]
    assert everything.draws == 2 * len(BEST)
    assert everything.lowest > 0.5
    accuracies = [one.accuracy for one in levels]
    assert accuracies == sorted(accuracies)
