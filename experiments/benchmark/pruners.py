"""The savings by pruning: the same study with different pruners, its best score and the epochs that it took.

Epochs are of all trials, which no clock disturbs. The search alone is timed, without a test, tracking or a report.

The best score of a search is the more optimistic the more of its trials are complete. So the winner is cross-validated
once more, without a pruner, on folds that no search has seen.
"""

from __future__ import annotations

import os
import tempfile
import time
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from statistics import fmean
from typing import Any

import pandas as pd
from rich.console import Console

from experiments.benchmark.studies import search_trials, study_arithmetic
from experiments.benchmark.tabulate import Line, print_table
from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.config.study_file import parse_spec, read_spec
from experiments.data.prepare import StudyData, prepare
from experiments.data.readers.builtin import FOLDER_VARIABLE
from experiments.data.splits.folds import make_folds
from experiments.evaluation.analysis.tested_trials import best_of
from experiments.search.executors.base import Executor
from experiments.search.executors.local import LocalExecutor, usable_cores
from experiments.search.executors.worker import run_trial
from experiments.search.inputs import Inputs, share_inputs
from experiments.search.pruners import pruner_choice
from experiments.search.pruning import quiet_optuna
from experiments.search.trial import FinishedTrial, TrialTask

COMPARED: dict[str, dict[str, Any]] = {  # the table [search] of each, where a pruner has its own defaults
    "none": {"pruner": "none"},
    "median": {"pruner": "median"},
    **{
        f"successive_halving, {factor}": {
            "pruner": "successive_halving",
            "pruner_options": {"reduction_factor": factor},
        }
        for factor in (2, 3, 4)
    },
    "hyperband": {"pruner": "hyperband"},
}
REPEATS = 4  # divisions into new folds by which a winner is scored again
STUDIES: dict[str, list[str]] = {"digits": [], "mnist": ["data.rows=6000"]}  # and the settings of each
COLUMNS = {
    "study": "study",
    "pruner": "pruner",
    "best cv_mean": "score:.4f",
    "on new folds": "again:.4f",
    "pruned": "pruned:.0%",
    "epochs": "epochs:.0f",
    "s": "seconds:.1f",
}


def run(options: Namespace) -> Iterator[Line]:
    """Yield a line for each shipped study and pruner; MNIST needs a folder with its files."""
    for name, settings in STUDIES.items():
        if name != "mnist" or os.environ.get(FOLDER_VARIABLE):
            spec = read_spec(Path("studies") / f"{name}.toml", [f"search.trials={options.trials}", *settings])
            yield from compare_study(spec, COMPARED, options.seeds)


def show(lines: Sequence[Line], console: Console) -> None:
    """Print the table and what was left out."""
    print_table(console, lines, COLUMNS, section="study")
    console.print("Scores are means over seeds, the others medians.")
    if all(line["study"] != "mnist" for line in lines):
        console.print(f"mnist was left out: set {FOLDER_VARIABLE} to the folder with its files.")


def compare_study(spec: StudySpec, pruners: Mapping[str, Mapping[str, Any]], seeds: int) -> list[Line]:
    """Return a line for each pruner, over studies that differ in their seeds: means of scores, medians of the rest."""
    quiet_optuna()
    workers, lines = usable_cores(), list[Line]()
    with tempfile.TemporaryDirectory() as work, LocalExecutor(workers, study_arithmetic(), Path(work)) as executor:
        data = prepare(spec, os.environ)
        spec = spec.with_inferred_settings(data.target.task, data.folds.splitter, data.n_splits)
        inputs = share_inputs(Space(spec), data, executor.share)
        new_inputs = share_inputs(Space(spec), with_new_folds(spec, data), executor.share)
        executor.wait_for_workers()
        first = with_pruner(spec, {"pruner": "none", "trials": workers}, 0)
        list(search_trials(first, executor, inputs))  # loads what a first use loads
        for seed, (name, search) in product(range(seeds), pruners.items()):
            line = searched_line(with_pruner(spec, search, seed), executor, inputs, new_inputs)
            lines.append({"study": spec.study.name, "pruner": name, **line})
    by_pruner = pd.DataFrame(lines).groupby(["study", "pruner"], sort=False)
    summary = by_pruner.median().assign(**by_pruner[["score", "again"]].mean())
    result: list[Line] = summary.reset_index().to_dict("records")
    return result


def with_new_folds(spec: StudySpec, data: StudyData) -> StudyData:
    """Return the data with folds of the same size, REPEATS times, by another seed than the study's."""
    splitter = f"Repeated{spec.cv.splitter.removeprefix('Repeated')}"
    cv = spec.cv.model_copy(update={"splitter": splitter, "n_repeats": REPEATS})
    return replace(data, folds=make_folds(data.development, cv, spec.data.split_seed + 1))


def score_again(spec: StudySpec, best: FinishedTrial, executor: Executor, inputs: Inputs) -> float | None:
    """Cross-validate a trial's configuration without a pruner; return its score, None if it diverged."""
    candidate = Space(spec).candidate(best.params)
    task = TrialTask(best.result.number, candidate, spec.study.seed, spec.cv.metric, pruner_choice("none", {}))
    return executor.submit(run_trial, task, inputs[candidate.preprocessing]).result().result.value


def with_pruner(spec: StudySpec, search: Mapping[str, Any], seed: int) -> StudySpec:
    """Return the study with another seed and another pruner; `search` holds what [search] says of it."""
    document = spec.to_document()
    table = {key: value for key, value in document["search"].items() if key != "pruner_options"}
    study = {**document["study"], "seed": seed}
    return parse_spec({**document, "study": study, "search": {**table, **search}}, spec.study.name)


def searched_line(spec: StudySpec, executor: Executor, inputs: Inputs, new_inputs: Inputs) -> Line:
    """Search; return the best score, what it is on the new folds, the share of pruned trials, epochs and seconds."""
    start = time.perf_counter()
    trials = list(search_trials(spec, executor, inputs))
    seconds = time.perf_counter() - start
    best = best_of(trials)
    return {
        "score": best.result.value,
        "again": score_again(spec, best, executor, new_inputs),
        "pruned": fmean(trial.result.reason == "pruned" for trial in trials),
        "epochs": sum(max(trial.result.curves.epochs, default=0) for trial in trials),
        "seconds": seconds,
    }
