"""trials.csv: the whole trial table, exact to the last bit and without times."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from statistics import stdev
from typing import Any, Final

from experiments.evaluation.records.results import StudyResult
from experiments.reports.formatting import all_parameters
from experiments.search.trial import TrialResult

RECORDED: Final = ("number", "state", "reason", "value", "last", "epochs")
FIXED: Final = (*RECORDED, "trained", "cv_std")


def trials_csv(result: StudyResult, trials: Sequence[TrialResult]) -> str:
    """Write a line for each trial, in the order of their numbers; what a trial lacks is empty.

    Columns: number, state, reason, value (COMPLETE only), last, epochs (of the value), trained (the last epoch that was
    scored; empty for a trial that is not among `trials`), cv_std (over the folds, ddof 1), each parameter (named
    param_NAME where the name is one of the others), and fold_0 to fold_{F-1}, the scores at `epochs`. Floats are
    written so that reading gives the same bits; line ends are LF.
    """
    columns, rows = trial_rows(result, trials)
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: str(value).lower() if isinstance(value, bool) else value for name, value in row.items()})
    return out.getvalue()


def trial_rows(result: StudyResult, trials: Sequence[TrialResult]) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the names of the columns, and the rows of the trial table; a row has no key for what its trial lacks."""
    folds = [f"fold_{fold}" for fold in range(max((len(trial.fold_scores) for trial in result.trials), default=0))]
    names = all_parameters(trial.params for trial in result.trials)
    titles = {name: f"param_{name}" if name in (*FIXED, *folds) else name for name in names}
    trained = trained_epochs(trials)
    rows = []
    for trial in sorted(result.trials, key=lambda trial: trial.number):
        row: dict[str, Any] = {name: getattr(trial, name) for name in RECORDED}
        row |= {"trained": trained.get(trial.number), "cv_std": fold_deviation(trial.fold_scores)}
        row |= {titles[name]: value for name, value in trial.params.items()}
        rows.append(row | dict(zip(folds, trial.fold_scores, strict=False)))
    return [*FIXED, *titles.values(), *folds], rows


def fold_deviation(fold_scores: Sequence[float]) -> float | None:
    """Return the standard deviation over the folds, ddof 1; None with fewer than two folds.

    >>> fold_deviation([0.5, 0.7]).__round__(4), fold_deviation([0.5])
    (0.1414, None)
    """
    return stdev(fold_scores) if len(fold_scores) > 1 else None


def trained_epochs(trials: Sequence[TrialResult]) -> dict[int, int]:
    """Return the last scored epoch of each trial, by its number."""
    return {trial.number: max(trial.curves.epochs, default=0) for trial in trials}
