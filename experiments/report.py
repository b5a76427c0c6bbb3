"""A study's report written again from its record: python -m experiments.report STUDY. No training, no data.

The author's texts are those of [report] in the study file as it is now.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import partial

from experiments.study.command.cli import add_study_argument, command_parser, run_command


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's arguments."""
    it = command_parser(
        "report", "Write a study's report.html, report.md, pictures and trials.csv again, from its results and journal."
    )
    add_study_argument(it, more=", or a results.json")
    it.add_argument(
        "--latex", action="store_true", help="print the methods and the table of test scores for a paper, write nothing"
    )
    return it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    return run_command(parser(), _report, arguments, computes=True)


def _report(chosen: argparse.Namespace) -> int:
    from experiments.evaluation.scoring.ledger_place import LEDGER, open_ledger
    from experiments.reports.latex import latex
    from experiments.search.pruning import quiet_optuna
    from experiments.study.folders.finished_files import write_report
    from experiments.study.folders.folder import StudyFolder
    from experiments.study.folders.ledger_check import standing_of
    from experiments.study.folders.lookup import results_file
    from experiments.study.folders.report_texts import texts_now, with_texts
    from experiments.study.folders.results_file import learned, read_own_results
    from experiments.study.running.admission import recorded_reading

    quiet_optuna()
    recorded = read_own_results(results_file(chosen.study))
    texts = texts_now(chosen.study, recorded)
    ledger = open_ledger(LEDGER, partial(print, file=sys.stderr) if chosen.latex else print)
    standing_of(ledger, recorded)
    seen = recorded_reading(ledger, recorded)
    if chosen.latex:
        print(latex(recorded.result, seen), end="")
        return 0
    folder = StudyFolder(recorded.folder)
    with folder.claimed():
        trials = learned(recorded)
        for path in write_report(folder, with_texts(recorded, texts), trials, seen):
            print(path)
    if not trials:
        print(f"note: {folder.journal} is not there, so the report has no learning curves")
    return 0


if __name__ == "__main__":
    sys.exit(main())
