"""The reading of a table: which columns are features and of which kind, decided from the development rows alone.

A column that says nothing of new rows is left out: it counts the rows, names them, is empty or never changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from experiments.data.column_types import (
    FEW,
    LONG,
    Unfit,
    is_category,
    is_text,
    lenient_numbers,
    read_category,
    read_number,
    texts,
    words_in,
)
from experiments.data.raw_table import RawTable
from experiments.data.table import Kind, LeftOut, TableReading
from experiments.data.texts import MISSING_NUMBERS

FEW_WORDS = 3  # different words among numbers that are taken for missing numbers


def read_features(reading: TableReading, raw: RawTable, strict: bool) -> Any:
    """Read the features of cleaned rows, as `Table.features` describes them.

    Args:
        strict: refuse a value that does not fit its column; otherwise it is missing.

    Raises:
        DataError: a value is refused; the message names its row.
    """
    read: Callable[[RawTable, str], Any] = read_number if strict else lenient_numbers
    values = {
        name: (read_category(raw, name) if strict else texts(raw, name).to_pandas())
        if kind == "category"
        else read(raw, name)
        for name, kind in reading.columns
    }
    if "category" in reading.kinds or any(np.isnan(numbers).any() for numbers in values.values()):
        return pd.DataFrame(values)
    return np.column_stack(list(values.values()))


def decide(
    rows: RawTable,
    names: Sequence[str],
    declared: Mapping[str, bool],
    keep: frozenset[str],
    missing: Sequence[str],
    strict: bool,
) -> TableReading:
    """Decide how the columns of a table are read.

    Args:
        rows:     cleaned development rows, in the order of the file.
        names:    the columns without a role.
        declared: columns that are named to be categories (True) or numbers (False).
        keep:     columns that are features whatever they look like.
        missing:  words among numbers that are named as missing.
        strict:   refuse what would be left out or taken for missing.

    Raises:
        DataError: a column is refused.
    """
    columns: list[tuple[str, Kind]] = []
    left_out: list[LeftOut] = []
    words: dict[str, None] = {}
    for name in names:
        if name in declared:
            columns.append((name, "category" if declared[name] else "number"))
            continue
        try:
            if name in rows.index:
                raise Unfit("index", f"{rows.at(name)} is the index of its DataFrame; name it in data.drop.")
            category = is_category(rows, name) if strict else _is_category(rows, name, missing, words)
        except Unfit as unfit:
            if strict:
                raise
            if name not in keep:
                left_out.append(LeftOut(name, unfit.reason))
                continue
            category = is_text(rows.columns[name].type) and bool(pc.any(words_in(rows.columns[name])).as_py())
        columns.append((name, "category" if category else "number"))
    return TableReading(tuple(columns), tuple(left_out), tuple(word for word in words if word not in missing))


def _is_category(rows: RawTable, name: str, missing: Sequence[str], taken_for_missing: dict[str, None]) -> bool:
    """Return whether a column's values are categories; words that are missing numbers are added to the last argument.

    Raises:
        Unfit:     the column is no feature.
        DataError: its values cannot be read.
    """
    category = is_category(rows, name)
    column = rows.columns[name]
    present = column.drop_null()
    if len(present) == len(column) >= FEW and pc.count_distinct(present).as_py() == 1:
        raise Unfit("constant", f"{rows.at(name)} has the same value in every row.")
    if is_text(column.type) and pc.max(pc.utf8_length(present)).as_py() > LONG:
        raise Unfit("free_text", f"{rows.at(name)} holds long texts.")
    if not is_text(column.type) or name in rows.declared or not pc.any(words := words_in(present)).as_py():
        return category
    if category and pc.all(words).as_py():
        return True
    different, others = pc.count_distinct(present).as_py(), pc.unique(present.filter(words)).to_pylist()
    known = all(word.lower() in MISSING_NUMBERS or word in missing for word in others)
    if known or (different - len(others) >= FEW and len(others) <= FEW_WORDS):
        taken_for_missing.update(dict.fromkeys(others))
        return False
    if different >= FEW and different > len(present) / 2:
        raise Unfit("identifies_rows", f"{rows.at(name)} has {different} different texts in {len(present)} rows.")
    return True


def taken(raw: RawTable, rows: Any) -> RawTable:
    """Choose rows of a raw table, in the order given."""
    indices = pa.array(rows)
    columns = {name: column.take(indices) for name, column in raw.columns.items()}
    return replace(raw, columns=columns, place=lambda row: raw.place(int(rows[row])), of=raw.of or raw.rows)
