"""The coverage of intervals and sets, and the log loss with the temperature and without: --uncertainty [FOLDER]

Without a folder on made rows, many draws of each kind: a draw has its own development rows and 2,000 rows to try on.
With a folder on the tables that its README.md lists.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import sqrt
from pathlib import Path
from statistics import fmean, stdev

import numpy as np
from rich.console import Console

from experiments.benchmark.gains import mean_of_all, mean_with_interval
from experiments.benchmark.listed_tables import ListedTable, listed_tables
from experiments.benchmark.screened_variant import screened_study
from experiments.benchmark.studies import study_workers
from experiments.benchmark.synthetic import UNCERTAIN
from experiments.benchmark.tabulate import Line, print_table
from experiments.benchmark.uncertain_study import LEVELS, measured
from experiments.config.study_file import parse_spec
from experiments.search.context import prepare_study

DEVELOPMENT, NEW = 250, 2000  # rows of a draw
BELOW, ABOVE = 0.02, 0.04  # by which a mean coverage may miss its level
SPLITS = 3
CONFIGURATIONS = 4  # random ones of a draw, beside the default
DRAWN = {
    "made": "made",
    "draws": "draws:d",
    "accuracy": "accuracy:.3f",
    "80%": "coverage_0.8:.1%",
    "s.e.": "error_0.8:.1%",
    "size": "size_0.8:.2f",
    "90%": "coverage_0.9:.1%",
    "s.e. ": "error_0.9:.1%",
    "size ": "size_0.9:.2f",
    "held": "held",
    "kept": "kept:.0%",
    "gain": "gain:+.4f",
}
LISTED = {
    "table": "table",
    "splits": "splits:d",
    "80%": "coverage_0.8:.1%",
    "90%": "coverage_0.9:.1%",
    "size": "size_0.9:.4g",
    "kept": "kept:.0%",
    "log loss": "raw_loss:.4f",
    "at the temperature": "loss:.4f",
    "gain": "gain:+.4f",
}
SUMMARY = {
    "over the tables": "summary",
    "tables": "tables:d",
    "mean": "mean:+.4f",
    "from": "low:+.4f",
    "to": "high:+.4f",
}


def run(options: Namespace) -> Iterator[Line]:
    """Yield a line for each kind of made rows; with a folder one for each of its tables, and then a summary.

    Raises:
        ExperimentError: the list of tables breaks a rule.
    """
    folder: Path | None = options.uncertainty or None
    tables = [] if folder is None else listed_tables(folder, options.half or "odd")
    with study_workers() as executor:
        if folder is None:
            draws = range(options.draws)
            futures = {kind: [executor.submit(drawn, kind, draw) for draw in draws] for kind in UNCERTAIN}
            for kind, of_kind in futures.items():
                yield made_line(kind, [future.result() for future in of_kind])
            return
        splits, lines = range(options.splits or SPLITS), list[Line]()
        asked = {table: [executor.submit(listed, table, split, options.trials) for split in splits] for table in tables}
        for table, pending in asked.items():
            lines.append(table_line(table, [future.result() for future in pending]))
            yield lines[-1]
        yield from summary_lines(lines)


def show(lines: Sequence[Line], console: Console) -> None:
    """Print the lines that there are, and how they are to be read."""
    made, there, summary = ([line for line in lines if key in line] for key in ("made", "table", "summary"))
    if made:
        print_table(console, made, DRAWN)
        console.print(f"held: both at most {BELOW:.0%} below and {ABOVE:.0%} above the level. s.e.: over the draws.")
    else:
        print_table(console, there, LISTED)
        print_table(console, summary, SUMMARY)
    console.print("80%, 90%: share of new rows inside. size: mean width of intervals, or number of classes of sets.")
    console.print("kept: share of studies with a temperature. gain: in log loss by it.")


def drawn(kind: str, draw: int) -> Line | None:
    """Measure a study of made rows."""
    table = UNCERTAIN[kind](np.random.default_rng(draw), DEVELOPMENT + NEW)
    transform = {"target_transform": "log"} if kind == "logarithm" else {}
    document = {
        "study": {"name": "made", "seed": draw},
        "data": {"source": "given", "split_seed": draw, **transform},
        "training": {"epochs": 15, "batch_size": 32, "hidden_units": 24, "patience": 0},
        "search": {"trials": CONFIGURATIONS + 1, "sampler": "random", "pruner": "none"},
        "space": {
            "learning_rate": {"low": 3e-3, "high": 5e-2, "log": True},
            "l2": {"low": 1e-5, "high": 1e-1, "log": True},
        },
        "final": {"members": 3},
    }
    return measured(prepare_study(parse_spec(document, "made"), replace(table, own_test=NEW)))


def listed(table: ListedTable, split: int, configurations: int) -> Line | None:
    """Measure a study of a table of the list."""
    return measured(screened_study(table, split, configurations, ()))


def made_line(kind: str, draws: Sequence[Line | None]) -> Line:
    """Return the means over the draws of a kind of made rows; a draw whose network diverged is left out."""
    there = [draw for draw in draws if draw is not None]
    line: Line = {"made": kind, "draws": len(there), **_means(there), "held": True}
    for level in LEVELS:
        coverages = [draw[f"coverage_{level}"] for draw in there]
        line[f"error_{level}"] = stdev(coverages) / sqrt(len(coverages)) if len(coverages) > 1 else None
        line["held"] &= float(level) - BELOW <= line[f"coverage_{level}"] <= float(level) + ABOVE
    return line


def table_line(table: ListedTable, splits: Sequence[Line | None]) -> Line:
    """Return the means over the splits of a table."""
    there = [split for split in splits if split is not None]
    return {"table": table.file.stem, "number": table.number, "task": table.task, "splits": len(there), **_means(there)}


def summary_lines(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield the mean over the tables of the gain in log loss, and of what coverage exceeds its level by."""
    gains = {"gain in log loss": [line["gain"] for line in lines if line["gain"] is not None]}
    for level in LEVELS:
        coverages = [line[f"coverage_{level}"] for line in lines]
        gains[f"coverage less {level}"] = [one - float(level) for one in coverages if one is not None]
    for name, values in gains.items():
        if values:
            yield {"summary": name, "tables": len(values), **mean_with_interval(values)}


def _means(there: Sequence[Line]) -> Line:
    """Return the mean of each measure, None where one is missing."""
    names = [f"{what}_{level}" for what in ("coverage", "size") for level in LEVELS]
    line = {name: mean_of_all([one.get(name) for one in there]) for name in (*names, "accuracy", "loss", "raw_loss")}
    temperatures = [one["temperature"] for one in there if "temperature" in one]
    loss, raw = line["loss"], line["raw_loss"]
    gain = None if loss is None or raw is None else raw - loss
    kept = fmean(one != 1 for one in temperatures) if temperatures else None
    return {**line, "gain": gain, "kept": kept}
