"""The author's texts of a study that has ended: [report] of the study file as it is now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from experiments.config.default_study import STUDY_FILE
from experiments.config.report_options import ReportSection
from experiments.config.study_file import read_report_section
from experiments.evaluation.report_record import report_record
from experiments.evaluation.results import StudyResult
from experiments.study.outputs import write_results
from experiments.study.results_file import Recorded
from experiments.version import SCHEMA


def texts_now(study: str, recorded: Recorded) -> ReportSection | None:
    """Read [report] of the study file; None where there is no such file, or none with that section.

    Args:
        study: the study as the user named it, perhaps by its file.

    Raises:
        SpecError: the file cannot be read, or the section breaks a rule.
    """
    for file in _study_files(study, recorded):
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


def _study_files(study: str, recorded: Recorded) -> Iterator[Path]:
    """Yield the places where the study file may be: as named, in the study's folder, and beside it."""
    folder = recorded.folder
    above = folder.parent if folder.name else folder.absolute().parent
    if study.endswith(".toml"):
        yield Path(study)
    yield folder / STUDY_FILE
    for name in dict.fromkeys((folder.absolute().name, recorded.result.study)):
        yield above / f"{name}.toml"
