"""Words among numbers and dates that stand for missing values: their cells become missing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc

from experiments.data.formats.column_types import is_number, is_text, words_in
from experiments.data.formats.number_formats import is_number_format, without_unit
from experiments.data.formats.plain_values import with_formats
from experiments.data.raw_table import RawTable
from experiments.data.texts import NUMBER


def without_words(
    raw: RawTable, names: Iterable[str], words: Sequence[str], formats: Mapping[str, str] = MappingProxyType({})
) -> RawTable:
    """Make further words missing in columns of numbers and dates; in other columns they may be categories.

    A word that is a number is missing however the number is written.

    Args:
        names:   the columns of numbers and dates.
        formats: their formats, for those that have one.
    """
    if not words:
        return raw
    columns = {name: _without(raw, name, words, formats.get(name, "")) for name in names}
    return replace(raw, columns=raw.columns | columns)


def _without(raw: RawTable, name: str, words: Sequence[str], form: str) -> pa.ChunkedArray:
    column = raw.columns[name]
    numbers = pa.array([float(word) for word in words if re.fullmatch(NUMBER, word)], pa.float64())
    null = pa.scalar(None, column.type)
    if is_text(column.type):
        gone = pc.is_in(column, pa.array(words, pa.string()))
        if len(numbers):
            digits = {name: without_unit(form)} if is_number_format(form) else {}
            plain = with_formats(raw, {name: "number"}, digits).columns[name]
            values = pc.if_else(words_in(plain), pa.scalar(None, pa.string()), plain).cast(pa.float64())
            gone = pc.or_(gone, pc.is_in(values, numbers))
        return pc.if_else(gone, null, column)
    if len(numbers) and is_number(column.type) and not pa.types.is_null(column.type):
        return pc.if_else(pc.is_in(column.cast(pa.float64(), safe=False), numbers), null, column)
    return column
