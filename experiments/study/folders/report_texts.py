"""The author's texts of a study that has ended: [report] of the study file as it is now."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from experiments.config.report_options import ReportSection
from experiments.config.study_file import read_report_section
from experiments.evaluation.records.report_record import report_record
from experiments.evaluation.records.results import StudyResult
from experiments.study.folders.finished_files import write_results
from experiments.study.folders.lookup import own_study_files
from experiments.study.folders.results_file import Recorded
from experiments.version import SCHEMA


def texts_now(study: str, recorded: Recorded) -> ReportSection | None:
    """Read [report] of the study file; None where there is no such file, or none with that section.

    Args:
        study: the study as the user named it, perhaps by its file.

    Raises:
        SpecError: the file cannot be read, or the section breaks a rule.
    """
    named = [Path(study)] if study.endswith(".toml") else []
    for file in (*named, *own_study_files(recorded.folder, recorded.result.study)):
        if file.is_file() and (section := read_report_section(file, recorded.result.study)) is not None:
            return section
    return None


def with_texts(recorded: Recorded, section: ReportSection | None) -> StudyResult:
    """Return the result with these texts, which results.json then has too; no digest changes.

    Args:
        section: None leaves those on record.

    Raises:
        StudyStateError: results.json cannot be written.
    """
    result = recorded.result
    if section is None or (texts := report_record(section)) == result.report:
        return result
    result = replace(result, report=texts)
    if recorded.document["schema"] == SCHEMA:  # what another version wrote stays as it is
        write_results(recorded.path, result)
    return result
