"""The parts of a long or large study, each measured: python -m experiments.benchmark.large_steps trials|rows

It runs in a folder with the finished study `large`, and prints a line of JSON for each part.
"""

from __future__ import annotations

import json
import os
import pickle
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from experiments.benchmark.measure import peak_mb
from experiments.config.candidate import NUMBERS, Preprocessing
from experiments.config.study_file import read_spec
from experiments.search.executors.serial import SerialExecutor

T = TypeVar("T")
STUDY = Path("studies") / "large"
PROPOSED = 40  # trials that are proposed and recorded beyond those of the study
CONFIGURATIONS = 4  # of the bootstrap


def measure(what: str, work: Callable[[], T]) -> T:
    """Do a part's work; print its name, its seconds of processor time and the most memory that the process held."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")  # Linux counts the peak anew
    start = time.process_time()
    result = work()
    seconds = time.process_time() - start
    print(json.dumps({"what": what, "seconds": seconds, "peak_mb": peak_mb()}), flush=True)
    return result


def steps_of_trials() -> None:
    """Measure what reads, writes or goes on with a study of many trials."""
    from experiments.reports.render import render
    from experiments.reports.trials_csv import trials_csv
    from experiments.search.context import prepare_study
    from experiments.search.executors.base import future_of
    from experiments.search.journal import Journal
    from experiments.search.journal_reader import view_journal
    from experiments.search.loop import search
    from experiments.search.pruners import pruner_choice, pruning_history
    from experiments.search.pruning import VisibleStudy, quiet_optuna
    from experiments.search.trial import FinishedTrial, TrialResult, TrialTask, VisibleTrials
    from experiments.study.folders.finished_files import write_results
    from experiments.study.folders.results_file import read_own_results

    quiet_optuna()
    spec = read_spec(STUDY.with_suffix(".toml"))
    trials = measure("journal, read", lambda: view_journal(STUDY / "journal.log")).trials
    result = measure("results.json, read", lambda: read_own_results(STUDY / "results.json")).result
    measure("results.json, written", lambda: write_results(STUDY / "again.json", result))
    measure("trials.csv", lambda: trials_csv(result, [trial.result for trial in trials]))
    measure("report, rendered", lambda: render(result, [trial.result for trial in trials], None))
    study = prepare_study(spec.with_trials(len(trials) + PROPOSED + spec.search.lookahead))

    def submit(task: TrialTask) -> Future[TrialResult]:
        return future_of(replace(trials[task.number % len(trials)].result, number=task.number))

    def append(number: int, come: Iterator[FinishedTrial]) -> None:
        for _ in range(number):
            journal.append(next(come), study.space.distributions, inside=True)

    journal = Journal(STUDY / "again.log")
    coming = search(study.spec, study.space, trials, submit)
    measure("resume, until the next trial", lambda: append(1, coming))
    measure(f"{PROPOSED - 1} trials, proposed and recorded", lambda: append(PROPOSED - 1, coming))
    choice = pruner_choice(spec.search.pruner, spec.search.pruner_options.model_dump(exclude_none=True))
    histories = [pruning_history(trial.result, choice) for trial in trials]
    shown = VisibleStudy()

    def show() -> None:
        visible = VisibleTrials()
        for history in histories:
            visible = visible.plus(history)
            shown.show(pickle.loads(pickle.dumps(visible)))  # noqa: S301 - as a task brings them to a worker

    measure("pruner, all trials shown in turn", show)


def steps_of_rows() -> None:
    """Measure what reads, splits, preprocesses, keeps and draws many rows."""
    from experiments.config.regular_file import write_atomically
    from experiments.data.columns.target_type import labelled
    from experiments.data.identity.row_hashes import save_row_hashes
    from experiments.data.load import load_table
    from experiments.data.prepare import preprocessed_folds
    from experiments.data.source_digest import source_digest
    from experiments.data.splits.copies import with_copies
    from experiments.data.splits.folds import make_folds
    from experiments.data.splits.split import split, table_fingerprint
    from experiments.evaluation.analysis.diagnostics import predictions
    from experiments.evaluation.analysis.selection_bias import Candidates, selection
    from experiments.evaluation.statistics.intervals import bootstrap_interval
    from experiments.evaluation.uncertainty.of_predictions import Development, OutOfFold, uncertainty_of
    from experiments.evaluation.validation_rows import validation_file, validation_rows
    from experiments.search.out_of_fold import fingerprint, npy

    spec = read_spec(STUDY.with_suffix(".toml"))
    data, cv = spec.data, spec.cv.model_copy(update={"splitter": "StratifiedKFold"})
    measure("digest of the source", lambda: source_digest(data, os.environ))
    table = measure("reading", lambda: load_table(data, os.environ))
    table, _ = measure("copies, check", lambda: with_copies(table, data.copies))
    whole = measure("target", lambda: labelled(table, data.task))
    measure("fingerprint", lambda: table_fingerprint(table, whole.y))
    development, test = measure("test set, sealed", lambda: split(whole, data.test_size, data.split_seed))
    measure("hashes of the test rows", lambda: save_row_hashes(test.known_by))
    folds = measure("folds", lambda: make_folds(development, cv, data.split_seed))
    measure("file of the validation rows", lambda: validation_file(development, folds))
    for numbers in NUMBERS:
        if numbers != "piecewise":  # whose inputs are too many at the largest size, which is refused
            measure(f"inputs, {numbers}", lambda: preprocessed_folds(development, folds, Preprocessing(numbers)))  # noqa: B023
    validated = validation_rows(development, folds)
    random, share = np.random.default_rng(0), SerialExecutor().share
    outputs = [random.normal(size=(len(validated.y), 1)).astype(np.float32) for _ in range(CONFIGURATIONS)]
    content = npy(outputs[0])
    measure("out-of-fold file", lambda: (write_atomically(STUDY / "again.npy", content), fingerprint(content)))
    contents = [share(npy(each)) for each in outputs]
    candidates = Candidates((0.5,) * CONFIGURATIONS, (1,) * CONFIGURATIONS, 0)
    measure(
        f"corrected score of {CONFIGURATIONS} trials",
        lambda: selection(contents, "accuracy", whole.target, validated, candidates),
    )
    model, rows = OutOfFold(contents[0], are_probabilities=True), Development(validated, whole.target, "rows")
    measure("temperature and sets", lambda: uncertainty_of(model, None, rows))
    measure("errors and calibration", lambda: predictions(model, validated, whole.target))
    measure("bootstrap of the test rows", lambda: bootstrap_interval(random.normal(size=len(test))))


if __name__ == "__main__":
    (steps_of_trials if sys.argv[1] == "trials" else steps_of_rows)()
