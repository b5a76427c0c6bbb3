"""Benchmarks from the command line: python -m experiments.benchmark

Without options, the network table: this network against its matrix products alone, scikit-learn's MLP, and PyTorch
where it is installed. --profile says where the time of a training step goes; --study times a whole study; --pruners
shows what pruning saves; --tracking what MLflow costs; --coordinator what the search itself takes for a trial;
--honesty whether verdicts and intervals keep what they promise, on made data of which the truth is known.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from experiments.study.cli import command_parser, run_command

ROW_NAMES = ("digits", "tabular", "mnist", "wide")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's arguments."""
    it = command_parser(
        "benchmark", "This network against its matrix products alone, scikit-learn, and PyTorch where it is installed."
    )
    it.add_argument(
        "--rows", type=row_names, default=ROW_NAMES, metavar="NAMES", help=f"rows of the table: {','.join(ROW_NAMES)}"
    )
    it.add_argument(
        "--repeats", type=at_least_one, default=5, metavar="N", help="pairs of timings for each peer (default: 5)"
    )
    it.add_argument("--json", type=Path, metavar="FILE", help="write the table as JSON")
    what = it.add_mutually_exclusive_group()
    what.add_argument("--profile", action="store_true", help="show where the time of a training step goes")
    what.add_argument("--study", action="store_true", help="time the digits study against Optuna with scikit-learn")
    what.add_argument("--pruners", action="store_true", help="measure what pruning saves until the score is the same")
    what.add_argument(
        "--coordinator", action="store_true", help="time the search itself, at 100, 1,000 and 10,000 trials"
    )
    what.add_argument("--tables", action="store_true", help="compare ten tables by --data with a tuned scikit-learn")
    what.add_argument("--honesty", action="store_true", help="check verdicts and intervals on data with a known truth")
    what.add_argument("--tracking", action="store_true", help="time the digits study with and without MLflow")
    it.add_argument("--trials", type=at_least_one, default=40, metavar="N", help="trials of a study (default: 40)")
    it.add_argument(
        "--more", type=at_least_one, default=100, metavar="N", help="trials of --study after those (default: 100)"
    )
    it.add_argument(
        "--seeds", type=at_least_one, default=3, metavar="N", help="studies for each pruner of --pruners (default: 3)"
    )
    it.add_argument(
        "--splits", type=at_least_one, metavar="N", help="splits of each table (default: 10 if it is small, else 5)"
    )
    it.add_argument(
        "--studies",
        type=at_least_one,
        default=100,
        metavar="N",
        help="studies of each sort of --honesty (default: 100)",
    )
    it.add_argument(
        "--draws", type=at_least_one, default=2000, metavar="N", help="data sets for --honesty (default: 2000)"
    )
    return it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    return run_command(parser(), _benchmark, arguments)


def _benchmark(chosen: argparse.Namespace) -> int:
    if chosen.study:
        _study(chosen.trials, chosen.more, chosen.json)
    elif chosen.tracking:
        _tracking(chosen.trials, chosen.repeats, chosen.json)
    elif chosen.coordinator:
        _coordinator(chosen.json)
    elif chosen.tables:
        _tables(chosen.trials, chosen.splits, chosen.json)
    elif chosen.honesty:
        _honesty(chosen.trials, chosen.studies, chosen.draws, chosen.json)
    elif chosen.pruners:
        _pruners(chosen.trials, chosen.seeds, chosen.json)
    else:
        _networks(chosen.rows, chosen.repeats, chosen.profile, chosen.json)
    return 0


def row_names(text: str) -> tuple[str, ...]:
    """Names of rows between commas."""
    names = tuple(text.split(","))
    if unknown := [name for name in names if name not in ROW_NAMES]:
        raise argparse.ArgumentTypeError(f"rows must be of {', '.join(ROW_NAMES)}, but got {unknown[0]!r}")
    return names


def at_least_one(text: str) -> int:
    """A count."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a count must be an integer of at least 1, but got {text!r}")
    return int(text)


def _networks(names: Sequence[str], repeats: int, profiled: bool, json: Path | None) -> None:
    from experiments.benchmark.cases import ROWS
    from experiments.benchmark.networks import run_profiles, run_table

    rows = [ROWS[name] for name in names]
    if profiled:
        run_profiles(rows)
    else:
        run_table(rows, repeats, json)


def _study(trials: int, more: int, json: Path | None) -> None:
    from experiments.benchmark.comparison import write_json
    from experiments.benchmark.render import study_table, wide_console
    from experiments.benchmark.whole_study import compare_study

    comparisons = compare_study(trials, more)
    wide_console().print(study_table(comparisons))
    if json is not None:
        write_json(comparisons, json)


def _tracking(trials: int, repeats: int, json: Path | None) -> None:
    from experiments.benchmark.comparison import write_json
    from experiments.benchmark.render import tracking_table, wide_console
    from experiments.benchmark.tracking import tracking_cost

    cost = tracking_cost(trials, repeats)
    wide_console().print(tracking_table(cost))
    if json is not None:
        write_json([cost], json)


def _coordinator(json: Path | None) -> None:
    from experiments.benchmark.comparison import write_json
    from experiments.benchmark.overhead import SIZES, coordinator_cost
    from experiments.benchmark.render import coordinator_table, wide_console

    costs = [coordinator_cost(trials) for trials in SIZES]
    wide_console().print(coordinator_table(costs))
    if json is not None:
        write_json(costs, json)


def _tables(trials: int, splits: int | None, json: Path | None) -> None:
    from experiments.benchmark.comparison import write_json
    from experiments.benchmark.datasets import TABLES
    from experiments.benchmark.render import tables_table, wide_console
    from experiments.benchmark.tables import TableRow, compare_tables

    console, rows = wide_console(), list[TableRow]()
    for row in compare_tables(list(TABLES), trials, splits):
        rows.append(row)
        console.print(f"{row.table}: {row.ours:.4f}, scikit-learn {row.peer:.4f}")
        if json is not None:
            write_json(rows, json)
    console.print(tables_table(rows))


def _honesty(trials: int, studies: int, draws: int, json: Path | None) -> None:
    from experiments.benchmark.comparison import write_json
    from experiments.benchmark.coverage import measure_coverage
    from experiments.benchmark.render import coverage_notes, coverage_table, honesty_table, wide_console
    from experiments.benchmark.verdicts import MAKERS, simulate
    from experiments.search.executors.base import blas_kernel
    from experiments.search.executors.create import usable_cores
    from experiments.search.executors.local import LocalExecutor
    from nnet.blas import computing_environment, cpu_flags

    console = wide_console()
    environment = computing_environment(blas_kernel(), cpu_flags(), os.environ)
    with LocalExecutor(usable_cores(), environment) as processes:
        verdicts = [simulate(made, studies, processes, trials) for made in MAKERS]
        console.print(honesty_table(verdicts))
        coverage = measure_coverage(draws, processes)
        console.print(coverage_table(coverage), *coverage_notes(coverage[-1]), sep="\n")
    if json is not None:
        write_json([*verdicts, *coverage], json)


def _pruners(trials: int, seeds: int, json: Path | None) -> None:
    from experiments.benchmark.comparison import write_json
    from experiments.benchmark.pruners import compare_pruners
    from experiments.benchmark.render import pruner_table, wide_console

    rows, left_out = compare_pruners(trials, seeds, os.environ)
    console = wide_console()
    console.print(pruner_table(rows))
    console.print("Medians over seeds. Target: the lowest of the pruners' best scores less its standard error.")
    for line in left_out:
        console.print(line)
    if json is not None:
        write_json(rows, json)


if __name__ == "__main__":
    sys.exit(main())
