"""Studies compared from their folders: python -m experiments.compare STUDY STUDY ... [--out DIR]. No training."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from experiments.study.cli import command_parser, run_command

EPILOG = """\
The difference of two studies is tested if they have the same rows, folds, metric, final members and arithmetic, after
selection; the variation of training is not included. Otherwise the reason is said. Exit codes: 0 done, 2 bad input."""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's arguments."""
    it = command_parser(
        "compare", "Compare studies: their searches, their corrected scores, and the differences in pairs.", EPILOG
    )
    words = "a study's name, its folder, its study file (.toml), or a results.json; two or more"
    it.add_argument("studies", nargs="+", metavar="STUDY", help=words)
    it.add_argument(
        "--out", type=Path, metavar="DIR", help="folder of compare.html, .md and .json (default: studies/compare-A-B)"
    )
    it.add_argument("--data", metavar="FILE", help="file or folder of the studies' data, if it has moved")
    return it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    return run_command(parser(), _compare, arguments, computes=True)


def _compare(chosen: argparse.Namespace) -> int:
    from experiments.evaluation.ledger_place import find_ledger, ledger_path
    from experiments.search.pruning import quiet_optuna
    from experiments.study.compare_files import (
        check_comparison_folder,
        comparison_folder,
        print_comparison,
        write_comparison,
    )
    from experiments.study.compared import read_studies
    from experiments.study.comparison import compare_studies
    from experiments.study.console import study_console

    quiet_optuna()
    studies, console = read_studies(chosen.studies), study_console()
    folder = chosen.out or comparison_folder(studies)
    check_comparison_folder(folder)
    comparison = compare_studies(studies, find_ledger(ledger_path()), chosen.data)
    print_comparison(console, comparison)
    console.print(str(write_comparison(folder, comparison)), markup=False, soft_wrap=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
