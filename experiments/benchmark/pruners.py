"""The savings by pruning: the same study with different pruners, until it has the same selection score.

Of the studies that differ in nothing but the pruner, the one that ends with the lowest best score gives the target:
that score less one standard error of its mean over the folds (the smallest difference that means something; Breiman and
others, 1984, Classification and Regression Trees, section 3.4.3). So all of them reach it. What counts is when: after
how many epochs of all finished trials, which no clock disturbs, and after how many seconds. The search alone is timed,
without the test set, tracking or a report.

The best score of a search is the more optimistic the more of its trials are complete. So the winner is cross-validated
once more, without a pruner, on folds that no search has seen.
"""

from __future__ import annotations

import os
import tempfile
import time
from argparse import Namespace
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from pathlib import Path
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
from experiments.search.executors.base import Executor
from experiments.search.executors.create import usable_cores
from experiments.search.executors.local import LocalExecutor
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
    "epochs to target": "epochs_to_target:.0f",
    "s to target": "seconds_to_target:.1f",
}


def run(options: Namespace) -> Iterator[Line]:
    """Yield a line for each shipped study and pruner; MNIST needs a folder with its files."""
    for name, settings in STUDIES.items():
        if name != "mnist" or os.environ.get(FOLDER_VARIABLE):
            spec = read_spec(Path("studies") / f"{name}.toml", [f"search.trials={options.trials}", *settings])
            yield from compare_study(spec, COMPARED, options.seeds)


def show(lines: Sequence[Line], console: Console) -> None:
    """Print the table and what its target is."""
    print_table(console, lines, COLUMNS, section="study")
    console.print("Scores are means over seeds, the others medians.")
    console.print("Target: the lowest of the pruners' best scores less its standard error.")
    if all(line["study"] != "mnist" for line in lines):
        console.print(f"mnist was left out: set {FOLDER_VARIABLE} to the folder with its files.")


@dataclass(frozen=True)
class Searched:
    """A timed search.

    trials: in the order in which they finished. Columns: `seconds` since the start and `epochs` of all trials so far;
            `score` (NaN unless complete), the `error` of the score, and whether the trial was `pruned`.
    best:   the trial of the best score.
    """

    trials: pd.DataFrame
    best: FinishedTrial


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
        timed_search(first, executor, inputs)  # loads what a first use loads
        for seed in range(seeds):
            specs = {name: with_pruner(spec, search, seed) for name, search in pruners.items()}
            studies = {name: timed_search(one, executor, inputs) for name, one in specs.items()}
            target = target_of(searched.trials for searched in studies.values())
            for name, searched in studies.items():
                again = score_again(specs[name], searched.best, executor, new_inputs)
                lines.append(pruner_line(spec.study.name, name, searched.trials, target, again))
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


def timed_search(spec: StudySpec, executor: Executor, inputs: Inputs) -> Searched:
    """Run a search and time it."""
    start, lines, trials = time.perf_counter(), list[Mapping[str, Any]](), list[FinishedTrial]()
    for finished in search_trials(spec, executor, inputs):
        result = finished.result
        trials.append(finished)
        lines.append(
            {
                "seconds": time.perf_counter() - start,
                "epochs": max(result.curves.epochs, default=0),
                "score": result.value,
                "error": (result.cv_std or 0.0) / sqrt(max(1, len(result.fold_scores))),
                "pruned": result.reason == "pruned",
            }
        )
    frame = pd.DataFrame(lines).astype({"score": float})
    return Searched(frame.assign(epochs=frame["epochs"].cumsum()), trials[int(frame["score"].argmax())])


def target_of(studies: Iterable[pd.DataFrame]) -> float:
    """Return the lowest of the studies' best scores, less one standard error of it."""
    best = pd.DataFrame([trials.loc[trials["score"].idxmax()] for trials in studies])
    lowest = best.sort_values("score").iloc[0]
    return float(lowest["score"] - lowest["error"])


def pruner_line(study: str, pruner: str, trials: pd.DataFrame, target: float, again: float | None) -> Line:
    """Return a search's best score and what it is on new folds, its share of pruned trials, and what it took.

    It took so many epochs and seconds in all, and to the target.
    """
    last, reached = trials.iloc[-1], trials[trials["score"] >= target].iloc[0]
    return {
        "study": study,
        "pruner": pruner,
        "score": trials["score"].max(),
        "again": again,
        "pruned": trials["pruned"].mean(),
        "seconds": last["seconds"],
        "epochs": last["epochs"],
        "seconds_to_target": reached["seconds"],
        "epochs_to_target": reached["epochs"],
    }
