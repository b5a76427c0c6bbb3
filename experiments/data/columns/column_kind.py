"""The kind of a column, decided from its values: numbers, categories, dates, or no feature at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from shlex import quote
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from experiments.data.columns.time_names import is_time_name, later_option
from experiments.data.count_different import count_different
from experiments.data.formats.column_types import FEW, LONG, PROBE, is_number, is_text, words_in
from experiments.data.formats.date_formats import EPOCHS, ISO, NO_DATE, AmbiguousDates, date_format, without_strays
from experiments.data.formats.number_formats import (
    BRACKETED,
    WITH_POINTS,
    fits,
    has_decimal_comma,
    has_sign,
    have_thousands,
    number_format,
    usual_format,
)
from experiments.data.formats.plain_values import with_formats
from experiments.data.formats.without_words import without_words
from experiments.data.raw_table import Marks, RawTable, shown
from experiments.data.table import ColumnReason, Kind
from experiments.data.texts import INDEX_NAME, MISSING_NUMBERS
from experiments.errors import DataError

TIME_NAME = r"(?i)(.*[_ ])?(time|date|datetime|timestamp|ts|epoch|created|updated)([_ ]?(at|on|s|ms|utc))?"
FEW_WORDS = 3  # different words among numbers that are taken for missing numbers
MANY_NUMBERS = 0.4  # share of numbers, from which on a column is no identifier but numbers that are not written alike
FILLED = 0.95  # share of filled cells, from which on a column can count the rows
LISTS_OF_TEXTS = r"^\[.*\]$|^\{.*\}$|[|;].*[|;]"
SENTENCES = r"(\S+\s+){7}"  # of eight words or more
HOLDS_LISTS = "differs in nearly every row, and holds lists; give each of their values a column of its own"
UNCERTAIN = r"\d ?(±|\+/?-) ?\d|\d\(\d+\)$"  # 70.1 ± 0.5 or 70.1(5)
HOLDS_ERRORS = "differs in nearly every row, and holds numbers with their errors; give each of both its own column"
TWO_NUMBERS = r"^\d+([.,]\d+)?\s?[/x×]\s?\d+([.,]\d+)?$"  # 120/80 or 1920x1080
HOLDS_TWO = "differs in nearly every row, and holds two numbers, as 120/80 does; give each of both its own column"
HOLDS_TEXTS = "differs in nearly every row; give what its texts say columns of their own, such as counts of words"
LONGEST_NUMBER = 1 << 53  # below which a float holds every whole number
DAY_NUMBER = r"^(18|19|20|21)\d{6}$"  # 20260131
DAY_DIGITS = r"^[0-3]\d[0-3]\d(19|20)\d\d$"  # 01312026, of a text that has kept its zero


@dataclass(frozen=True)
class Decision:
    """The decision about a column.

    format:  format of its numbers or dates; empty where they are written plainly, None where it is not known.
    missing: words that are missing values.
    """

    kind: Kind
    format: str | None = ""
    missing: tuple[str, ...] = ()


class NoFeature(Exception):
    """A column that says nothing of new rows, or holds what cannot be learnt from.

    detail: the reason in words, where it names a cell; empty where its code says all.
    """

    def __init__(self, reason: ColumnReason, detail: str = ""):
        super().__init__(reason)
        self.reason: ColumnReason = reason
        self.detail = detail


def decide_column(rows: RawTable, name: str) -> Decision:
    """Decide the kind of a column from its values.

    Args:
        rows: cleaned rows, in the order of the file.

    Raises:
        NoFeature: the column is left out.
        DataError: its dates are ambiguous.
    """
    column = rows.columns[name]
    present = column.drop_null()
    if not len(present):
        raise NoFeature("empty")
    if not (is_text(column.type) or is_number(column.type) or pa.types.is_temporal(column.type)):
        raise NoFeature("no_values")
    if len(present) == len(column) >= FEW and pc.count_distinct(present).as_py() == 1:
        raise NoFeature("constant")
    if is_text(column.type):
        return _decide_texts(rows, name, present)
    if pa.types.is_duration(column.type):
        return Decision("number")
    if pa.types.is_temporal(column.type):
        return Decision("date")
    return _decide_numbers(without_words(rows, [name], rows.missing), name)


def settled_format(rows: RawTable, name: str, kind: Kind, thousands: bool = True) -> str:
    """Infer the format of a column whose kind is known; empty if its values are written plainly, or in no one format.

    Args:
        rows:      cleaned rows.
        thousands: whether a point of plain numbers may stand between thousands.

    Raises:
        DataError: its dates are ambiguous.
    """
    column = without_words(rows, [name], rows.missing).columns[name]
    if kind == "category" or pa.types.is_temporal(column.type) or (kind == "number" and not is_text(column.type)):
        return ""
    present = _without_words(column.cast(pa.string()).drop_null(), rows.missing)
    if not len(present):
        return ""
    if kind == "date":
        form = _date_format(rows, name, present)
        if form is None and (most := without_strays(present, pc.count_distinct(present).as_py() // 2, 1)) is not None:
            form = _date_format(rows, name, most)
        return form if form and form != ISO else ""
    if not pc.any(words_in(present)).as_py():
        return WITH_POINTS if thousands and have_thousands(present, rows.marks) else ""
    form = number_format(present, rows.marks) or usual_format(present, rows.marks) or ""
    plain = form == WITH_POINTS and not pc.any(pc.match_substring(present, ",")).as_py()
    return "" if plain and not thousands else form


def file_has_comma(rows: RawTable, names: Sequence[str]) -> bool:
    """Return whether the numbers of one of some columns have a decimal comma."""
    for name in names:
        texts = rows.columns[name].drop_null()
        if is_text(texts.type) and pc.any(pc.match_substring(texts, ",")).as_py():
            form = number_format(_without_words(texts, rows.missing), Marks())
            if form is not None and has_decimal_comma(form):
                return True
    return False


def known_words(present: pa.ChunkedArray, missing: Sequence[str]) -> list[str]:
    """List the texts of a column that are missing values among numbers and dates."""
    usual = pc.is_in(pc.utf8_lower(present), pa.array(MISSING_NUMBERS, pa.string()))
    likely = pc.or_(usual, pc.is_in(present, pa.array(missing, pa.string())))
    different = pa.chunked_array([pc.unique(present.filter(likely))])
    words = different.filter(words_in(different)).to_pylist()
    return [word for word in words if word.lower() in MISSING_NUMBERS or word in missing]


def _without_words(present: pa.ChunkedArray, missing: Sequence[str]) -> pa.ChunkedArray:
    """Return the texts that are no missing numbers and no missing dates."""
    gone = pa.array([*known_words(present, missing), *NO_DATE], pa.string())
    return present.filter(pc.invert(pc.is_in(present, gone)))


def _decide_texts(rows: RawTable, name: str, present: pa.ChunkedArray) -> Decision:
    if pc.max(pc.utf8_length(present)).as_py() > LONG:
        raise NoFeature("free_text")
    if name in rows.declared:
        return Decision("category")
    words = words_in(present)
    known = known_words(present, rows.missing)
    bare = without_words(rows, [name], (*known, *rows.missing))
    missing = pc.sum(pc.is_in(present, pa.array(known, pa.string()))).as_py()
    if len(present) > pc.sum(words).as_py() == missing:  # the others are numbers
        return replace(_decide_numbers(bare, name), missing=tuple(known))
    values = _without_words(present, rows.missing)
    if len(values):
        if (form := number_format(values, rows.marks)) is not None:
            _refuse_counter(with_formats(bare, {name: "number"}, {name: form}), name)
            return Decision("number", form, tuple(known))
        if (form := _date_format(rows, name, values)) is not None:
            return Decision("date", "" if form == ISO else form, tuple(known))
    return _decide_words(rows, name, present)


def _decide_numbers(rows: RawTable, name: str) -> Decision:
    """Decide about a column whose values are numbers, or texts that are all plain numbers.

    Args:
        rows: cleaned rows, in which also the words for missing numbers are missing.
    """
    column = rows.columns[name]
    present = column.drop_null()
    texts = is_text(column.type)
    if (texts or pa.types.is_integer(column.type)) and (form := _day_numbers(rows, name, present)) is not None:
        return Decision("date", form)
    if texts and have_thousands(present, rows.marks):
        _refuse_counter(with_formats(rows, {name: "number"}, {name: WITH_POINTS}), name)
        return Decision("number", WITH_POINTS)
    _refuse_counter(rows, name)
    return Decision("number")


def _decide_words(rows: RawTable, name: str, present: pa.ChunkedArray) -> Decision:
    """Decide about a column some of whose texts are words: categories, missing numbers or dates, or names of the rows.

    A number that is not written like the others is no word for missing ones: elsewhere it may be a value. So may what
    stands among dates.
    """
    different = pc.count_distinct(present).as_py()
    form = usual_format(present, rows.marks)
    plain = pc.invert(words_in(present))
    alike = plain if form is None else fits(present, form)
    strays = pa.chunked_array([pc.unique(present.filter(pc.invert(alike)))])
    words = strays.filter(words_in(strays)).to_pylist()
    many = different - len(strays) >= FEW
    if many and has_sign(form or "") and _has_share(strays):
        raise NoFeature("mixed_numbers", _said_of_mixed(name, present, alike, two_ways=True))
    if many and len(strays) <= FEW_WORDS:
        return Decision("number", form, tuple(words))
    dates = without_strays(present, FEW_WORDS, FEW)
    if dates is not None and (form := _date_format(rows, name, dates)) is not None:
        return Decision("date", "" if form == ISO else form)
    if different >= FEW and different > len(present) / 2:
        read = alike if form is None or has_decimal_comma(form) else pc.or_(alike, plain)
        if not many and (most := without_strays(present, different // 10, FEW)) is not None:
            raise NoFeature("identifies_rows", _said_of_dates(name, present, most))
        if not many or pc.mean(read).as_py() < MANY_NUMBERS:
            unread = "differs in nearly every row, and is no date that is read, such as 2026-01-31 12:00 or 2026-Q1"
            raise NoFeature("identifies_rows", unread if is_time_name(name) else _said_of_texts(present))
        two_ways = len(strays) - len(words) > FEW_WORDS
        raise NoFeature("mixed_numbers", _said_of_mixed(name, present, alike if two_ways else read, two_ways))
    return Decision("category")


def _said_of_texts(present: pa.ChunkedArray) -> str:
    """Say that texts which differ are lists, several numbers or sentences; empty of others, such as names."""
    first = present.slice(0, PROBE)
    if 2 * pc.sum(pc.match_substring_regex(first, LISTS_OF_TEXTS)).as_py() > len(first):
        return HOLDS_LISTS
    if 2 * pc.sum(pc.match_substring_regex(first, UNCERTAIN)).as_py() > len(first):
        return HOLDS_ERRORS
    if 2 * pc.sum(pc.match_substring_regex(first, TWO_NUMBERS)).as_py() > len(first):
        return HOLDS_TWO
    return HOLDS_TEXTS if 2 * pc.sum(pc.match_substring_regex(first, SENTENCES)).as_py() > len(first) else ""


def _said_of_dates(name: str, present: pa.ChunkedArray, dates: pa.ChunkedArray) -> str:
    """Say which cell among dates is none, and what a user can do about it."""
    other = present.filter(pc.invert(pc.is_in(present, pc.unique(dates))))[0].as_py()
    share = f"{int(100 * len(dates) / len(present))}% of its cells are dates, the first other one is {shown(other)}"
    return f"{share}; --dates {quote(name)} reads the dates and takes the others for missing"


def _has_share(strays: pa.ChunkedArray) -> bool:
    """Return whether a plain number could be a share of 1, which beside percents would be read as a hundredth of it."""
    plain = strays.filter(pc.invert(words_in(strays))).to_pylist()
    return any(0 < abs(float(text)) <= 1 for text in plain)


def _said_of_mixed(name: str, present: pa.ChunkedArray, read: pa.ChunkedArray, two_ways: bool) -> str:
    """Say which cells of a column are not written like its numbers, and what a user can do about it.

    Args:
        read:     marks the cells that are numbers.
        two_ways: whether many of the others are plain numbers, which would be read as if they had the same unit.
    """
    first, other = (shown(present.filter(cells)[0].as_py()) for cells in (read, pc.invert(read)))
    if two_ways:
        return f"its numbers are written in two ways, as {first} and {other}; write them alike"
    advice = f"--numbers {quote(name)} reads the numbers and takes the others for missing"
    if re.fullmatch(BRACKETED, present.filter(pc.invert(read))[0].as_py()):
        advice = f"--formats {quote(f'{name}=(1234.5)')} takes numbers in brackets for negative"
    return f"{int(100 * pc.mean(read).as_py())}% of its cells are numbers, the first other one is {other}; {advice}"


def _day_numbers(rows: RawTable, name: str, present: pa.ChunkedArray) -> str | None:
    """Return the format of whole numbers, or of their texts, that are days or moments; None if they are not."""
    if not len(present):
        return None
    timed = re.fullmatch(TIME_NAME, name) is not None or is_time_name(name)
    moments = {shape: form for form, (shape, _) in EPOCHS.items()} if timed else {}
    for shape in (DAY_NUMBER, *([DAY_DIGITS] if is_text(present.type) else []), *moments):
        if all(_has_shape(part, shape) for part in (present.slice(0, PROBE), present)):
            return moments.get(shape) or _date_format(rows, name, present.cast(pa.string()))
    return None


def _has_shape(column: pa.ChunkedArray, shape: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(column.cast(pa.string()), shape)).as_py())


def _date_format(rows: RawTable, name: str, texts: pa.ChunkedArray) -> str | None:
    try:
        return date_format(texts)
    except AmbiguousDates as ambiguous:
        formats = " or ".join(f"--formats '{name}={form}'" for form in ambiguous.args)
        raise DataError(
            f"{rows.at(name)} holds dates such as {shown(texts[0].as_py())}, of which the day could be the month; add "
            f"{formats}."
        ) from None


def _refuse_counter(raw: RawTable, name: str) -> None:
    """Refuse whole numbers that count the rows: all different, and ascending or from a range as long as the file.

    Few rows prove nothing, unless the column has the name of an index. A few empty cells disprove nothing. Numbers that
    are too long for a float, and all different, are names: nobody measures 19 digits.
    """
    present = raw.columns[name].drop_null()
    named = name in raw.unnamed or re.fullmatch(INDEX_NAME, name) is not None
    if (len(present) < FEW and not named) or len(present) < max(2, FILLED * raw.rows):
        return
    values = _whole_numbers(present.slice(0, PROBE))
    if values is None or (values := _whole_numbers(present)) is None:
        return
    low, high = values.min().item(), values.max().item()
    counts = high - low < (raw.rows_of_file or raw.rows) or bool(np.all(values[1:] > values[:-1]))
    named |= values.dtype == np.int64 and low > LONGEST_NUMBER
    if count_different(values) == len(values) and (counts or named):
        detail = f"counts the rows; {later_option(name)}" if counts and is_time_name(name) else ""
        raise NoFeature("counts_rows" if counts else "identifies_rows", detail)


def _whole_numbers(column: pa.ChunkedArray) -> NDArray[Any] | None:
    """Return the values of a column of whole numbers, exact for large integers; None for another column."""
    try:
        integers: NDArray[Any] = column.cast(pa.int64()).to_numpy()
        return integers
    except pa.ArrowInvalid:
        pass
    try:
        values: NDArray[Any] = column.cast(pa.float64(), safe=False).to_numpy()
    except pa.ArrowInvalid:  # a word for a missing number
        return None
    return values if np.array_equal(values, np.trunc(values)) else None
