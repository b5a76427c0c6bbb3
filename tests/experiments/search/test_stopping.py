from __future__ import annotations

import pytest

from experiments.config.spec import SearchSection
from experiments.search.cross_validation import result_of
from experiments.search.journal_reader import JournalView
from experiments.search.stopping import Budget, end_of, possible_trials
from experiments.search.trial import Curves, FinishedTrial, TrialResult


def result(number: int, *scores: float) -> TrialResult:
    """A COMPLETE trial with these fold scores, or a pruned one without any."""
    curves = (
        Curves((1,), (scores,), ((0.0,) * len(scores),), ((0.0,) * len(scores),)) if scores else Curves((), (), (), ())
    )
    return result_of(number, "COMPLETE" if scores else "PRUNED", "" if scores else "diverged", curves, 1)


def results(*means: float | None, spread: float = 0.0) -> list[TrialResult]:
    """Trials of two folds whose scores lie so far from their mean; the standard error is then the spread."""
    return [
        result(number) if mean is None else result(number, mean - spread, mean + spread)
        for number, mean in enumerate(means)
    ]


def test_the_helpers_spread_is_the_standard_error() -> None:
    (one,) = results(0.5, spread=0.1)
    assert (one.cv_std or 0) / 2**0.5 == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("means", "spread", "patience", "end"),
    [
        ((0.5, 0.4, 0.4, 0.4), 0.0, 3, 4),
        ((0.5, 0.4, 0.4, 0.4), 0.0, 4, None),
        ((0.5, 0.4, 0.4, 0.4), 0.0, 0, None),
        ((0.5, 0.4, 0.6, 0.4, 0.4, 0.9), 0.0, 2, 5),
        ((0.5, None, None, 0.9), 0.0, 2, 3),
        ((None, None), 0.0, 2, 2),
        ((0.5, 0.55, 0.58, 0.59), 0.1, 3, 4),
        ((0.5, 0.55, 0.61, 0.62), 0.1, 3, None),
        ((0.5, 0.5, 0.5), 0.0, 2, 3),
    ],
)
def test_patience_ends_after_so_many_trials_without_a_gain_beyond_the_standard_error(
    means: tuple[float | None, ...], spread: float, patience: int, end: int | None
) -> None:
    assert end_of(results(*means, spread=spread), patience) == end


def test_small_steps_add_up_to_an_improvement() -> None:
    creeping = results(0.50, 0.54, 0.58, 0.62, 0.66, 0.70, spread=0.1)
    assert end_of(creeping, 4) is None


def test_a_budget_counts_over_all_runs_and_never_below_zero() -> None:
    now = [100.0]
    budget = Budget(60.0, 20.0, lambda: now[0])
    assert (budget.spent, budget.left) == (20.0, 40.0)
    now[0] += 30
    assert (budget.spent, budget.left) == (50.0, 10.0)
    now[0] += 30
    assert (budget.spent, budget.left) == (80.0, 0.0)
    assert Budget(None, 20.0, lambda: now[0]).left is None


@pytest.mark.parametrize(
    ("search", "means", "spent", "possible"),
    [
        (SearchSection(trials=5), (0.5, 0.5), 0.0, range(5, 6)),
        (SearchSection(trials=5, patience=3), (), 0.0, range(1, 6)),
        (SearchSection(trials=5, patience=3), (0.5, 0.5), 0.0, range(3, 6)),
        (SearchSection(trials=5, patience=1), (0.5, 0.5), 0.0, range(2, 3)),
        (SearchSection(trials=5, budget_minutes=1), (0.5, 0.5), 59.0, range(3, 6)),
        (SearchSection(trials=5, budget_minutes=1), (0.5, 0.5), 61.0, range(2, 3)),
        (SearchSection(trials=2, budget_minutes=1), (0.5, 0.5), 59.0, range(2, 3)),
    ],
)
def test_how_many_trials_a_study_can_come_to(
    search: SearchSection, means: tuple[float, ...], spent: float, possible: range
) -> None:
    view = JournalView(trials=tuple(FinishedTrial({}, one) for one in results(*means)), spent=spent)
    assert possible_trials(view, search) == possible
