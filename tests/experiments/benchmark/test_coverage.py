"""How draws are counted whose intervals hold the truth, and a few real draws."""

from __future__ import annotations

from typing import Any

import pytest

from experiments.benchmark import coverage
from experiments.benchmark.coverage import BEST, coverage_lines, drawn, measure_coverage
from experiments.evaluation.statistics.intervals import wilson_interval
from experiments.search.executors.serial import SerialExecutor

pytestmark = pytest.mark.slow


def draw(best: float, accuracy: float, test: bool, folds: tuple[float, float]) -> dict[str, Any]:
    held = folds[0] <= accuracy <= folds[1]
    shares = {"wilson": test, "likelihood": test, "fold_model": held}
    return {"best": best, "accuracy": accuracy, **shares, "folds_low": folds[0], "folds_high": folds[1]}


NEAR, OTHER, FAR = (
    draw(0.7, 0.68, True, (0.6, 0.67)),
    draw(0.7, 0.62, True, (0.6, 0.67)),
    draw(0.9, 0.88, False, (0.8, 0.95)),
)


def test_draws_are_counted_for_each_distance_and_together() -> None:
    near, far, everything = coverage_lines([FAR, NEAR, OTHER])
    assert (near["best"], near["draws"], far["best"], far["draws"]) == (0.7, 2, 0.9, 1)
    assert (near["accuracy"], near["lowest"], near["highest"]) == (pytest.approx(0.65), 0.62, 0.68)
    shares = ("wilson", "likelihood", "fold_model", "fold_procedure")
    assert [near[share] for share in shares] == [1.0, 1.0, 0.5, 1.0]
    assert [far[share] for share in shares] == [0.0, 0.0, 1.0, 1.0]
    assert (everything["best"], everything["draws"]) == (None, 3)
    assert [everything[share] for share in shares] == [pytest.approx(2 / 3)] * 3 + [1.0]
    assert (everything["ci95_low"], everything["ci95_high"]) == wilson_interval(2, 3)


def test_an_interval_that_covers_too_often_is_wrong_too() -> None:
    def held(count: int) -> bool:
        draws = [draw(0.7, 0.68, number < count, (0.6, 0.7)) for number in range(1000)]
        return bool(coverage_lines(draws)[-1]["held"])

    assert [held(count) for count in (939, 940, 965, 966)] == [False, True, True, False]


def test_draws_are_functions_of_their_seeds_as_many_for_each_distance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "TRUTH", 5000)
    first = drawn(0.9, (0, 1))
    assert 0.75 < first["accuracy"] < 0.92
    assert drawn(0.9, (0, 1)) == first != drawn(0.9, (0, 2))
    *levels, everything = measure_coverage(2 * len(BEST) - 1, SerialExecutor())
    assert [(line["best"], line["draws"]) for line in levels] == [(best, 2) for best in BEST]
    assert everything["draws"] == 2 * len(BEST)
    assert everything["lowest"] > 0.5
    assert everything["wilson"] >= 0.75
    accuracies = [line["accuracy"] for line in levels]
    assert accuracies == sorted(accuracies)
