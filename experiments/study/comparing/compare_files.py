"""The files of a comparison, each written whole or not at all, and its lines on the terminal."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from experiments.config.readable import count, printable
from experiments.config.regular_file import write_atomically
from experiments.errors import StudyStateError
from experiments.evaluation.comparison.comparison_record import ComparedStudy, Comparison
from experiments.reports.blocks import plain
from experiments.reports.comparison.differences import answer, untested
from experiments.reports.comparison.page import FOLDER, render_comparison
from experiments.reports.comparison.studies import USES_UP, of_other_rows
from experiments.reports.metrics import Scores, axis_label, metric_label
from experiments.study.command.console import print_sentence
from experiments.study.command.fitting_table import fitting_table
from experiments.study.comparing.compared import ReadStudy
from experiments.study.folders.folder import STUDIES
from experiments.study.folders.lookup import holds_a_study
from experiments.tracking.runs import safe_name

TITLES = ("study", "data", "same rows", "sampler", "trials", "corrected", "95% interval")
NAMED = ("study", "data", "same rows", "chosen by", "trials", "score", "95% interval")  # with --metric
SPARED = ("sampler", "data")  # columns that are left out where there is no room, the first one first
LONGEST = 120  # letters of a folder's name


def comparison_folder(studies: Sequence[ReadStudy], metric: str | None = None) -> Path:
    """Return the folder of a comparison without --out: compare-A-B in studies/, or compare-A-B-by-METRIC."""
    by = [] if metric is None else ["by", metric]
    names = "-".join(["compare", *(study.folder.name for study in studies), *by])
    return STUDIES / safe_name(re.sub(r"[^\w.-]+", "_", names), LONGEST)


def check_comparison_folder(folder: Path) -> None:
    """Refuse a folder that is a study's, or cannot be one.

    Raises:
        StudyStateError: it is.
    """
    if holds_a_study(folder):
        raise StudyStateError(f"--out: {folder} holds a study; choose another folder for the comparison.")
    try:
        occupied = folder.exists() and not folder.is_dir()
    except OSError as error:
        raise StudyStateError(f"--out: {folder} cannot be read: {error.strerror}.") from None
    if occupied:
        raise StudyStateError(f"--out: must be a folder, but {folder} is a file.")


def write_comparison(folder: Path, comparison: Comparison) -> Path:
    """Write compare.json, the pictures, compare.md and compare.html; return the path of the last.

    Raises:
        StudyStateError: a file cannot be written.
    """
    pages = render_comparison(comparison)
    document = json.dumps(comparison.document(), indent=1, ensure_ascii=False, allow_nan=False)
    files = {f"{FOLDER}/{name}.svg": svg for name, svg in pages.pictures.items()}
    files |= {"compare.json": f"{document}\n", "compare.md": pages.markdown, "compare.html": pages.html}
    if (folder / FOLDER).is_symlink():  # a write would follow it
        (folder / FOLDER).unlink()
    return [write_atomically(folder / name, content.encode()) for name, content in files.items()][-1]


def print_comparison(console: Console, comparison: Comparison) -> None:
    """Print a line for each study, the answer, and the test scores apart."""
    if comparison.metric is not None:
        console.print(Text(axis_label(comparison.metric), style="bold"))
        console.print(_table([_named(study, comparison.metric) for study in comparison.studies], NAMED, console.width))
    else:
        for metric in dict.fromkeys(study.metric for study in comparison.studies):
            console.print(Text(axis_label(metric), style="bold"))
            of_metric = [study for study in comparison.studies if study.metric == metric]
            console.print(_table([_cells(study) for study in of_metric], TITLES, console.width))
    for study in comparison.studies:
        for line in study.notes:
            print_sentence(console, printable(f"{study.name}: {line}"))
    for words in [*answer(comparison)[0], *untested(comparison)]:
        print_sentence(console, printable(plain(words)))
    tested = [study for study in comparison.studies if study.test is not None]
    if tested:
        console.print(f"test scores ({USES_UP}):", markup=False, soft_wrap=True)
    for study in tested:
        print_sentence(console, printable(f"  {study.name}: {_test(study)}"))
    for rows in of_other_rows(comparison):
        print_sentence(console, printable(plain(rows.parts)))


def _table(rows: Sequence[tuple[str, ...]], titles: Sequence[str], width: int) -> Table:
    columns = {title: list(map(Text, column)) for title, column in zip(titles, zip(*rows, strict=True), strict=True)}
    return fitting_table(columns, width, SPARED, right=("trials", "corrected", "score", "95% interval"))


def _named(study: ComparedStudy, metric: str) -> tuple[str, ...]:
    found = study.named
    scores = Scores.like(metric, None if found is None else found.score)
    return (
        printable(study.name),
        printable(study.data),
        study.sharing,
        metric_label(study.metric),
        f"{study.trials:,}",
        scores.show(None if found is None else found.score),
        "" if found is None else scores.interval(found.ci95),
    )


def _cells(study: ComparedStudy) -> tuple[str, ...]:
    scores = Scores.like(study.metric, study.best)
    return (
        printable(study.name),
        printable(study.data),
        study.sharing,
        study.sampler,
        f"{study.trials:,}",
        scores.show(study.corrected),
        "" if study.ci95 is None else scores.interval(study.ci95),
    )


def _test(study: ComparedStudy) -> str:
    assert study.test is not None
    scores = Scores.like(study.metric, study.test.score)
    shown = f"{metric_label(study.metric)} {scores.show(study.test.score)} {scores.interval(study.test.ci95)}"
    of = "nested, of the whole procedure: " if study.test.nested else ""
    counted = (
        f"rows, used in {count(study.test.looks, 'test')}" if study.test.own else "rows; the ledger has no entry of it"
    )
    return f"{of}{shown}, {study.test.rows:,} {counted}"
