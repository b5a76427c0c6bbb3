"""When a search ends before it has spent its trials: by a rule on what was told, or because its time is up.

Either way the study is the one with as many trials as were told: what is in flight is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt

from experiments.config.spec import SearchSection
from experiments.search.trial import TrialResult


class Patience:
    """Ends a search after so many trials without an improvement greater than the fold standard error.

    The standard error is that of the best value so far, cv_std / sqrt(folds): a smaller gain may be luck of the folds.

    Args:
        trials: so many in a row, of any state; 0 for no end.
    """

    def __init__(self, trials: int):
        self._trials = trials
        self._since = 0
        self._best: float | None = None
        self._margin = 0.0

    def update(self, result: TrialResult) -> bool:
        """Take the next told trial in, and say whether the search ends with it."""
        self._since += 1
        if result.value is not None and (self._best is None or result.value > self._best + self._margin):
            self._best, self._since = result.value, 0
            self._margin = (result.cv_std or 0.0) / sqrt(len(result.fold_scores))
        return 0 < self._trials <= self._since


def end_of(results: Sequence[TrialResult], patience: int) -> int | None:
    """How many trials the rule leaves of these; None where it does not end the search."""
    rule = Patience(patience)
    return next((number for number, result in enumerate(results, 1) if rule.update(result)), None)


def possible_trials(results: Sequence[TrialResult], search: SearchSection, spent: float) -> range:
    """How many trials a study that holds these can come to.

    Args:
        spent: seconds of its budget.
    """
    told = len(results)
    if 0 < search.budget_minutes * 60 <= spent or end_of(results, search.patience) == told:
        return range(told, told + 1)
    open_ended = search.patience or search.budget_minutes
    return range(told + 1 if open_ended and told < search.trials else search.trials, search.trials + 1)


class Budget:
    """Wall-clock time of a study, counted over all its runs.

    Args:
        seconds: in all; None for no limit.
        spent:   in earlier runs.
        clock:   seconds since any moment, such as `time.monotonic`: one that no change of the date touches.
    """

    def __init__(self, seconds: float | None, spent: float, clock: Callable[[], float]):
        self._seconds, self._spent, self._clock = seconds, spent, clock
        self._start = clock()

    @property
    def spent(self) -> float:
        """Seconds so far, this run's included."""
        return self._spent + self._clock() - self._start

    @property
    def left(self) -> float | None:
        """Seconds left, 0 when there are none; None without a limit."""
        return None if self._seconds is None else max(0.0, self._seconds - self.spent)
