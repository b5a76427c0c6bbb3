"""A cheap screening of defaults: --screen FOLDER --set KEY=VALUE ... [--against KEY=VALUE ...]

A variant is the default study with some settings. Where two variants have the same space, they have the same random
configurations. Nothing is tracked, journalled or reported, and nothing is pruned.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import get_args

from rich.console import Console

from experiments.benchmark.gains import METRICS, UNITS, gain, mean_of_all, mean_with_interval
from experiments.benchmark.known_scores import KnownScores
from experiments.benchmark.listed_tables import ListedTable, listed_tables
from experiments.benchmark.screened_variant import Variant, screened, settings_of
from experiments.benchmark.studies import study_workers
from experiments.benchmark.tabulate import Line, print_table
from experiments.config.default_study import own_study
from experiments.config.target import Task

SPLITS = 2
Key = tuple[str, tuple[str, ...], int, int, Variant]  # file, its settings, split, random configurations, variant
SIDES = ("winner", "default")
COLUMNS = {
    "table": "table",
    "metric": "metric",
    "variant": "variant",
    "winner": "winner:.4g",
    "default": "default:.4g",
    "gain": "winner_gain:+.2f",
    "default's gain": "default_gain:+.2f",
    "s": "seconds:.1f",
}
SUMMARY = {
    "task": "summary",
    "tables": "tables:d",
    "variant": "variant",
    "of": "side",
    "mean score": "score:.4f",
    "mean gain": "mean:+.2f",
    "from": "low:+.2f",
    "to": "high:+.2f",
    "median": "median:+.2f",
}


def run(options: Namespace) -> Iterator[Line]:
    """Yield a line for each table and variant, then one for each task, variant, and side of SIDES.

    Raises:
        ExperimentError: the list, a setting or the file of known scores breaks a rule.
    """
    tables = listed_tables(options.screen, options.half or "odd")
    base, splits = tuple(options.against), range(options.splits or SPLITS)
    variants = tuple(dict.fromkeys((base, tuple(options.overrides))))
    for variant in variants:
        own_study(str(tables[0].file), None, settings_of(tables[0], 0, options.trials, variant))  # refused at once
    known, lines = KnownScores(options.cache), list[Line]()
    with study_workers() as executor:
        keys = {
            table: list(product([table.file.name], [tuple(table.settings)], splits, [options.trials], variants))
            for table in tables
        }
        running = {
            key: executor.submit(screened, table, *key[2:])
            for table, of_table in keys.items()
            for key in of_table
            if key not in known
        }
        for table, of_table in keys.items():
            for key in of_table:
                if key in running:
                    known.add(key, running[key].result())
            lines += _table_lines(table, variants, {key: known[key] for key in of_table})
            yield from lines[-len(variants) :]
    yield from _summaries(variants, lines)


def show(lines: Sequence[Line], console: Console) -> None:
    """Print the scores of each table, and the means over the tables."""
    print_table(console, [line for line in lines if "table" in line], COLUMNS, section="table")
    print_table(console, [line for line in lines if "summary" in line], SUMMARY, "summary", "Over the tables")
    units = ", ".join(f"{unit} ({task})" for task, unit in UNITS.items())
    console.print(f"gain: over the variant on the first line, above 0 where better: {units}. from, to: 95% interval.")


def _table_lines(table: ListedTable, variants: Sequence[Variant], cells: Mapping[Key, Line]) -> Iterator[Line]:
    """Yield the means over the splits for each variant, and those of its gains over the first one on the same split."""
    splits = [[cell for key, cell in cells.items() if key[-1] == variant] for variant in variants]
    for variant, of_variant in zip(variants, splits, strict=True):
        line = {side: mean_of_all([cell[side] for cell in of_variant]) for side in SIDES}
        for side in SIDES:
            pairs = zip(of_variant, splits[0], strict=True)
            line[f"{side}_gain"] = mean_of_all([_gain(table.task, cell[side], other[side]) for cell, other in pairs])
        seconds = sum(cell["seconds"] for cell in of_variant)
        named = {"table": table.file.stem, "task": table.task, "metric": METRICS[table.task]}
        yield {**named, "variant": name_of(variant), **line, "seconds": seconds}


def _summaries(variants: Sequence[Variant], lines: Sequence[Line]) -> Iterator[Line]:
    """Yield the means over the tables of each task; RMSEs have no mean, as each is in its target's own unit."""
    for task, variant, side in product(get_args(Task), variants, SIDES):
        there = [line for line in lines if (line["task"], line["variant"]) == (task, name_of(variant))]
        gains = [line[f"{side}_gain"] for line in there if line[f"{side}_gain"] is not None]
        if gains:
            score = mean_of_all([line[side] for line in there]) if task == "classification" else None
            named = {"summary": task, "tables": len(gains), "variant": name_of(variant), "side": side, "score": score}
            yield {**named, **mean_with_interval(gains)}


def name_of(variant: Variant) -> str:
    """Return a variant as it was typed."""
    return " ".join(variant) or "the defaults"


def _gain(task: Task, score: float | None, other: float | None) -> float | None:
    return None if score is None or other is None else gain(task, score, other)
