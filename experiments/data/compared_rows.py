"""The equal rows of a file, compared in the cells of the columns that do not number or name the rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from experiments.data.cell_words import column_words
from experiments.data.cells import SourceCells
from experiments.data.column_kind import NoFeature, decide_column
from experiments.data.column_types import cleaned
from experiments.data.equal_rows import EqualRows, equal_rows
from experiments.data.raw_table import RawTable
from experiments.errors import DataError

Names = Sequence[str]
PROBE = 1000  # rows, among which most columns repeat a value


def compared_rows(raw: RawTable, identifier: Names = (), drop: Names = (), test: RawTable | None = None) -> EqualRows:
    """Compare the rows of a file, in all columns but those that number or name the rows.

    Columns that the study drops are compared, too: the rows that are equal do not depend on them. Whether equal rows
    are copies is judged by the others.

    Args:
        identifier: columns that are not compared.
        drop:       columns by which nothing is judged.
        test:       the rows of a test file; only columns of both files are compared.
    """
    files = [raw] if test is None else [raw, test]
    names = [name for name in raw.columns if name not in identifier and all(name in one.columns for one in files)]
    names = [name for name in names if not _differs_in_every_row(raw, name)]
    judged = [name for name in names if name not in drop]
    names = judged + [name for name in names if name in drop]
    cells = [SourceCells.of(*(one.columns[name] for name in names)) for one in files]
    if test is None:
        return equal_rows(cells[0], judged=len(judged))
    return equal_rows(cells[0].followed_by(cells[1]), test.rows, len(judged))


def _differs_in_every_row(raw: RawTable, name: str) -> bool:
    """Return whether a column counts the rows or names them, so that no two rows would be equal in it."""
    column = raw.columns[name]
    for words in (column_words(part) for part in (column.slice(0, PROBE), column)):
        if len(np.unique(words)) < len(words):
            return False
    try:
        decide_column(cleaned(raw, [name]), name, (), comma=False)
    except NoFeature as why:
        return why.reason in ("counts_rows", "identifies_rows")
    except DataError:
        return False
    return False
