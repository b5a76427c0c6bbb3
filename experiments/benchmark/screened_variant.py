"""A variant of the default study on one split of a table: a random search and two refits.

The default and random configurations are cross-validated, every trial to its end. The default and the best of the
others are fitted again on all development rows and scored on the test rows.
"""

from __future__ import annotations

import numpy as np

from experiments.benchmark.gains import score_of
from experiments.benchmark.listed_tables import ListedTable
from experiments.benchmark.studies import final_outputs, searched, test_rows
from experiments.benchmark.tabulate import Line
from experiments.config.default_study import own_study
from experiments.config.target import Task
from experiments.evaluation.scoring.final_fits import FinalFits
from experiments.search.context import StudyContext, prepare_study
from experiments.search.executors.serial import SerialExecutor
from experiments.search.pruning import quiet_optuna
from experiments.search.trial import FinishedTrial, best_trial
from nnet.metrics import predicted_labels

ROWS = 2000  # largest number of rows, a seeded draw of larger tables
SEARCH = ("search.sampler=random", "search.pruner=none", "search.patience=0", "search.budget_minutes=0")
Variant = tuple[str, ...]  # settings as --set takes them


def screened(table: ListedTable, split: int, configurations: int, variant: Variant) -> Line:
    """Screen a variant on one split of a table, in this process.

    Returns:
        Test scores of the `winner`, the best of the random configurations, and of the `default`, None where it
        diverged; the `seconds` of the trials.
    """
    quiet_optuna()
    study, executor = screened_study(table, split, configurations, variant), SerialExecutor()
    default, *drawn = searched(study, executor)
    fits = FinalFits(study, executor)
    return {
        "winner": _test_score(table.task, fits, best_trial(drawn)),
        "default": _test_score(table.task, fits, best_trial([default])),
        "seconds": sum(trial.result.seconds for trial in (default, *drawn)),
    }


def screened_study(table: ListedTable, split: int, configurations: int, variant: Variant) -> StudyContext:
    """Load a table, or a seeded draw of its rows where there are many."""
    settings = settings_of(table, split, configurations, variant)
    study = prepare_study(own_study(str(table.file), None, settings)[0])
    if study.data.rows > ROWS:
        study = prepare_study(own_study(str(table.file), None, [*settings, f"data.rows={ROWS}"])[0])
    return study


def settings_of(table: ListedTable, split: int, configurations: int, variant: Variant) -> list[str]:
    """Return the settings of a study, as --set takes them."""
    search = [*SEARCH, f"search.trials={configurations + 1}"]  # trial 0 is the default
    return [*table.settings, f"data.split_seed={split}", *search, *variant]


def _test_score(task: Task, fits: FinalFits, trial: FinishedTrial | None) -> float | None:
    """Fit a trial's configuration on all development rows, and score it on the test rows; None if it diverged."""
    if trial is None:
        return None
    features, y = test_rows(fits.study)
    z = final_outputs(fits, trial, features)
    if not np.isfinite(z).all():
        return None
    return score_of(task, predicted_labels(z) if task == "classification" else z[:, 0], y)
