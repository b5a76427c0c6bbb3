"""The test rows of a file: a column none of whose cells the model could use would make their only score a false one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from experiments.data.formats.column_types import FEW
from experiments.data.formats.other_format import refuse_other_format
from experiments.data.formats.unread_cells import WRITE_THEM_SO, ColumnCells, UnreadCells, unread_cells
from experiments.data.new_data.unknown_categories import UnknownCategories
from experiments.data.raw_table import RawTable, shown
from experiments.data.table import Table, TableReading, appended

NAMED = 3  # categories in a message


def with_own_test(table: Table, test: Table, clean: RawTable, plain: RawTable, before: int | None) -> Table:
    """Append the test rows, of a file of their own or the same, and count and say which cells cannot be used.

    Args:
        table:  the rows to learn from.
        test:   the test rows, read like these.
        clean:  the cleaned columns of the test rows.
        plain:  the same, written as the reading says.
        before: as of `appended`.

    Raises:
        DataError: no cell of a column can be read, or none holds one of few categories; its numbers have the other
            decimal mark, or are shares without their percent sign; or the two tables differ.
    """
    test, respelled = _respelled(table, test)
    both = appended(table, test, before)
    reading, theirs = table.reading, test.reading
    assert reading is not None
    assert theirs is not None
    features: Any = test.features
    formats = {name: form for name, form in reading.formats.items() if name in dict(reading.columns)}
    refuse_other_format(clean, formats)
    cells = unread_cells(clean, plain, reading, features)
    unreadable = [name for name in cells.columns if features[name].isna().all()]
    cells.refuse(clean.where, unreadable, WRITE_THEM_SO)
    said = (f"cells of the test rows do not fit their column: {cells.named()}",) if cells.count else ()
    unknown = _check_categories(reading, table.features, features, clean)
    unread, large = reading.unread + theirs.unread, reading.large + theirs.large
    return replace(
        both, reading=replace(reading, unread=unread, large=large, notes=(*reading.notes, *respelled, *said, *unknown))
    )


def _respelled(table: Table, test: Table) -> tuple[Table, list[str]]:
    """Read the test rows' categories that differ from one of the table in case or space alone as that one."""
    assert table.reading is not None
    ours: Any = table.features
    names = [name for name, kind in table.reading.columns if kind == "category"]
    categories = UnknownCategories({name: set(ours[name].dropna()) for name in names})
    return replace(test, features=categories.look_at(test.features)), categories.respelled()


def _check_categories(reading: TableReading, ours: Any, theirs: Any, clean: RawTable) -> tuple[str, ...]:
    """Return a line for each column of many categories of which the test rows have none.

    Args:
        ours:   features to learn from.
        theirs: features of the test rows.

    Raises:
        DataError: the test rows have none of the few categories of a column, but others.
    """
    notes = []
    for name in (name for name, kind in reading.columns if kind == "category"):
        known, present = ours[name].dropna().unique(), theirs[name].notna().to_numpy()
        if not present.any() or theirs[name].isin(known).any() or not len(known):
            continue
        row, cells = int(present.argmax()), int(present.sum())
        first = f"{shown(theirs[name].iloc[row])} in {clean.place(row)}"
        expected = f"categories to learn from such as {', '.join(map(shown, np.sort(known.astype(str))[:NAMED]))}"
        if len(known) <= FEW:
            found = UnreadCells({name: ColumnCells(cells, cells, first, expected)})
            found.refuse(clean.where, [name], f"{WRITE_THEM_SO}, or name the column in data.drop")
        notes.append(f"no cell of the test rows' column {shown(name)} has one of the {len(known)} {expected}: {first}")
    return tuple(notes)
