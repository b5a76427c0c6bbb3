"""The equal rows of a file, compared in the cells of the columns that do not number or name the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from experiments.data.columns.column_kind import FILLED, NoFeature, decide_column, file_has_comma
from experiments.data.count_different import count_different
from experiments.data.formats.column_types import cleaned, is_text
from experiments.data.formats.number_formats import have_thousands
from experiments.data.identity.cell_words import column_words
from experiments.data.identity.cells import SourceCells
from experiments.data.identity.equal_rows import EqualRows, equal_rows
from experiments.data.raw_table import Marks, RawTable
from experiments.errors import DataError

Names = Sequence[str]
PROBE = 1000  # rows, among which most columns repeat a value


def compared_rows(raw: RawTable, identifier: Names = (), drop: Names = (), test: RawTable | None = None) -> EqualRows:
    """Compare the rows of a file, in all columns but those that number or name the rows.

    Columns that the study drops are compared, too, each at its place in the file: the keys, by whose order copies are
    drawn, do not depend on what is dropped. Whether equal rows are copies is judged by the others.

    Args:
        identifier: columns that are not compared.
        drop:       columns by which nothing is judged.
        test:       the rows of a test file; only columns of both files are compared.
    """
    files = [raw] if test is None else [raw, test]
    there = [name for name in raw.columns if all(name in one.columns for one in files)]
    apart = tuple(name for name in there if name in identifier or _differs_in_every_row(raw, name))
    names = [name for name in there if name not in apart]
    cells = [SourceCells.of(*(one.columns[name] for name in names)) for one in files]
    both = cells[0] if test is None else cells[0].followed_by(cells[1])
    judged = [name not in drop for name in names]
    return replace(equal_rows(both, 0 if test is None else test.rows, judged), apart=apart)


def _differs_in_every_row(raw: RawTable, name: str) -> bool:
    """Return whether a column counts the rows or names them, so that no two rows would be equal in it.

    A few empty cells say nothing.
    """
    column = raw.columns[name]
    try:
        if not all(_all_differ(replace(raw, columns={name: part}), name) for part in (column.slice(0, PROBE), column)):
            return False
        clean = cleaned(raw, [name])
        decide_column(replace(clean, comma=_may_have_thousands(clean.columns[name]) and _has_comma(raw)), name)
    except NoFeature as why:
        return why.reason in ("counts_rows", "identifies_rows", "mixed_numbers")
    except DataError:
        return False
    return False


def _all_differ(raw: RawTable, name: str) -> bool:
    """Return whether nearly all cells of a column are filled, and differ.

    1 and 1.000 differ, because the latter may be a thousand.
    """
    present = cleaned(raw, [name]).columns[name].drop_null()
    if len(present) < FILLED * raw.rows:
        return False
    if is_text(present.type):
        return bool(pc.count_distinct(present).as_py() == len(present))
    return count_different(column_words(present)) == len(present)


def _may_have_thousands(column: pa.ChunkedArray) -> bool:
    """Return whether the points of a column stand between thousands if the file has a decimal comma."""
    return is_text(column.type) and have_thousands(column.drop_null(), Marks(comma=True))


def _has_comma(raw: RawTable) -> bool:
    """Return whether a column of the file has a decimal comma."""
    names = [name for name, column in raw.columns.items() if is_text(column.type)]
    return file_has_comma(cleaned(raw, names), names)
