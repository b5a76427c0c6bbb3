"""Studies compared from their folders: python -m experiments.compare STUDY STUDY ... [--out DIR].

No network is trained, unless --finalists asks for it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace

from experiments.study.command.cli import a_path, add_workers_argument, command_parser, run_command, workers_of

EPILOG = """\
The difference of two studies is tested if they have the same rows, folds, metric (or --metric names one), final members
and arithmetic, after selection; the variation of training is not included. Otherwise the reason is said. Exit codes: 0
done, 2 bad input, 130 interrupted."""


SEEDS = 10  # repetitions of finalists


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's arguments."""
    it = command_parser(
        "compare", "Compare studies: their searches, their corrected scores, and the differences in pairs.", EPILOG
    )
    words = "a study's name, its folder, its study file (.toml), or a results.json; two, or one with --finalists"
    it.add_argument("studies", nargs="+", metavar="STUDY", help=words)
    it.add_argument(
        "--out", type=a_path, metavar="DIR", help="folder of compare.html, .md and .json (default: studies/compare-A-B)"
    )
    it.add_argument("--data", metavar="FILE", help="file or folder of the studies' data, if it has moved")
    words = "score the studies' choices by this metric, whatever they chose by (default: each study by its own)"
    it.add_argument("--metric", metavar="NAME", help=words)
    words = "train the best N configurations of all studies again, which must have the same rows, and compare them"
    it.add_argument("--finalists", type=int, metavar="N", help=words)
    words = f"with --finalists: repetitions, each with new splits of the development rows and seeds (default: {SEEDS})"
    it.add_argument("--seeds", type=int, metavar="M", help=words)
    add_workers_argument(it)
    it.add_argument("--latex", action="store_true", help="print the tables for a paper, and write no page")
    return it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    return run_command(parser(), _compare, arguments, computes=True)


def _compare(chosen: argparse.Namespace) -> int:
    from experiments.errors import SpecError
    from experiments.evaluation.scoring.ledger_place import LEDGER, find_ledger
    from experiments.reports.comparison.page import comparison_latex
    from experiments.search.executors.local import usable_cores
    from experiments.search.pruning import quiet_optuna
    from experiments.study.command.console import study_console
    from experiments.study.comparing.compare_files import (
        check_comparison_folder,
        comparison_folder,
        print_comparison,
        write_comparison,
    )
    from experiments.study.comparing.compared import read_studies
    from experiments.study.comparing.comparison import compare_studies
    from experiments.study.comparing.trained_finalists import check_comparable, compare_again
    from experiments.study.running.options import Options
    from experiments.tracking.uris import OFF

    quiet_optuna()
    count, seeds = chosen.finalists, SEEDS if chosen.seeds is None else chosen.seeds
    if count is None and (chosen.seeds is not None or chosen.workers is not None):
        raise SpecError("--seeds and --workers belong to --finalists N; add it, or leave them out.")
    if count is not None and chosen.metric is not None:
        raise SpecError("--metric: --finalists trains again, and scores by the studies' own metric; leave one out.")
    workers = workers_of(chosen.workers, usable_cores())
    studies, console = read_studies(chosen.studies, least=2 if count is None else 1), study_console(chosen.latex)
    if count is not None:
        check_comparable(studies, count, seeds)
    folder = chosen.out or comparison_folder(studies, chosen.metric)
    check_comparison_folder(folder)
    comparison = compare_studies(studies, find_ledger(LEDGER), chosen.data, chosen.metric)
    if count is not None:
        options = Options(folder, LEDGER, OFF, workers, look="leave")
        found = compare_again(studies, count, seeds, chosen.data, options, console)
        comparison = replace(comparison, finalists=found)
    if chosen.latex:
        print(comparison_latex(comparison), end="")
        return 0
    print_comparison(console, comparison)
    console.print(str(write_comparison(folder, comparison)), markup=False, soft_wrap=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
