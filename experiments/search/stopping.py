"""Early ends of a search: a rule on the finished trials, or a budget of time.

In both cases the study becomes that of the trials that have finished; running trials are dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt

from experiments.config.spec import SearchSection
from experiments.search.journal_reader import JournalView
from experiments.search.trial import TrialResult


class Patience:
    """The rule that ends a search after some trials without an improvement greater than the fold standard error.

    The standard error is that of the best value so far, cv_std / sqrt(folds): a smaller gain may be luck of the folds.

    Args:
        trials: number of trials in a row, of any state; 0 for no end.
    """

    def __init__(self, trials: int):
        self._trials = trials
        self._since = 0
        self._best: float | None = None
        self._margin = 0.0

    def update(self, result: TrialResult) -> bool:
        """Add the next finished trial, and return True if the search ends with it."""
        self._since += 1
        if result.value is not None and (self._best is None or result.value > self._best + self._margin):
            self._best, self._since = result.value, 0
            self._margin = (result.cv_std or 0.0) / sqrt(len(result.fold_scores))
        return 0 < self._trials <= self._since


def end_of(results: Sequence[TrialResult], patience: int) -> int | None:
    """Return the number of trials after which the rule ends the search; None where it does not end it."""
    rule = Patience(patience)
    return next((number for number, result in enumerate(results, 1) if rule.update(result)), None)


def possible_trials(view: JournalView, search: SearchSection) -> range:
    """Return the numbers of trials that a study with this journal can end with."""
    results, finished = [trial.result for trial in view.trials], len(view.trials)
    if 0 < search.budget_minutes * 60 <= view.spent or end_of(results, search.patience) == finished:
        return range(finished, finished + 1)
    may_end_early = search.patience or search.budget_minutes
    return range(finished + 1 if may_end_early and finished < search.trials else search.trials, search.trials + 1)


class Budget:
    """The wall-clock time of a study, counted over all its runs.

    Args:
        seconds: limit over all runs; None for no limit.
        spent:   seconds of earlier runs.
        clock:   returns seconds since any moment, and ignores changes of the date, such as `time.monotonic`.
    """

    def __init__(self, seconds: float | None, spent: float, clock: Callable[[], float]):
        self._seconds, self._spent, self._clock = seconds, spent, clock
        self._start = clock()

    @property
    def spent(self) -> float:
        """Return the seconds so far, including this run."""
        return self._spent + self._clock() - self._start

    @property
    def left(self) -> float | None:
        """Return the seconds left, at least 0; None without a limit."""
        return None if self._seconds is None else max(0.0, self._seconds - self.spent)
