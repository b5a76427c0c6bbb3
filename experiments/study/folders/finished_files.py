"""The files of a finished study, each written whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from experiments.config.regular_file import write_atomically
from experiments.evaluation.records.results import LedgerRecord, StudyResult
from experiments.reports.render import render
from experiments.reports.trials_csv import trials_csv
from experiments.search.trial import FinishedTrial
from experiments.study.folders.folder import StudyFolder


def write_results(path: Path, result: StudyResult) -> Path:
    """Write results.json whole or not at all.

    Raises:
        StudyStateError: the disk is full or the folder cannot be written to.
    """
    text = json.dumps(result.document(), indent=1, ensure_ascii=False, allow_nan=False)
    return write_atomically(path, text.encode())


def write_report(
    folder: StudyFolder, result: StudyResult, finished: Sequence[FinishedTrial], ledger: LedgerRecord | None
) -> list[Path]:
    """Write the pictures, the trial table and the pages; return the paths of all but the pictures.

    Args:
        finished: the trials with their learning curves; without them the report has none.
        ledger:   the ledger's counts for the test rows now.
    """
    trials = [trial.result for trial in finished]
    pages = render(result, trials, ledger)
    for name, picture in pages.pictures.items():
        folder.write(f"report_files/{name}.svg", picture)
    return [
        folder.write("trials.csv", trials_csv(result, trials)),
        folder.write("report.md", pages.markdown),
        folder.write("report.html", pages.html),
    ]
