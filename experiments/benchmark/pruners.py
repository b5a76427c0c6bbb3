"""The savings by pruning: the same study with different pruners, until it has the same selection score.

Of the studies that differ in nothing but the pruner, the one that ends with the lowest best score gives the target:
that score less one standard error of its mean over the folds (the smallest difference that means something; Breiman and
others, 1984, Classification and Regression Trees, section 3.4.3). So all of them reach it. What counts is when: after
how many epochs of all finished trials, which no clock disturbs, and after how many seconds. The search alone is timed,
without the test set, tracking or a report.
"""

from __future__ import annotations

import os
import tempfile
import time
from argparse import Namespace
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from experiments.data.prepare import prepare
from experiments.data.readers.builtin import FOLDER_VARIABLE
from experiments.search.executors.base import Executor
from experiments.search.executors.create import usable_cores
from experiments.search.executors.local import LocalExecutor
from experiments.search.inputs import Inputs, share_inputs
from experiments.search.pruning import quiet_optuna

COMPARED = ("none", "median", "successive_halving", "hyperband")
STUDIES: dict[str, list[str]] = {"digits": [], "mnist": ["data.rows=6000"]}  # and the settings of each
COLUMNS = {
    "study": "study",
    "pruner": "pruner",
    "best cv_mean": "score:.4f",
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
    console.print("Medians over seeds. Target: the lowest of the pruners' best scores less its standard error.")
    if all(line["study"] != "mnist" for line in lines):
        console.print(f"mnist was left out: set {FOLDER_VARIABLE} to the folder with its files.")


def compare_study(spec: StudySpec, pruners: Sequence[str], seeds: int) -> list[Line]:
    """Return a line for each pruner: medians over studies that differ in their seeds."""
    quiet_optuna()
    workers, lines = usable_cores(), list[Line]()
    with tempfile.TemporaryDirectory() as work, LocalExecutor(workers, study_arithmetic(), Path(work)) as executor:
        data = prepare(spec, os.environ)
        spec = spec.with_inferred_settings(data.target.task, data.folds.splitter, data.n_splits)
        inputs = share_inputs(Space(spec), data, executor.share)
        executor.wait_for_workers()
        timed_search(with_pruner(spec, "none", 0, trials=workers), executor, inputs)  # loads what a first use loads
        for seed in range(seeds):
            studies = {pruner: timed_search(with_pruner(spec, pruner, seed), executor, inputs) for pruner in pruners}
            target = target_of(studies.values())
            lines += [pruner_line(spec.study.name, pruner, trials, target) for pruner, trials in studies.items()]
    medians = pd.DataFrame(lines).groupby(["study", "pruner"], sort=False).median()
    result: list[Line] = medians.reset_index().to_dict("records")
    return result


def with_pruner(spec: StudySpec, pruner: str, seed: int, **changes: Any) -> StudySpec:
    """Return the study with another seed and another pruner, which has its own defaults."""
    document = spec.to_document()
    table = {key: value for key, value in document["search"].items() if key != "pruner_options"}
    study = {**document["study"], "seed": seed}
    return parse_spec({**document, "study": study, "search": {**table, "pruner": pruner, **changes}}, spec.study.name)


def timed_search(spec: StudySpec, executor: Executor, inputs: Inputs) -> pd.DataFrame:
    """Run a search and return its trials in the order in which they finished.

    Returns:
        Columns: `seconds` since the start and `epochs` of all trials so far; `score` (NaN unless complete), the
        `error` of the score, and whether the trial was `pruned`.
    """
    start, trials = time.perf_counter(), list[Mapping[str, Any]]()
    for finished in search_trials(spec, executor, inputs):
        result = finished.result
        trials.append(
            {
                "seconds": time.perf_counter() - start,
                "epochs": max(result.curves.epochs, default=0),
                "score": result.value,
                "error": (result.cv_std or 0.0) / sqrt(max(1, len(result.fold_scores))),
                "pruned": result.reason == "pruned",
            }
        )
    frame = pd.DataFrame(trials).astype({"score": float})
    return frame.assign(epochs=frame["epochs"].cumsum())


def target_of(studies: Iterable[pd.DataFrame]) -> float:
    """Return the lowest of the studies' best scores, less one standard error of it."""
    best = pd.DataFrame([trials.loc[trials["score"].idxmax()] for trials in studies])
    lowest = best.sort_values("score").iloc[0]
    return float(lowest["score"] - lowest["error"])


def pruner_line(study: str, pruner: str, trials: pd.DataFrame, target: float) -> Line:
    """Return the best score of a search, the share of pruned trials, and what it took in all and to the target."""
    last, reached = trials.iloc[-1], trials[trials["score"] >= target].iloc[0]
    return {
        "study": study,
        "pruner": pruner,
        "score": trials["score"].max(),
        "pruned": trials["pruned"].mean(),
        "seconds": last["seconds"],
        "epochs": last["epochs"],
        "seconds_to_target": reached["seconds"],
        "epochs_to_target": reached["epochs"],
    }
