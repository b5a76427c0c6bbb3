"""Benchmarks from the command line: python -m experiments.benchmark

Without options it prints the network table: this network beside its matrix products alone, scikit-learn's MLP, and
PyTorch where it is installed. Each option of BENCHMARKS runs another benchmark instead.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from experiments.errors import SpecError
from experiments.study.command.cli import command_parser, run_command

STUDY = "compare a whole study, by name or study file (default: digits), with Optuna and scikit-learn"
ROW_NAMES = ("digits", "tabular", "mnist", "wide")
WITH_A_VALUE = ("tables", "screen", "uncertainty", "faults")  # options, and modules, of that name

# option, module, what --help says. A module has run(options), which yields the lines of a table, and the table's
# COLUMNS; where there is more to print than a table, it has show(lines, console) instead. It may have
# line_of(line), which is printed as each line comes, and exit_code(lines).
BENCHMARKS = (
    ("--pruners", "pruners", "show what pruning saves, and what it costs in score"),
    ("--honesty", "verdicts", "check verdicts and intervals on made data of which the truth is known"),
    ("--compared", "compared", "check the comparison of two studies on made data of which the truth is known"),
    ("--nested", "nested", "check the interval of nested cross-validation on made data of which the truth is known"),
    ("--large", "large", "measure what grows with trials and rows: seconds, memory, and the power of the growth"),
)
TABLES = "compare four tables, or those that FOLDER/README.md lists, by --data alone, with a tuned scikit-learn network"
UNCERTAINTY = "check the coverage of intervals and sets on made data, or on the tables that FOLDER/README.md lists"
FAULTS = "make every fault of the table on a real study, or ROWS: numbers between commas, kills"
SCREEN = "compare variants of the default study, --set with --against, on the tables that FOLDER/README.md lists"
TRIALS = 40
OTHER_TRIALS = {"tables": 30, "screen": 16, "uncertainty": 8, "nested": 10, "large": 2000}
OTHER_DRAWS = {"uncertainty": 200}
DRAWS = 2000
COUNTS = (
    ("--repeats", 5, "measurements of each side, which take turns (default: 5)"),
    (
        "--trials",
        None,
        "trials of a study (default: 40; --study: as many as it has; --tables 30, --screen 16, --uncertainty 8; "
        "--nested: 10, --large: 2000)",
    ),
    ("--table-rows", 1_000_000, "rows of the largest table of --large (default: 1000000)"),
    ("--more", None, "time this number of further trials with --study, too"),
    ("--seeds", 3, "studies for each pruner (default: 3)"),
    ("--splits", None, "splits of each table (default: by its rows, 3 or 5; with --screen 2, --uncertainty 3)"),
    ("--studies", 100, "studies of each kind (--honesty, --nested), pairs of each kind (--compared) (default: 100)"),
    ("--draws", None, "fitted models in --honesty (default: 2000), draws of each kind in --uncertainty (default: 200)"),
)


def parser() -> argparse.ArgumentParser:
    """Return the command's arguments."""
    it = command_parser(
        "benchmark", "Compare this network with its matrix products alone, scikit-learn, and PyTorch if installed."
    )
    names = ",".join(ROW_NAMES)
    it.add_argument("--rows", type=row_names, default=ROW_NAMES, metavar="NAMES", help=f"rows to run, of {names}")
    it.add_argument("--json", type=Path, metavar="FILE", help="write the lines of the table as JSON, too")
    benchmarks = it.add_mutually_exclusive_group()
    for option, module, text in BENCHMARKS:
        benchmarks.add_argument(option, action="store_const", dest="benchmark", const=module, help=text)
    benchmarks.add_argument("--study", nargs="?", const="", metavar="STUDY", help=STUDY)
    benchmarks.add_argument("--tables", nargs="?", const=False, type=Path, metavar="FOLDER", help=TABLES)
    benchmarks.add_argument("--uncertainty", nargs="?", const=False, type=Path, metavar="FOLDER", help=UNCERTAINTY)
    benchmarks.add_argument("--screen", type=Path, metavar="FOLDER", help=SCREEN)
    benchmarks.add_argument("--faults", nargs="?", const="", metavar="ROWS", help=FAULTS)
    it.add_argument("--record", type=Path, metavar="FILE", help="with --faults: known outcomes; new ones are appended")
    it.add_argument("--again", action="store_true", help="with --faults: run rows of known outcome again")
    it.add_argument("--data", metavar="FILE", help="with --study: a study of this table, as tune --data makes it")
    it.add_argument("--target", metavar="COLUMN", help="with --data: the column to predict")
    settings: dict[str, Any] = {"action": "append", "default": [], "metavar": "KEY=VALUE"}
    it.add_argument("--set", dest="overrides", help="with --study, --tables, --screen: as of tune", **settings)
    it.add_argument("--against", help="with --screen: settings of the other variant (default: none)", **settings)
    it.add_argument("--cache", type=Path, metavar="FILE", help="with --tables, --screen: known scores, and new ones")
    it.add_argument(
        "--half", choices=("odd", "even", "all"), help="tables of the list (default: all; --screen, --uncertainty: odd)"
    )
    it.add_argument("--terminal", action="store_true", help="with --study: time our side at a terminal, too")
    for option, default, text in COUNTS:
        it.add_argument(option, type=at_least_one, default=default, metavar="N", help=text)
    it.set_defaults(benchmark="networks")
    return it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    return run_command(parser(), _run, arguments)


def row_names(text: str) -> tuple[str, ...]:
    """Return the names of rows between commas."""
    names = tuple(text.split(","))
    if unknown := [name for name in names if name not in ROW_NAMES]:
        raise argparse.ArgumentTypeError(f"rows must be of {', '.join(ROW_NAMES)}, but got {unknown[0]!r}")
    return names


def at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a count must be an integer of at least 1, but got {text!r}")
    return int(text)


def _chosen(options: argparse.Namespace) -> str:
    """Return the module of the benchmark."""
    given = {"whole_study": options.study, **{name: getattr(options, name) for name in WITH_A_VALUE}}
    return next((module for module, value in given.items() if value is not None), str(options.benchmark))


def _check(options: argparse.Namespace) -> None:
    """Refuse options of another benchmark.

    Raises:
        SpecError: such an option is there.
    """
    study, screen = options.study is not None, options.screen is not None
    listed = screen or options.tables is not None
    if not study and any(
        one is not None for one in (options.data, options.target, options.terminal or None, options.more)
    ):
        raise SpecError("--data, --target, --terminal and --more go with --study, which is missing; add it.")
    if not screen and options.against:
        raise SpecError("--against goes with --screen, which is missing; add it.")
    if not listed and options.cache is not None:
        raise SpecError("--cache goes with --tables or --screen; add one of them.")
    if options.faults is None and (options.record is not None or options.again):
        raise SpecError("--record and --again go with --faults, which is missing; add it.")
    if not (listed or options.uncertainty) and options.half is not None:
        raise SpecError("--half goes with --tables, --screen or --uncertainty FOLDER; add one of them.")
    if not (study or listed) and options.overrides:
        raise SpecError("--set goes with --study, --tables or --screen; add one of them.")


def _run(options: argparse.Namespace) -> int:
    """Run the benchmark that the options name; the JSON file is written anew with each line."""
    from experiments.benchmark.tabulate import print_table, wide_console

    options.benchmark = _chosen(options)
    _check(options)
    if options.trials is None and options.study is None:
        options.trials = OTHER_TRIALS.get(options.benchmark, TRIALS)
    options.draws = options.draws or OTHER_DRAWS.get(options.benchmark, DRAWS)
    benchmark = import_module(f"experiments.benchmark.{options.benchmark}")
    console, lines = wide_console(), []
    with console.status("measuring") as status:
        for line in benchmark.run(options):
            lines.append(line)
            if hasattr(benchmark, "line_of"):
                console.print(benchmark.line_of(line), markup=False, soft_wrap=True)
            status.update(f"lines measured: {len(lines)}")
            if options.json is not None:
                options.json.write_text(json.dumps(lines, indent=1, default=lambda number: number.item()) + "\n")
    if hasattr(benchmark, "show"):
        benchmark.show(lines, console)
    else:
        print_table(console, lines, benchmark.COLUMNS)
    return int(benchmark.exit_code(lines)) if hasattr(benchmark, "exit_code") else 0


if __name__ == "__main__":
    sys.exit(main())
