"""A column that says which rows of a table are the test set: the table is divided by it, and goes on without it.

What follows is that of a table with a test file: the rows to learn from know nothing of the others.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from experiments.config.data_options import LISTS, NAMING, DataSection
from experiments.config.marked_rows import column_and_values
from experiments.config.readable import first_few
from experiments.config.same_column import columns_called
from experiments.data.columns.column_roles import named_columns
from experiments.data.columns.dropped_classes import spellings_of
from experiments.data.columns.reading import taken
from experiments.data.columns.spellings import plain_spelling
from experiments.data.formats.column_types import cleaned, texts
from experiments.data.raw_table import SHOWN, RawTable, listed, shown
from experiments.data.texts import words_present
from experiments.errors import DataError


def divided(raw: RawTable, data: DataSection) -> tuple[RawTable, RawTable, DataSection]:
    """Divide a table into the rows to learn from and the test rows, which data.test_rows names.

    The column stays where it also is that of the groups or of the time.

    Returns:
        the rows to learn from, the test rows, and [data] for both: with the names of columns, as positions count the
        column that is gone.

    Raises:
        DataError: a column does not exist or has two roles, a cell of the column is missing, no row has a value, or
            every row is a test row, or no test row has a target.
    """
    assert data.test_rows is not None
    named = named_columns(raw, data)
    (name,), (_, values) = named["test_rows"], column_and_values(data.test_rows)
    words = _words(raw, name, data.present or ())
    found = {one["values"]: one["counts"] for one in pc.value_counts(words).to_pylist()}
    marks = _marks(raw, name, values, found)
    tested = np.asarray(pc.is_in(words, pa.array(marks, pa.string())))
    if tested.all():
        raise DataError(
            f"data.test_rows: {raw.at(name)} leaves no row to learn from: every row is a test row; name fewer values."
        )
    stays = any(name in named.get(key, ()) for key in ("groups", "time"))
    left = raw if stays else replace(raw, columns={key: own for key, own in raw.columns.items() if key != name})
    ours, theirs = taken(left, np.flatnonzero(~tested)), taken(left, np.flatnonzero(tested))
    _refuse_untold(theirs, named.get("target", ()), data)
    ours = replace(ours, notes=(*ours.notes, _said(name, marks, found)))
    by_name = {key: names if key in LISTS else names[0] for key, names in named.items() if key != "test_rows"}
    return (
        ours,
        replace(theirs, where=f"{raw.where} ({data.test_rows})"),
        data.model_copy(update={**by_name, "test_rows": None}),
    )


def without_marks(raw: RawTable, data: DataSection) -> RawTable:
    """Leave the column of data.test_rows out of new rows, if they have it and it has no other role in the study."""
    for column in data.columns("test_rows"):
        there = columns_called(str(column), raw.columns)
        others = {str(one) for key in NAMING if key != "test_rows" for one in data.columns(key)}
        if len(there) == 1 and not columns_called(there[0], others):
            return replace(raw, columns={key: own for key, own in raw.columns.items() if key != there[0]})
    return raw


def _words(raw: RawTable, name: str, present: Sequence[str]) -> pa.ChunkedArray:
    """Return the cells of the column as texts.

    Raises:
        DataError: a cell is missing.
    """
    clean = cleaned(replace(raw, present=words_present(present)), [name])
    missing = np.asarray(clean.columns[name].is_null(nan_is_null=True))
    rule, advice = "says which rows are the test set", "fill in the cell, as in the other rows, or remove the row"
    first = raw.columns[name][int(missing.argmax())].as_py()
    if isinstance(first, str) and first.strip():
        word = json.dumps([first.strip()], ensure_ascii=False)
        raw.refuse(name, missing, rule, f"{advice}, or set data.present = {word} if that is a value")
    clean.refuse(name, missing, rule, advice)
    return texts(clean, name)


def _refuse_untold(tested: RawTable, target: Sequence[str], data: DataSection) -> None:
    """Refuse test rows none of which has a target, as where the rows that a competition asks for stand in the table.

    Raises:
        DataError: they have none.
    """
    clean = cleaned(replace(tested, present=words_present(data.present or ())), target)
    for name, column in clean.columns.items():
        if np.asarray(column.is_null(nan_is_null=True)).all():
            raise DataError(
                f"data.test_rows: no row of {tested.where} with {data.test_rows} has the target {shown(name)}, without "
                "which nothing can be scored; leave data.test_rows out, and predict these rows by predict."
            )


def _marks(raw: RawTable, name: str, values: Sequence[str], found: Collection[str]) -> tuple[str, ...]:
    """Return the texts of the column that are one of the values: in case and space they may differ, as classes may.

    Raises:
        DataError: a value is not there; the message names those that are.
    """
    marks = {
        value: [
            *spellings_of(value, found),
            *(word for word in found if plain_spelling(word) == plain_spelling(value)),
        ]
        for value in values
    }
    if unknown := [value for value, texts in marks.items() if not texts]:
        raise DataError(f"data.test_rows: {raw.at(name)} has no value {listed(unknown)}; it has {listed(list(found))}.")
    return tuple(dict.fromkeys(text for texts in marks.values() for text in texts))


def _said(name: str, marks: Sequence[str], found: Mapping[str, int]) -> str:
    """Count the test rows, and the rows of all other values: of a validation part, too, the study learns."""
    others = [f"{shown(word)} in {rows:,}" for word, rows in found.items() if word not in marks]
    tested = " or ".join(map(shown, marks[:SHOWN]))
    rows = sum(found[word] for word in marks)
    return (
        f"the test set is the {rows:,} rows in which {shown(name)} is {tested}; the others are development rows "
        f"({first_few(others, SHOWN)})"
    )
