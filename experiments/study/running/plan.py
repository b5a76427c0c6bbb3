"""`tune --plan`: a study's data, its state and a forecast measured here. Runs no trial, leaves no file."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
import optuna
from numpy.typing import NDArray
from rich.console import Console
from rich.filesize import decimal
from rich.table import Table
from rich.text import Text

from experiments.config.candidate import Candidate
from experiments.config.readable import count
from experiments.config.spec import StudySpec
from experiments.config.toml import study_file
from experiments.data.splits.outer_folds import outer_folds
from experiments.errors import SearchError
from experiments.evaluation.scoring.baselines import load_estimators
from experiments.evaluation.scoring.ledger_place import find_ledger
from experiments.evaluation.statistics.intervals import wilson_interval
from experiments.reports.metrics import metric_label
from experiments.search.context import StudyContext, prepare_study
from experiments.search.executors.base import Executor, WorkerLost
from experiments.search.executors.epoch_timing import epoch_seconds
from experiments.search.executors.one_kernel import one_kernel
from experiments.search.inputs import Inputs, share_inputs
from experiments.search.journal_reader import view_journal
from experiments.search.pruning import quiet_optuna
from experiments.search.samplers import check_installed
from experiments.search.trial import PrunerChoice, TrialTask
from experiments.study.command.process import call
from experiments.study.command.time_left import duration
from experiments.study.folders.folder import StudyFolder
from experiments.study.running.admission import check_folder, view_of
from experiments.study.running.columns_line import columns_line
from experiments.study.running.default_rows import default_rows, with_note
from experiments.study.running.memory import free, held_by_children, peak_of_this_process, shortage, still_to_come
from experiments.study.running.options import Options, has_arithmetic, open_executor_of, study_environment
from experiments.tracking.uris import artifacts_of, database_of, masked

SECONDS = 2.5  # after which no other configuration is timed
ENOUGH = 64  # configurations, after which none is timed either
EPOCHS = 2  # of a configuration that is timed
OUTER_WIDTH = "95%, approximate: its width depends on how the scores of the outer folds differ, and is not known yet"
STOPPED = 0.5  # share of its epochs that a trial is assumed to run, if patience or a pruner may end it
ACCURACIES = (0.8, 0.9, 0.95, 0.99)  # for which the width of the test interval is printed


@dataclass(frozen=True)
class Calibration:
    """Measurements of configurations that were trained for a few epochs, in all workers at once.

    epochs: mean seconds of an epoch of each, on all rows of all folds.
    memory: bytes of the command and its workers together, at most, with what comes after the search.
    """

    epochs: tuple[float, ...]
    memory: int


def print_plan(console: Console, spec: StudySpec, options: Options) -> None:
    """Print the resolved study and the facts that are known before it runs; readable in 80 columns.

    The data is loaded, the folder and the ledger are read, and configurations are timed in workers like those that
    would compute the study.

    Raises:
        ExperimentError: the study itself would be refused.
    """
    check_installed(spec.search)
    if not has_arithmetic(spec, options):
        return call(study_environment(spec, options), print_plan, console, spec, options)
    start = time.perf_counter()
    quiet_optuna()
    folder = StudyFolder(options.folder)
    with (
        tempfile.TemporaryDirectory(prefix="plan-") as shared,
        open_executor_of(options, StudyFolder(Path(shared))) as executor,
    ):
        study = check_folder(prepare_study(spec), folder, options)
        study = with_note(study, default_rows(study, folder, options))
        trials = view_of(folder, options).trials
        seen = _earlier_tests(study, options)
        inputs = share_inputs(study.space, study.data, executor.share)
        there = executor.wait_for_workers()
        kernel, workers = one_kernel(there, trials, study.spec.study.arithmetic), min(options.workers, len(there))
        measured = calibrate(study, inputs, executor, workers)
    options, where = replace(options, workers=workers), f"{count(workers, 'worker')} (BLAS {kernel or 'unnamed'})"
    rounds = (study.spec.search.trials - len(trials) + outer_trials(study, options, folder)) / workers
    width = interval_widths(study.spec.cv.metric, len(study.data.test), study.data.test.groups)
    tests = [("test interval", width if study.spec.cv.outer is None else OUTER_WIDTH), ("test rows", seen)]
    console.print(Text(study_file(study.spec.to_document())), soft_wrap=True)
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    search, cost = search_facts(study, options, len(trials)), costs(study, measured, rounds, where)
    for label, fact in [*search, *cost, *tests, *_places(options, folder)]:
        table.add_row(Text(label), Text(fact))
    table.add_row("", f"planned in {time.perf_counter() - start:.1f} s; no trial was run and nothing was written")
    console.print(table)


def calibrate(study: StudyContext, inputs: Inputs, executor: Executor, workers: int) -> Calibration:
    """Train configurations for a few epochs in all workers, until they are enough or the time is up.

    Of a large table some rows are taken.

    Raises:
        SearchError: the workers are lost.
    """
    spec, candidates = study.spec, random_candidates(study)
    epochs: list[float] = []
    held = 0

    def submit() -> Future[float]:
        candidate = next(candidates)
        task = TrialTask(0, candidate, spec.study.seed, spec.cv.metric, PrunerChoice("none"))
        return executor.submit(epoch_seconds, task, inputs[candidate.preprocessing])

    try:
        for first in [submit() for _ in range(workers)]:  # in which each worker imports what it needs
            first.result()
        end, running = time.perf_counter() + SECONDS, {submit() for _ in range(workers)}
        while running:
            done, running = wait(running, timeout=0.1, return_when=FIRST_COMPLETED)
            held = max(held, held_by_children())
            for future in done:
                epochs.append(future.result())
                if len(epochs) < ENOUGH and time.perf_counter() < end:
                    running.add(submit())
        for loaded in [executor.submit(load_estimators) for _ in range(workers)]:  # as baselines do
            loaded.result()
        held = max(held, held_by_children())
    except WorkerLost as error:
        raise SearchError(f"configurations of this space cannot be timed here: {error}") from None
    return Calibration(tuple(epochs), peak_of_this_process() + held + still_to_come(inputs, workers))


def random_candidates(study: StudyContext) -> Iterator[Candidate]:
    """Yield the default and then configurations of the space at random, each to be trained for a few epochs."""
    space, drawn = study.space, optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=study.spec.study.seed))
    distributions, params = dict(sorted(space.distributions.items())), dict(space.default)
    while True:
        candidate = space.candidate(params)
        average = min(candidate.training.average_epochs, EPOCHS)
        yield replace(candidate, training=replace(candidate.training, epochs=EPOCHS, average_epochs=average))
        params = drawn.ask(fixed_distributions=distributions).params


def interval_widths(metric: str, rows: int, groups: NDArray[Any] | None = None) -> str:
    """Say what is known of the test score's interval before there is a score.

    >>> interval_widths("accuracy", 360)
    '95% Wilson, ±0.041 if the accuracy is 0.8; ±0.031 at 0.9; ±0.023 at 0.95; ±0.012 at 0.99'
    """
    if metric != "accuracy" or groups is not None:
        over = f"{rows} rows" if groups is None else f"{len(np.unique(groups))} groups"
        return f"95% by bootstrap, of a width that depends on how {metric_label(metric)} varies over the {over}"
    intervals = [wilson_interval(round(accuracy * rows), rows) for accuracy in ACCURACIES]
    halves = [f"±{(high - low) / 2:.3f}" for low, high in intervals]
    more = [f"{half} at {accuracy:g}" for accuracy, half in zip(ACCURACIES[1:], halves[1:], strict=True)]
    return "; ".join([f"95% Wilson, {halves[0]} if the accuracy is {ACCURACIES[0]:g}", *more])


def outer_trials(study: StudyContext, options: Options, folder: StudyFolder) -> float:
    """Count the trials that the outer studies still have to run, each by its rows as a share of all rows."""
    folds, development = study.spec.cv.outer, study.data.development
    if folds is None or options.planned is not None:
        return 0.0
    pairs = outer_folds(development, folds, study.spec.data.split_seed)
    left = 0.0
    for fold, (learned, _) in enumerate(pairs, 1):
        finished = 0 if options.fresh else len(view_journal(folder.outer(fold).journal).trials)
        left += max(0, study.spec.search.trials - finished) * len(learned) / len(development.y)
    return left


def search_facts(study: StudyContext, options: Options, finished: int) -> Iterator[tuple[str, str]]:
    spec, data = study.spec, study.data
    predicted = f"{len(data.target.classes)} classes" if data.target.classes else "a number to predict"
    yield "data", f"{data.name}: {data.rows} rows, {data.features} features, {predicted}"
    if data.reading is not None:
        yield "columns", columns_line(data, data.reading)
    development, folds = len(data.development.y), len(data.folds.pairs)
    tested = f"{len(data.test)} test rows"
    if spec.cv.outer is not None:
        tested += f" in {spec.cv.outer} outer folds, each of which has a search of its own over other rows"
    yield "split", f"{development} development rows in {folds} folds, {tested}"
    yield from (("", note) for note in data.notes)
    searched = sum(not distribution.single() for distribution in study.space.distributions.values())
    trials = count(spec.search.trials, "trial")
    if options.planned is not None:
        trials = f"a try of {spec.search.trials} of {options.planned} trials"
    trials += f", {finished} of them finished" if finished else ""
    running = f"at most {spec.search.lookahead} at a time, {count(options.workers, 'worker')}"
    yield "search", f"{searched} hyperparameters; {trials}; {running}"
    ends = [f"{spec.search.patience} trials without a gain"] if spec.search.patience else []
    ends += [f"{spec.search.budget_minutes:g} minutes, over all runs"] if spec.search.budget_minutes else []
    if ends:
        yield "", f"it ends sooner after {' or '.join(ends)}"


def costs(study: StudyContext, measured: Calibration, rounds: float, where: str) -> Iterator[tuple[str, str]]:
    """Say the expected time, memory and disk.

    Args:
        rounds: trials of a worker.
        where:  the workers in which the configurations were measured.
    """
    spec, target = study.spec, study.data.target
    seconds = rounds * spec.training.epochs * mean(measured.epochs)
    time = f"about {duration(seconds)}"
    if spec.training.patience or spec.search.pruner != "none":
        time = f"about {duration(STOPPED * seconds)} if trials run {STOPPED:.0%} of their epochs, at most {time}"
    searches = "search" if spec.cv.outer is None else f"{spec.cv.outer + 1} searches"
    time = f"{time} for the {searches}" if rounds else "nothing is left to search"
    yield "time", f"{time}; then come refit, baselines and report"
    yield "", f"from {len(measured.epochs)} configurations timed in {where}"
    yield "memory", f"about {decimal(measured.memory)} in the command and its workers; {decimal(free())} are free here"
    if short := shortage(measured.memory):
        yield "", f"that is {short}"
    rows = sum(len(validation) for _, validation in study.data.folds.pairs)
    outputs = spec.search.trials * rows * (spec.cv.outer or 1) * (4 * target.outputs if target.classes else 8)
    yield "disk", f"at most {decimal(outputs)} of out-of-fold outputs"


def _earlier_tests(study: StudyContext, options: Options) -> str:
    """Say in how many tests the test rows were used before; nothing is moved or written."""
    ledger = find_ledger(options.ledger)
    past = ledger.read(study.identity, study.data.test.known_by)
    if not past.looks:
        return f"no study of {ledger.path} has used them"
    uses = []
    if others := past.looks - past.own:
        uses.append(f"{others:,} by others, at most {past.largest_overlap:.0%} of them at once")
    if past.own:
        uses.append(f"{past.own:,} by this study, which cannot be tested again after another number of trials")
    return f"by {ledger.path}, used in {count(past.looks, 'test')}: {'; '.join(uses)}"


def _places(options: Options, folder: StudyFolder) -> Iterator[tuple[str, str]]:
    here = f"{Path.cwd()}{os.sep}"
    yield "folder", f"{folder.path}{' (another command is running it now)' if folder.is_running() else ''}"
    yield "MLflow", masked(options.tracking_uri).replace(here, "")
    if (database := database_of(options.tracking_uri)) is not None:
        yield "artifacts", str(artifacts_of(database)).replace(here, "")
    yield "ledger", "not written: the test set stays sealed" if options.look == "leave" else str(options.ledger)
