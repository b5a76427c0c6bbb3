"""The column to predict: whole numbers, numbers or texts, without missing values."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from shlex import quote
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from experiments.data.columns.column_kind import known_words
from experiments.data.formats.column_types import (
    FEW,
    is_text,
    read_number,
    refuse_long,
    refuse_missing,
    texts,
    words_in,
)
from experiments.data.formats.date_formats import are_dates
from experiments.data.formats.number_formats import (
    INFINITE,
    WITH_POINTS,
    fits,
    have_thousands,
    number_format,
    usual_format,
)
from experiments.data.formats.plain_values import with_formats
from experiments.data.formats.without_words import without_words
from experiments.data.raw_table import Marks, RawTable, shown
from experiments.errors import DataError

LIMIT = r"(?i)[<>≤≥] ?=?|(under|below|less than|over|above|more than|at least|at most|up to|unter|über)\b|.*\d ?\+$"
WHOLE = r"^[+-]?\d{1,18}$"


def missing_words(raw: RawTable, clean: RawTable, name: str) -> tuple[str, ...]:
    """Return the words of a column that were taken for missing values, but empty cells and question marks.

    Args:
        raw:   the table as it is in the file.
        clean: the cleaned table, in which these words are missing.
    """
    if not is_text(raw.columns[name].type):
        return ()
    lost = raw.columns[name].filter(clean.columns[name].is_null())
    return tuple(sorted({word.strip() for word in pc.unique(lost).to_pylist() if word} - {"", "?"}))


def plain_target(raw: RawTable, name: str, form: str | None) -> tuple[RawTable, str]:
    """Write a target of numbers plainly; an infinite value, and a word for missing among numbers, become null.

    Args:
        raw:  a cleaned table.
        form: the format of its numbers, if the study file names it.

    Returns:
        the table, and the format; empty if there is none.
    """
    column = raw.columns[name]
    if is_text(column.type) and name not in raw.declared:
        present = column.drop_null()
        known = known_words(present, raw.missing)
        numbers = present.filter(pc.invert(pc.is_in(present, pa.array(known, pa.string()))))
        if not len(numbers):
            return raw, ""
        words = bool(pc.any(words_in(numbers)).as_py())
        if not form and words:
            form = number_format(numbers, raw.marks)
        elif not form:
            form = WITH_POINTS if have_thousands(numbers, raw.marks) else None
        few = pc.count_distinct(numbers).as_py() < FEW and not set(known) & set(raw.missing)
        if form is None and (words or not known or few):
            return (raw, "") if words or known else (_finite(raw, name), "")
        raw = with_formats(raw, {name: "number"}, {name: form} if form else {})
        raw = without_words(raw, [name], known)
    return _finite(raw, name), form or ""


def _refuse_words(raw: RawTable, name: str, wrong: pa.ChunkedArray, rule: str) -> None:
    """Refuse what stands among the numbers of a target, with the key that leaves its rows out where that is few words.

    Raises:
        DataError: there is such a text.
    """
    words = pc.unique(raw.columns[name].filter(wrong)).to_pylist()
    if words and all(re.match(LIMIT, word) for word in words):
        advice = (
            f"write a number for it, such as its limit, or take all values for classes by --categories {quote(name)}"
        )
        raw.refuse(name, wrong, rule, f"{advice}, but do not leave these rows out, which are the smallest or largest")
    few = f", or leave out these rows with data.missing = {json.dumps(words, ensure_ascii=False)}"
    raw.refuse(name, wrong, rule, "correct it" + (few if len(words) < FEW else ""))


def _finite(raw: RawTable, name: str) -> RawTable:
    """Make the infinite numbers of a target missing."""
    column = raw.columns[name]
    if is_text(column.type):
        infinite = pc.match_substring_regex(column, INFINITE).fill_null(False)
    elif pa.types.is_floating(column.type):
        infinite = pc.is_inf(column).fill_null(False)
    else:
        return raw
    if not pc.any(infinite).as_py():
        return raw
    finite = pc.if_else(infinite, pa.scalar(None, column.type), column)
    return replace(raw, columns=raw.columns | {name: finite})


def read_target(raw: RawTable, name: str, as_classes: bool = False) -> tuple[NDArray[Any], tuple[str, ...] | None]:
    """Return (N,) the target as int64, float64 or strings, and the classes' names where the file declares them.

    With declared classes the target holds indices into them.

    Args:
        as_classes: the values are names of classes, even if they are numbers.

    Raises:
        DataError: a value is missing or is a text among numbers, or most texts differ.
    """
    kind = raw.columns[name].type
    if pa.types.is_null(kind) or pa.types.is_temporal(kind):
        raise DataError(
            f"{raw.at(name)} is the target and must hold classes or numbers, but holds values of type {kind}."
        )
    refuse_missing(raw, name, "the target")
    if not is_text(kind) and not as_classes:
        if pa.types.is_integer(kind) and not pa.types.is_uint64(kind):
            return raw.columns[name].to_numpy().astype(np.int64), None
        return read_number(raw, name), None
    column = texts(raw, name)
    if name in raw.declared:
        coded = column.dictionary_encode().combine_chunks()
        order = np.argsort(names := coded.dictionary.to_numpy(zero_copy_only=False).astype(str))
        return np.argsort(order).astype(np.int64)[coded.indices.to_numpy()], tuple(map(str, names[order]))
    if not as_classes:
        words = words_in(column)
        if not pc.any(words).as_py():
            whole = pc.all(pc.match_substring_regex(column, WHOLE)).as_py()
            return pc.utf8_ltrim(column, "+").cast(pa.int64()).to_numpy() if whole else read_number(raw, name), None
        _refuse_many_texts(raw, name, column, words)
    refuse_long(raw, name, "name the classes by shorter texts")
    return column.to_numpy(zero_copy_only=False).astype(str), None


def _refuse_many_texts(raw: RawTable, name: str, column: pa.ChunkedArray, words: pa.ChunkedArray) -> None:
    """Refuse a target of many different texts that are numbers with words among them, dates, or names of the rows.

    Args:
        words: marks the texts that are no numbers.
    """
    different = pc.count_distinct(column).as_py()
    if different < FEW:
        return
    if pc.mean(words).as_py() <= 0.5:
        _refuse_words(raw, name, words, "is the target and must hold numbers")
    if are_dates(column):
        raise DataError(f"{raw.at(name)} is the target, but holds dates; name a column of numbers or classes.")
    known = pc.is_in(column, pa.array(known_words(column, ()), pa.string()))
    others = column.filter(pc.invert(known))
    if different > len(others) / 2:
        if form := usual_format(others, Marks()):
            rule = f"is the target and must hold numbers written as {form}"
            _refuse_words(raw, name, pc.invert(pc.or_(fits(column, form), known)), rule)
        turned = ", or exchange rows and columns if each row is a feature" if raw.repeated else ""
        raise DataError(
            f"{raw.at(name)} is the target and must hold classes or numbers, but has {different} different texts "
            f"in {len(column)} rows, such as {shown(column[0].as_py())}; name another column{turned}."
        )
