"""Four tables, or those of a folder, by `tune --data` alone, beside a tuned scikit-learn network and gradient boosting.

All see the same development rows and test rows, and both searches the same folds, for several splits of each table.
Seconds are those of the whole command, and of the peer's search and refit.
"""

from __future__ import annotations

import json
import math
import tempfile
import time
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd
from rich.console import Console

from experiments.benchmark.datasets import write_tables
from experiments.benchmark.gains import METRICS, UNITS, gain, mean_with_interval, score_of
from experiments.benchmark.known_scores import KnownScores
from experiments.benchmark.listed_tables import ListedTable, listed_tables
from experiments.benchmark.peer_study import PeerStudy
from experiments.benchmark.studies import test_frame
from experiments.benchmark.tabulate import Line, print_table
from experiments.benchmark.timed_command import machine, time_module
from experiments.config.default_study import own_study
from experiments.config.spec import StudySpec
from experiments.config.target import Task
from experiments.search.context import StudyContext, prepare_study

SIDES = ("ours", "peer", "boosting")
MANY = 3000  # rows, from which on fewer splits tell the sides apart
MOST_NAMES = 254  # categories of a column that the trees can tell apart, with one more for missing
LIKE_SCIKIT_LEARN = ("training.optimizer=adam", "training.activation=relu")  # of the peer: its own defaults
Measured = dict[str, float]  # score and seconds
Measure = Callable[[int], dict[str, Measured]]  # from the number of a split to its sides
COLUMNS = {
    "table": "table",
    "rows": "rows:,",
    "metric": "metric",
    "splits": "splits:d",
    "this": "ours:.4g",
    "MLP": "peer:.4g",
    "trees": "boosting:.4g",
    "gain": "difference:+.2f",
    "s.e.": "standard_error:.2f",
    "beyond": "beyond",
    "s": "ours_seconds:.1f",
    "MLP's s": "peer_seconds:.1f",
}
SUMMARY = {
    "task": "summary",
    "tables": "tables:d",
    "mean gain": "mean:+.2f",
    "from": "low:+.2f",
    "to": "high:+.2f",
    "median": "median:+.2f",
    "better": "better:d",
    "worse": "worse:d",
    "above trees": "above_boosting:.0%",
    "s": "ours_seconds:.0f",
    "MLP's s": "peer_seconds:.0f",
    "trees' s": "boosting_seconds:.0f",
}


def run(options: Namespace) -> Iterator[Line]:
    """Yield a line for each table, then one for each task.

    Raises:
        ExperimentError: the list, a setting or the file of known scores breaks a rule.
    """
    lines, known, settings = [], KnownScores(options.cache), tuple(options.overrides)
    with tempfile.TemporaryDirectory() as place:
        if not options.tables:
            write_tables(Path(place))
        tables = listed_tables(options.tables or Path(place), options.half or "all")
        own_study(str(tables[0].file), None, [*tables[0].settings, *settings])  # refused at once
        for table in tables:
            measure = partial(compare_split, table, trials=options.trials, settings=settings, known=known)
            lines.append(compare_table(table, measure, options.trials, options.splits))
            yield lines[-1]
    for task in get_args(Task):
        if of_task := [line for line in lines if line["task"] == task]:
            yield summary_line(task, of_task)


def show(lines: Sequence[Line], console: Console) -> None:
    """Print the tables, the summary by task, and the processor."""
    print_table(console, [line for line in lines if "table" in line], COLUMNS)
    print_table(console, [line for line in lines if "summary" in line], SUMMARY, title="Over the tables")
    units = ", ".join(f"{unit} ({task})" for task, unit in UNITS.items())
    console.print("MLP: scikit-learn's network, tuned by Optuna. trees: its gradient boosting by its defaults.")
    console.print(f"gain: over the MLP, above 0 where this is better: {units}.")
    console.print("s.e.: standard error over splits. from, to: 95% interval over tables.")
    console.print("better, worse: tables by more than two standard errors.")
    console.print(machine())


def compare_table(table: ListedTable, measure: Measure, trials: int, splits: int | None = None) -> Line:
    """Return the scores and seconds of each side, and the mean paired difference with its standard error.

    Args:
        measure: measures each side on the split of that number.
        splits:  number of splits; as many as the number of rows asks for when None.
    """
    rows = prepare_study(_spec_of(table, 0)).data.rows
    splits = splits or (3 if rows >= MANY else 5)
    measured = [measure(split) for split in range(splits)]
    scores = {side: [sides[side]["score"] for sides in measured] for side in SIDES}
    seconds = {side: [sides[side]["seconds"] for sides in measured] for side in SIDES}
    return {
        "table": table.file.stem,
        "number": table.number,
        "task": table.task,
        "rows": rows,
        "metric": METRICS[table.task],
        "splits": splits,
        "trials": trials,
        **{side: float(np.mean(scores[side])) for side in SIDES},
        **paired(table.task, scores["ours"], scores["peer"]),
        **{f"{side}_seconds": sum(seconds[side]) for side in SIDES},
        "scores": scores,
        "seconds": seconds,
    }


def paired(task: Task, ours: Sequence[float], theirs: Sequence[float]) -> Line:
    """Return the mean of paired differences, its standard error, and how many of these it is from 0, in words."""
    gains = np.array([gain(task, score, other) for score, other in zip(ours, theirs, strict=True)])
    mean = float(gains.mean())
    error = float(gains.std(ddof=1) / math.sqrt(len(gains))) if len(gains) > 1 else None
    beyond = "" if error is None else next((f"{many} s.e." for many in (2, 1) if abs(mean) > many * error), "")
    words = f"{'better' if mean > 0 else 'worse'} by {beyond}" if beyond else ""
    return {"difference": mean, "standard_error": error, "beyond": words}


def summary_line(task: Task, lines: Sequence[Line]) -> Line:
    """Return what the tables of a task say together."""
    above = [gain(task, line["ours"], line["boosting"]) > 0 for line in lines]
    return {
        "summary": task,
        "tables": len(lines),
        **mean_with_interval([line["difference"] for line in lines]),
        **{word: sum(line["beyond"] == f"{word} by 2 s.e." for line in lines) for word in ("better", "worse")},
        "above_boosting": sum(above) / len(above),
        **{f"{side}_seconds": sum(line[f"{side}_seconds"] for line in lines) for side in SIDES},
    }


def compare_split(
    table: ListedTable, split: int, trials: int, settings: Sequence[str] = (), known: KnownScores | None = None
) -> dict[str, Measured]:
    """Return score and seconds of each side on one split of a table.

    Args:
        settings: settings of this side alone, as `tune --set` takes them.
        known:    what was measured before; new measurements are added.
    """
    known, key = known or KnownScores(), (table.file.name, table.settings, split)
    study = prepare_study(_spec_of(table, split))
    sides: dict[tuple[str, Any], Callable[[], Measured]] = {
        ("ours", (trials, settings)): lambda: _ours(table, split, trials, settings),
        ("peer", trials): lambda: _measured(table.task, study, lambda: PeerStudy.of(study, split).tuned(trials)),
        ("boosting", None): lambda: _measured(table.task, study, lambda: fit_boosting(study)),
    }
    return {
        side: known[one] if (one := (*key, side, of_side)) in known else known.add(one, measure())
        for (side, of_side), measure in sides.items()
    }


def _spec_of(table: ListedTable, split: int) -> StudySpec:
    settings = [*table.settings, f"data.split_seed={split}", *LIKE_SCIKIT_LEARN]
    return own_study(str(table.file), None, settings)[0]


def _ours(table: ListedTable, split: int, trials: int, settings: Sequence[str]) -> Measured:
    """Run the tune command in an empty folder."""
    everything = [*table.settings, f"data.split_seed={split}", f"search.trials={trials}", *settings]
    words = [word for setting in everything for word in ("--set", setting)]
    with tempfile.TemporaryDirectory() as folder:
        command = ["--data", str(table.file), *words, "--out", "study", "--quiet"]
        seconds = time_module("experiments.tune", command, Path(folder))
        metrics = json.loads((Path(folder) / "study" / "results.json").read_text())["test"]["metrics"]
    score = metrics["accuracy"] if table.task == "classification" else -metrics["neg_root_mean_squared_error"]
    return {"score": score, "seconds": seconds}


def _measured(task: Task, study: StudyContext, fit: Callable[[], Any]) -> Measured:
    """Time a fit of scikit-learn's, and score its model on the test rows."""
    start = time.perf_counter()
    model = fit()
    seconds = time.perf_counter() - start
    frame, y = test_frame(study)
    return {"score": score_of(task, model.predict(frame), y), "seconds": seconds}


def fit_boosting(study: StudyContext) -> Any:
    """Fit gradient boosting on all development rows as a user would write it: its defaults, no early stopping."""
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OrdinalEncoder

    development = study.data.development
    table = development.table
    strings = [name for name, kind in zip(table.columns, table.kinds, strict=True) if kind == "category"]
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan, max_categories=MOST_NAMES)
    inputs = ColumnTransformer([("categories", encoder, strings)], remainder="passthrough")
    boosted = HistGradientBoostingClassifier if study.data.target.classes else HistGradientBoostingRegressor
    model = boosted(early_stopping=False, categorical_features=list(range(len(strings))), random_state=0)
    features = pd.DataFrame(table.features, columns=list(table.columns))
    return make_pipeline(inputs, model).fit(features, development.y)
