"""What a finished study leaves in its folder, each file whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from experiments.evaluation.results import LedgerRecord, StudyResult
from experiments.reports.render import render
from experiments.reports.trials_csv import trials_csv
from experiments.search.trial import FinishedTrial
from experiments.study.folder import StudyFolder


def publish(folder: StudyFolder, result: StudyResult, told: Sequence[FinishedTrial]) -> None:
    """Write the trial table, the report and last results.json."""
    write_report(folder, result, told, result.ledger)
    folder.write("results.json", json.dumps(result.document(), indent=1, ensure_ascii=False, allow_nan=False))


def write_report(
    folder: StudyFolder, result: StudyResult, told: Sequence[FinishedTrial], ledger: LedgerRecord | None
) -> list[Path]:
    """Write the pictures, the trial table and the pages; returns all but the pictures.

    Args:
        told:   the trials with their learning curves; without them the report has none.
        ledger: what the ledger says of the test rows at this moment.
    """
    trials = [one.result for one in told]
    pages = render(result, trials, ledger)
    for name, picture in pages.pictures.items():
        folder.write(f"report_files/{name}.svg", picture)
    return [
        folder.write("trials.csv", trials_csv(result, trials)),
        folder.write("report.md", pages.markdown),
        folder.write("report.html", pages.html),
    ]
