"""trials.csv: the whole trial table, exact to the last bit and without times."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from statistics import stdev
from typing import Final

from experiments.evaluation.results import StudyResult, TrialRecord
from experiments.reports.formatting import all_parameters
from experiments.reports.trial_lengths import trained_epochs
from experiments.search.trial import TrialResult

FIXED: Final = ("number", "state", "reason", "value", "last", "epochs", "trained", "cv_std")


def trials_csv(result: StudyResult, trials: Sequence[TrialResult]) -> str:
    """A line for each trial, in number order; what a trial does not have is empty.

    Columns: number, state, reason, value (COMPLETE only), last, epochs (of the value), trained (the last epoch that was
    scored; empty of a trial that is not among `trials`), cv_std (over the folds, ddof 1), each parameter (named
    param_NAME where the name is one of the others), and fold_0 to fold_{F-1}, the scores at `epochs`. Floats are
    written so that reading gives the same bits; line ends are LF.
    """
    parameters = all_parameters(trial.params for trial in result.trials)
    folds = [f"fold_{fold}" for fold in range(max((len(trial.fold_scores) for trial in result.trials), default=0))]
    taken = {*FIXED, *folds}
    trained = trained_epochs(trials)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*FIXED, *(f"param_{name}" if name in taken else name for name in parameters), *folds])
    for trial in sorted(result.trials, key=lambda trial: trial.number):
        missing = [None] * (len(folds) - len(trial.fold_scores))
        row = [
            *_fixed(trial, trained.get(trial.number)),
            *(trial.params.get(name) for name in parameters),
            *trial.fold_scores,
            *missing,
        ]
        writer.writerow([_exact(value) for value in row])
    return out.getvalue()


def fold_deviation(fold_scores: Sequence[float]) -> float | None:
    """The standard deviation over the folds, ddof 1; None of fewer than two.

    >>> fold_deviation([0.5, 0.7]).__round__(4), fold_deviation([0.5])
    (0.1414, None)
    """
    return stdev(fold_scores) if len(fold_scores) > 1 else None


def _fixed(trial: TrialRecord, trained: int | None) -> list[object]:
    deviation = fold_deviation(trial.fold_scores)
    return [trial.number, trial.state, trial.reason, trial.value, trial.last, trial.epochs, trained, deviation]


def _exact(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)
