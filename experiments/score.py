"""A study's final model scored on new labelled rows: python -m experiments.score STUDY FILE [options].

The score is an external validation: its rows came after the study's end, perhaps from elsewhere. Each is counted in
the ledger.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from experiments.study.command.cli import a_path, add_layout_argument, add_study_argument, command_parser, run_command


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's arguments."""
    it = command_parser(
        "score",
        "Score a study's final model on new rows with their target, beside its own test score. The ledger counts it.",
    )
    add_study_argument(it, more=", or a results.json")
    it.add_argument(
        "file",
        type=a_path,
        metavar="FILE",
        help="new rows with the column to predict filled in: a file like a study's, or a folder with a folder of "
        "pictures for each class",
    )
    add_layout_argument(it, "data.drop_classes leaves out the rows of classes; ")
    it.add_argument("--data", metavar="FILE", help="the study's own data, if they have moved: to find its rows in FILE")
    it.add_argument("--out", type=a_path, metavar="FILE", help="JSON file to write the result to")
    return it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    return run_command(parser(), _score, arguments, computes=True)


def _score(chosen: argparse.Namespace) -> int:
    from experiments.config.regular_file import write_atomically
    from experiments.data.new_data.labelled_rows import labelled_file
    from experiments.errors import StudyStateError
    from experiments.evaluation.scoring.ledger_place import LEDGER, open_ledger
    from experiments.study.command.console import study_console
    from experiments.study.external.external_summary import print_score, written_score
    from experiments.study.external.external_validation import finished_study, score_rows
    from experiments.study.folders.folder import print_note
    from experiments.study.folders.lookup import results_file
    from experiments.study.folders.results_file import read_own_results
    from experiments.study.request.new_rows_file import check_out, is_stream, layout_keys

    file, out = chosen.file, chosen.out
    if out is not None:
        check_out(out, file)
        if is_stream(out):
            raise StudyStateError(f"--out: must be a file to write, but {out} is a pipe or a device.")
    recorded = read_own_results(results_file(chosen.study))
    layout = layout_keys(file, chosen.overrides, ("drop_classes",))
    dropped = layout.pop("drop_classes", ())
    study = finished_study(recorded, chosen.data)
    rows = labelled_file(file, study.learnt, layout, dropped)
    for note in study.notes_of(rows):
        print_note(f"note: {note}")
    score = score_rows(study, rows, open_ledger(LEDGER, print_note), file.name)
    if out is not None:
        write_atomically(out, written_score(score))
    print_score(study_console(), score)
    return 0


if __name__ == "__main__":
    sys.exit(main())
