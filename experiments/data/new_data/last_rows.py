"""The last lines of new rows with a single text: rows for a model, or footers below the table."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa

from experiments.config.same_column import columns_called
from experiments.data.columns.reading import plain_rows, read_features
from experiments.data.formats.column_types import cleaned
from experiments.data.formats.unread_cells import unread_cells
from experiments.data.new_data.row_format import RowFormat
from experiments.data.raw_table import RawTable
from experiments.data.table import Kind
from experiments.data.texts import words_present


def holds_row(form: RowFormat, first: str, text: str, short: bool) -> bool:
    """Return whether a last line of new rows is a row, although a text in its first cell is all that it has.

    Whether it is one depends on no other row. It is one if the text names the row, is a category that the model knows,
    or is a value of a column of numbers or dates. Any other text in a column of categories, or in one that the model
    does not use, is a row if the line has all its cells, and a footer if not.

    Args:
        form:  the form in which the model takes rows.
        first: name of the first column.
        short: whether the line had fewer cells than others.
    """
    if columns_called(first, form.identifiers):
        return True
    kinds = dict(form.inputs)
    if not (names := columns_called(first, kinds)):
        return not short
    name, kind = names[0], kinds[names[0]]
    if kind == "category":
        return not short or name in form.pooled or text in form.categories.get(name, (text,))
    return kind != "pixel" and _fits(form, name, kind, text)


def _fits(form: RowFormat, name: str, kind: Kind, text: str) -> bool:
    """Return whether a text is a number or a date as its column has them, or a word for a missing one."""
    raw = RawTable("", "", {name: pa.chunked_array([[text]])}, present=words_present(form.present))
    clean, reading = cleaned(raw, [name]), replace(form.reading, columns=((name, kind),))
    plain = plain_rows(clean, reading)
    features, _ = read_features(reading, plain)
    unread = unread_cells(clean, plain, reading, features)
    return not any(one.unfit for one in unread.columns.values())
