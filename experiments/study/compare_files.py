"""The files of a comparison, each written whole or not at all, and its lines on the terminal."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from experiments.config.readable import printable, times
from experiments.errors import StudyStateError
from experiments.evaluation.comparison_records import ComparedStudy, Comparison
from experiments.reports.blocks import plain
from experiments.reports.comparison.differences import answer, untested
from experiments.reports.comparison.page import FOLDER, render_comparison
from experiments.reports.comparison.studies import USES_UP
from experiments.reports.metrics import Scores, axis_label, metric_label
from experiments.search.storage import write_atomically
from experiments.study.compared import ReadStudy
from experiments.study.folder import STUDIES
from experiments.study.lookup import holds_a_study

LONGEST = 120  # letters of a folder's name


def comparison_folder(studies: Sequence[ReadStudy]) -> Path:
    """Return the folder of a comparison without --out: compare-A-B in studies/."""
    names = "-".join(["compare", *(study.folder.name for study in studies)])
    return STUDIES / re.sub(r"[^\w.-]+", "_", names)[:LONGEST]


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
    for metric in dict.fromkeys(study.metric for study in comparison.studies):
        console.print(Text(axis_label(metric), style="bold"))
        console.print(_table([study for study in comparison.studies if study.metric == metric]))
    for study in comparison.studies:
        for line in study.notes:
            console.print(printable(f"{study.name}: {line}"), markup=False, soft_wrap=True)
    for words in [*answer(comparison)[0], *untested(comparison)]:
        console.print(printable(plain(words)), markup=False, soft_wrap=True)
    tested = [study for study in comparison.studies if study.test is not None]
    if tested:
        console.print(f"test scores ({USES_UP}):", markup=False, soft_wrap=True)
    for study in tested:
        console.print(printable(f"  {study.name}: {_test(study)}"), markup=False, soft_wrap=True)


def _table(studies: Sequence[ComparedStudy]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("study", "data"):
        table.add_column(column, overflow="fold")
    for column in ("rows", "sampler"):
        table.add_column(column, no_wrap=True)
    for column in ("trials", "corrected", "95% interval"):
        table.add_column(column, justify="right", no_wrap=True)
    for study in studies:
        table.add_row(*_cells(study))
    return table


def _cells(study: ComparedStudy) -> tuple[str | Text, ...]:
    scores = Scores.like(study.metric, study.best)
    return (
        Text(printable(study.name)),
        Text(printable(study.data)),
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
        f"rows, all or some of them scored {times(study.test.looks)}"
        if study.test.own
        else "rows; the ledger has no entry of it"
    )
    return f"{of}{shown}, {study.test.rows:,} {counted}"
