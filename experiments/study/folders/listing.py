"""The list of all studies in a folder: `tune --list`. Files are read, none is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from experiments.config.default_study import folder_of
from experiments.config.readable import letters, printable
from experiments.config.spec import StudySpec
from experiments.config.study_file import read_spec
from experiments.errors import ExperimentError
from experiments.reports.metrics import Scores, axis_label
from experiments.study.command.console import print_sentence
from experiments.study.command.fitting_table import fitting_table
from experiments.study.folders.ledger_check import was_tested_before
from experiments.study.folders.lookup import holds_a_study, known_studies
from experiments.study.folders.status import ON_ITS_WAY, StudyStatus, study_status, written_time

SHARED = "same"  # column of the letter of studies with the same rows and folds; left out where none has one
SPARED = ("sampler", "last change", "data")  # columns that are left out where there is no room, the first one first
WIDE = 110  # columns of a terminal that has room for the time of the last change
NO_METRIC = "no metric yet"
SAME_ROWS = "same: studies with the same letter have the same rows and folds, so that `compare` can test them"


@dataclass(frozen=True)
class ListedStudy:
    """A study of the list.

    status:  its state; None where it cannot be read.
    spec:    its study file as far as it is on record, else as it is written.
    problem: what is wrong with it; empty if nothing.
    letter:  letter of the studies with its rows and folds; empty where no other has them.
    """

    name: str
    status: StudyStatus | None
    spec: dict[str, Any]
    problem: str
    letter: str = ""

    @property
    def metric(self) -> str:
        """Return scikit-learn's name of its metric; empty where nothing names one."""
        metric = str(self.spec.get("cv", {}).get("metric"))
        return "" if metric in ("None", "auto") else metric


def print_list(console: Console, studies: Path) -> None:
    """Print the studies of a folder in blocks, one metric a block; those without a metric come last."""
    found = list(_studies(studies))
    shared = letters([None if study.status is None else study.status.rows for study in found])
    listed = [replace(study, letter=letter) for study, letter in zip(found, shared, strict=True)]
    for metric in sorted({study.metric for study in listed}, key=lambda metric: (not metric, metric)):
        console.print(Text(axis_label(metric) if metric else NO_METRIC, style="bold"))
        console.print(_table([study for study in listed if study.metric == metric], console.width))
    if not listed:
        console.print(Text(f"{studies}: no study here"))
    if any(shared):
        print_sentence(console, SAME_ROWS)
    for study in listed:
        lacks = "" if study.status is None or study.status.mlflow == ON_ITS_WAY else study.status.mlflow
        if problem := study.problem or lacks:
            print_sentence(console, printable(" ".join(problem.split())))


def _studies(studies: Path) -> Iterator[ListedStudy]:
    """Yield the studies of a folder; those with a study file come first.

    The name is the one that `tune` takes; that in a study file of another name stands behind it.
    """
    known, seen = known_studies(studies), set[Path]()
    for name, file in known.items():
        if file is not None:
            folder = studies / name
            try:
                spec = read_spec(file)
                named = "" if spec.study.name == name else f" ({spec.study.name})"
                folder = folder_of(file, spec)
                yield _listed(f"{name}{named}", folder, spec)
            except ExperimentError as error:
                yield ListedStudy(name, None, {}, str(error))
            seen.add(folder)
    for folder in (studies / name for name in known):
        if folder not in seen and holds_a_study(folder):
            yield _listed(folder.name, folder, None)


def _listed(name: str, path: Path, spec: StudySpec | None) -> ListedStudy:
    document = {} if spec is None else spec.to_document()
    try:
        status = study_status(path, None if spec is None else spec.search)
    except ExperimentError as error:
        return ListedStudy(name, None, document, str(error))
    return ListedStudy(name, status, dict(status.spec) or document, "")


def _table(studies: Sequence[ListedStudy], width: int) -> Table:
    titles = ["study", "state", "trials", "data", SHARED, "sampler", "selection", "test"]
    titles += ["last change"] * (width >= WIDE)
    rows = [_cells(study, width) for study in studies]
    titles += ["MLflow"] * (max(map(len, rows)) > len(titles))
    columns = {title: [row[at] if at < len(row) else Text() for row in rows] for at, title in enumerate(titles)}
    if not any(columns[SHARED]):
        del columns[SHARED]
    return fitting_table(columns, width, SPARED, right=("selection", "test", "last change"))


def _cells(study: ListedStudy, width: int) -> list[Text]:
    status, name = study.status, printable(study.name)
    if status is None:
        return [Text(name), Text("unreadable")]
    data, search = study.spec.get("data", {}), study.spec.get("search", {})
    scores = Scores.like(study.metric, None if status.best is None else status.best.result.value)
    cells = [
        name,
        status.ending + ("" if status.result is None or status.result.outer is None else " (nested)"),
        "" if status.state == "not started" else status.trials.removesuffix("s").removesuffix(" trial"),
        printable(Path(str(data.get("source", ""))).name),
        study.letter,
        str(search.get("sampler", "")),
        "" if status.best is None else scores.show(status.best.result.value),
        _tested(status, scores),
        *([written_time(status.when)] if width >= WIDE else []),
    ]
    if status.mlflow:
        cells.append("on its way" if status.mlflow == ON_ITS_WAY else "incomplete")
    return list(map(Text, cells))


def _tested(status: StudyStatus, scores: Scores) -> str:
    """Return the test score, and whether it is a second one; "earlier" of a test before the last trials."""
    result = status.result
    if result is None or status.best is None:
        return ""
    if result.test is None:
        return "earlier" if was_tested_before(result) else ""
    again = "" if result.test.times_scored == 1 else " (again)"
    return scores.show(result.test.score) + again
