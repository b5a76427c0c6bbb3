"""The form in which a model takes rows: its columns, and how their cells are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.data.inputs.preprocessing import Categories
from experiments.data.table import WHITE, Kind, Table, TableReading
from experiments.data.texts import INDEX_NAME

if TYPE_CHECKING:
    from experiments.config.data_options import DataSection
    from experiments.data.columns.target_type import LabelledTable

Inputs = Sequence[tuple[str, Kind]]
Ranges = Mapping[str, tuple[float, float]]
TRUTHS = {"false", "true"}
PROBE = 50  # targets
LAYOUT = ("encoding", "sheet")  # keys of [data] that new rows have from the file that a model learnt from


@dataclass(frozen=True)
class RowFormat:
    """The form in which a model takes rows.

    inputs:      name and kind of each column.
    present:     words that are values although they look like missing ones.
    formats:     formats of numbers and dates, for the columns that are not written plainly.
    missing:     words that are missing numbers.
    identifiers: columns that name a row, to be written beside its prediction.
    target:      name of the column that is predicted.
    picture:     (height, width) or (height, width, 3) of the pictures that the model learnt from; None of other rows.
    fill_down:   columns whose empty cells have the value above, in the file and in new rows.
    layout:      encoding and sheet of the file that the model learnt from, where they are named or were decided.
    categories:  the values of each category column that have an input of their own.
    pooled:      the category columns whose rare values share an input: which these were is not kept.
    ranges:      lowest and highest value of each column of numbers or dates; none of a model without them.
    numbered:    whether the classes are numbers or truth values.
    zoned:       the columns of dates whose times have a zone; None of a model without dates, or without this key.
    """

    inputs: Inputs
    present: Sequence[str] = ()
    formats: Mapping[str, str] = field(default_factory=dict)
    missing: Sequence[str] = ()
    identifiers: Sequence[str] = ()
    target: str = ""
    picture: tuple[int, ...] | None = None
    fill_down: tuple[str, ...] = ()
    layout: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, frozenset[str | None]] = field(default_factory=dict)
    pooled: frozenset[str] = frozenset()
    ranges: Ranges = field(default_factory=dict)
    numbered: bool = False
    zoned: tuple[str, ...] | None = None

    @classmethod
    def of(cls, rows: LabelledTable, data: DataSection, categories: Sequence[Categories]) -> RowFormat:
        """Return the form in which a model of development rows takes others.

        A row is named by the identifier, and by dropped columns with such a name.
        """
        table, reading = rows.table, rows.table.reading
        inputs = tuple(zip(table.columns, table.kinds, strict=True))
        formats = {} if reading is None else reading.formats
        decided: Mapping[str, Any] = {} if reading is None else reading.keys
        layout = {key: getattr(data, key) or decided.get(key) for key in LAYOUT}
        dropped = [name for name in data.drop or () if isinstance(name, str) and re.fullmatch(INDEX_NAME, name)]
        return cls(
            inputs=inputs,
            present=data.present or (),
            formats={name: form for name, form in formats.items() if name in table.columns},
            missing=data.missing or (),
            identifiers=tuple(map(str, (*data.columns("identifier"), *dropped))),
            target=table.target_name,
            picture=table.picture if table.pixel_range == WHITE else None,
            fill_down=data.fill_down or decided.get("fill_down", ()),
            layout={key: str(value) for key, value in layout.items() if value is not None},
            categories=known_categories(inputs, categories),
            pooled=pooled_columns(inputs, categories),
            ranges=ranges_of(table),
            numbered=bool(rows.target.classes) and are_numbered(table),
            zoned=reading.zoned if reading is not None and "date" in table.kinds else None,
        )

    @property
    def reading(self) -> TableReading:
        """Return how rows are read."""
        return TableReading(tuple(self.inputs), self.formats, named_missing=tuple(self.missing))

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.inputs]

    @property
    def words(self) -> tuple[str, ...]:
        """Return the categories, and the words that are missing numbers: a line of new rows with one is no header."""
        return (*self.missing, *(word for known in self.categories.values() for word in known if word))


def known_categories(inputs: Inputs, categories: Sequence[Categories]) -> dict[str, frozenset[str | None]]:
    """Return the values of each category column that have an input of their own."""
    return {inputs[one.column][0]: frozenset(one.names) for one in categories}


def pooled_columns(inputs: Inputs, categories: Sequence[Categories]) -> frozenset[str]:
    """Return the category columns whose rare values share an input."""
    return frozenset(inputs[one.column][0] for one in categories if one.pooled)


def are_numbered(table: Table) -> bool:
    """Tell whether the targets of a table, which may be classes, are numbers or truth values where they come from."""
    reading = table.reading
    if reading is not None and (reading.texts or reading.coded):
        return reading.coded
    if table.classes is None and table.target.dtype.kind in "fiu":
        return True
    if table.classes is not None:
        return are_truths(table.classes)
    first = {str(word).casefold() for word in table.target[:PROBE]}  # rules out most texts, which are slow to compare
    return first <= TRUTHS and are_truths(np.unique(table.target))


def are_truths(classes: Iterable[str]) -> bool:
    """Tell whether the names of classes are those of truth values, as pandas reads them from a file.

    >>> are_truths(["FALSE", "TRUE"]), are_truths(["no", "yes"])
    (True, False)
    """
    return {name.casefold() for name in classes} == TRUTHS


def ranges_of(table: Table) -> dict[str, tuple[float, float]]:
    """Return the lowest and the highest value of each column of numbers or dates; pixels have none."""
    ranges = {}
    for name, _, values in table.values_of("number", "date"):
        numbers = values.astype(np.float64)
        if len(present := numbers[np.isfinite(numbers)]):
            ranges[name] = (float(present.min()), float(present.max()))
    return ranges
