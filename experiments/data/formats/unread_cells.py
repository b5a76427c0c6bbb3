"""The cells that are missing because they do not fit their column: how many each column has, and the first of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from experiments.data.formats.column_types import is_number, is_text, words_in
from experiments.data.formats.date_formats import ISO, NO_DATE
from experiments.data.formats.number_formats import PLAIN
from experiments.data.formats.without_words import without_words
from experiments.data.raw_table import SHOWN, RawTable, shown
from experiments.data.table import LARGEST, Kind, TableReading
from experiments.data.texts import MISSING_NUMBERS
from experiments.errors import DataError

WRITE_THEM_SO = "write them so, or leave a cell empty if it is missing"


@dataclass(frozen=True)
class ColumnCells:
    """The unread cells of a column.

    cells:    number of them.
    unfit:    number of those that are neither infinite nor enormous, nor a usual word for a missing number.
    first:    the first of them, with its place.
    expected: what the column takes.
    """

    cells: int
    unfit: int
    first: str
    expected: str

    def __add__(self, later: ColumnCells) -> ColumnCells:
        first = self if self.unfit or not later.unfit else later
        return replace(first, cells=self.cells + later.cells, unfit=self.unfit + later.unfit)


@dataclass(frozen=True)
class UnreadCells:
    """The unread cells of some rows.

    columns: name -> its unread cells; only columns that have some.
    """

    columns: Mapping[str, ColumnCells] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(one.cells for one in self.columns.values())

    def __add__(self, later: UnreadCells) -> UnreadCells:
        """Join the cells with those of later rows."""
        both = {name: one + later.columns[name] for name, one in self.columns.items() if name in later.columns}
        return UnreadCells({**self.columns, **later.columns, **both})

    def named(self) -> str:
        """Name the columns, each with its first cell and what it takes; empty without any."""
        said = [
            f"{shown(name)} ({f'{one.cells} cells, first ' if one.cells > 1 else ''}{one.first}; expected "
            f"{one.expected})"
            for name, one in self.columns.items()
        ]
        return ", ".join(said[:SHOWN]) + (f" and {len(said) - SHOWN} more columns" if len(said) > SHOWN else "")

    def note(self) -> str:
        """Say how many cells there are, and of which columns."""
        several = self.count > 1
        said = (
            f"{self.count} cells taken for missing, as they do" if several else "1 cell taken for missing, as it does"
        )
        return f"{said} not fit the column: {self.named()}"

    def refuse(self, where: str, names: Iterable[str], advice: str) -> None:
        """Refuse the first of some columns that has no other cells than unread ones.

        Args:
            where:  the place of the rows, for messages.
            names:  columns none of whose cells was read.
            advice: what a user can do about it.

        Raises:
            DataError: one of their cells does not fit.
        """
        for name in names:
            one = self.columns[name]
            if one.unfit:
                none = f"none of its {one.cells} cells fits" if one.cells > 1 else "its only cell does not fit"
                raise DataError(
                    f"{where}: column {shown(name)} must hold {one.expected}, but {none}: {one.first}; {advice}."
                )


def unread_cells(written: RawTable, plain: RawTable, reading: TableReading, features: Any) -> UnreadCells:
    """Find the cells of numbers and dates that are missing only because they do not fit.

    Args:
        written:  cleaned rows.
        plain:    the same, with plain numbers, and days for dates, as `plain_rows` writes them.
        features: the features that were read from these.
    """
    if isinstance(features, np.ndarray):  # nothing is missing
        return UnreadCells()
    found = {}
    for name, kind in reading.columns:
        if kind == "category" or not (absent := features[name].isna().to_numpy()).any():
            continue
        values = without_words(written, [name], reading.words, reading.formats).columns[name]
        unread = absent & np.asarray(pc.invert(values.is_null(nan_is_null=True)))
        if kind == "date" and is_text(values.type):
            unread &= ~np.asarray(pc.is_in(values, pa.array(NO_DATE)))
        if unread.any():
            wrong = unread & _no_values(plain.columns[name])
            unfit = wrong & ~_usual_words(values)
            row = int((unfit if unfit.any() else unread).argmax())
            value = values[row].as_py()
            form = reading.formats.get(name)
            expected = _expected(kind, form) if wrong[row] else f"numbers of at most {LARGEST:g}"
            first = f"{shown(value if isinstance(value, str) else str(value))} in {written.place(row)}"
            found[name] = ColumnCells(int(unread.sum()), int(unfit.sum()), first, expected)
    return UnreadCells(found)


def _no_values(plain: pa.ChunkedArray) -> Any:
    """Mark (N,) the cells that are neither numbers nor dates."""
    if is_number(plain.type):
        return np.zeros(len(plain), bool)
    return np.asarray(words_in(plain)) if is_text(plain.type) else np.ones(len(plain), bool)


def _usual_words(written: pa.ChunkedArray) -> Any:
    """Mark (N,) the cells with a usual word for a missing number."""
    if not is_text(written.type):
        return np.zeros(len(written), bool)
    return np.asarray(pc.is_in(pc.utf8_lower(written), pa.array(MISSING_NUMBERS, pa.string())).fill_null(False))


def _expected(kind: Kind, form: str | None) -> str:
    if kind == "date":
        return "dates such as 2026-01-31" if form in (None, ISO) else f"dates written as {form}"
    return f"numbers such as {PLAIN}" if form is None else f"numbers written as {form}"
