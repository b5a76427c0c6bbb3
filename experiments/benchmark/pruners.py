"""What pruning saves: the same study with different pruners, until it has the same selection score.

Of the studies that differ in nothing but the pruner, the one that ends with the lowest best score gives the target:
that score less one standard error of its mean over the folds (the smallest difference that means something; Breiman and
others, 1984, Classification and Regression Trees, section 3.4.3). So all of them reach it, and what counts is when: the
epochs of the trials told until then, which no clock disturbs, and the seconds. The search alone is timed, without the
test set, tracking or a report.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from statistics import median
from typing import Any

from experiments.config.candidate import Preprocessing
from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.config.study_file import parse_spec, read_spec
from experiments.data.prepare import prepare, preprocessed_folds
from experiments.data.readers.builtin import FOLDER_VARIABLE
from experiments.search.executors.base import blas_kernel, map_future
from experiments.search.executors.local import LocalExecutor
from experiments.search.executors.shared_data import DataReference, share_folds
from experiments.search.executors.worker import run_trial
from experiments.search.loop import search
from experiments.search.pruning import quiet_optuna
from experiments.search.trial import TrialResult, TrialTask
from nnet.blas import computing_environment, cpu_flags

COMPARED = ("none", "median", "successive_halving", "hyperband")
STUDIES: dict[str, int | None] = {"digits": None, "mnist": 6000}  # and how many of its rows


@dataclass(frozen=True)
class Step:
    """A trial that was told: when, after how many epochs of all trials, and what it brought."""

    seconds: float
    epochs: int
    result: TrialResult


@dataclass(frozen=True)
class PrunerRow:
    """A study with one pruner; medians over the study's seeds.

    score:             the best cv_mean at the end.
    pruned:            share of the trials.
    seconds_to_target: until the score was within a standard error of what every pruner came to.
    """

    study: str
    pruner: str
    score: float
    pruned: float
    seconds: float
    epochs: float
    seconds_to_target: float
    epochs_to_target: float


def compare_pruners(trials: int, seeds: int, environ: Mapping[str, str]) -> tuple[list[PrunerRow], list[str]]:
    """The rows of the shipped studies, and a line for each that was left out.

    Args:
        environ: may name the folder of MNIST's files.
    """
    rows, left_out = [], []
    for name, count in STUDIES.items():
        if name == "mnist" and not environ.get(FOLDER_VARIABLE):
            left_out.append(f"{name} is left out: {FOLDER_VARIABLE} names no folder with its files")
            continue
        fewer = [] if count is None else [f"data.rows={count}"]
        spec = read_spec(Path("studies") / f"{name}.toml", [f"search.trials={trials}", *fewer])
        rows += compare_study(spec, COMPARED, seeds, environ)
    return rows, left_out


def compare_study(spec: StudySpec, pruners: Sequence[str], seeds: int, environ: Mapping[str, str]) -> list[PrunerRow]:
    """One row a pruner."""
    quiet_optuna()
    workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    environment = computing_environment(blas_kernel(), cpu_flags(), environ)
    with tempfile.TemporaryDirectory() as work, LocalExecutor(workers, environment, Path(work)) as processes:
        data = prepare(spec, environ)
        spec = spec.with_inferred_settings(data.target.task, data.folds.splitter)
        folds = preprocessed_folds(data.development, data.folds, Preprocessing())
        reference = share_folds(folds, data.target, processes.share)
        processes.wait_for_workers()
        _timed_search(with_pruner(spec, "none", 0, trials=workers), processes, reference)  # what loads at first use
        runs = {
            (pruner, seed): _timed_search(with_pruner(spec, pruner, seed), processes, reference)
            for seed in range(seeds)
            for pruner in pruners
        }
    return pruner_rows(spec.study.name, runs)


def pruner_rows(study: str, runs: Mapping[tuple[str, int], Sequence[Step]]) -> list[PrunerRow]:
    """The rows of runs by pruner and seed."""
    seeds = {seed for _, seed in runs}
    targets = {seed: target_of([steps for (_, one), steps in runs.items() if one == seed]) for seed in seeds}

    def row(pruner: str) -> PrunerRow:
        ours = {seed: steps for (name, seed), steps in runs.items() if name == pruner}
        reached = [_first_at(steps, targets[seed]) for seed, steps in ours.items()]
        return PrunerRow(
            study=study,
            pruner=pruner,
            score=median(_value(_best(steps)) for steps in ours.values()),
            pruned=median(sum(step.result.reason == "pruned" for step in it) / len(it) for it in ours.values()),
            seconds=median(steps[-1].seconds for steps in ours.values()),
            epochs=median(steps[-1].epochs for steps in ours.values()),
            seconds_to_target=median(step.seconds for step in reached),
            epochs_to_target=median(step.epochs for step in reached),
        )

    return [row(pruner) for pruner in dict.fromkeys(name for name, _ in runs)]


def target_of(runs: Sequence[Sequence[Step]]) -> float:
    """The lowest of the runs' best scores, less one standard error of it."""
    lowest = min((_best(steps) for steps in runs), key=_value)
    return _value(lowest) - (lowest.cv_std or 0.0) / sqrt(len(lowest.fold_scores))


def with_pruner(spec: StudySpec, pruner: str, seed: int, **changes: Any) -> StudySpec:
    """The study with another pruner, with its own defaults, and another seed."""
    document = spec.to_document()
    table = {key: value for key, value in document["search"].items() if key != "pruner_options"}
    study = {**document["study"], "seed": seed}
    return parse_spec({**document, "study": study, "search": {**table, "pruner": pruner, **changes}}, spec.study.name)


def _timed_search(spec: StudySpec, processes: LocalExecutor, reference: DataReference) -> list[Step]:
    start, epochs = time.perf_counter(), 0
    steps: list[Step] = []

    def evaluated(task: TrialTask) -> Future[TrialResult]:
        return map_future(processes.submit(run_trial, task, reference), lambda found: found.result)

    for one in search(spec, Space(spec), [], evaluated):
        epochs += max(one.result.curves.epochs, default=0)
        steps.append(Step(time.perf_counter() - start, epochs, one.result))
    return steps


def _best(steps: Sequence[Step]) -> TrialResult:
    return max((step.result for step in steps if step.result.value is not None), key=_value)


def _first_at(steps: Sequence[Step], target: float) -> Step:
    return next(step for step in steps if step.result.value is not None and step.result.value >= target)


def _value(result: TrialResult) -> float:
    assert result.value is not None
    return result.value
