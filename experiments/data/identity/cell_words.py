"""Cells as words of eight bytes, which do not depend on a source's types.

The word of a number is the bits of its float64, with 0 for -0. The word of a missing value is a constant. The word of
any other text is its hash. No cell depends on another, so a row has the same words in a .csv file, a .parquet file, an
array and a DataFrame.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.data.identity.hashes import NOTHING, short_hash
from experiments.data.texts import MISSING, NUMBER

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Words = NDArray[np.uint64]

EXACT = 2.0**53  # limit below which float64 rounds no integer
PROBE = 64  # cells
AT_ONCE = 1 << 10  # lists that are Python's at a time
WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
DECIMAL = re.compile(NUMBER, re.ASCII)
TIME = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(:\d\d)?(\.\d+)?(?:Z|\+00:?00)?)?", re.ASCII)


def array_words(array: NDArray[Any]) -> Words:
    """Compute the words of an array's cells, in its shape; hashes of eight bytes (dtype V8) are words already."""
    if array.dtype.kind == "V":
        return array.view("<u8")
    if array.dtype.kind in "iu":
        return _integers(array)
    if array.dtype.kind == "f" and array.dtype != np.float32:
        return _floats(array.astype("<f8"))
    return column_words(array.ravel()).reshape(array.shape)


def column_words(column: NDArray[Any] | pd.Series | pa.Array | pa.ChunkedArray) -> Words:
    """Compute the (N,) words of a column's cells."""
    import pyarrow as pa

    try:
        cells = pa.array(column, from_pandas=True) if not isinstance(column, pa.ChunkedArray) else column
        if isinstance(cells.type, pa.BaseExtensionType):
            cells = _as_texts(column)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):  # values of several types
        cells = _as_texts(column)
    chunks = cells.chunks if isinstance(cells, pa.ChunkedArray) else [cells]
    return np.concatenate([np.empty(0, "<u8"), *map(_words, chunks)])


def _words(cells: pa.Array) -> Words:
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = cells.type
    if pa.types.is_null(kind):
        return np.full(len(cells), NOTHING)
    if pa.types.is_dictionary(kind):
        codes = cells.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
        used, places = np.unique(codes, return_inverse=True)
        known = _words(cells.dictionary.take(pa.array(used[used >= 0])))  # the rest is never unpacked
        return np.concatenate([np.full(int((used < 0).sum()), NOTHING), known])[places]
    if pa.types.is_integer(kind):
        words = _integers(cells.fill_null(0).to_numpy(zero_copy_only=False))
        words[cells.is_null().to_numpy(zero_copy_only=False)] = NOTHING
        return words
    if pa.types.is_floating(kind) and kind != pa.float32():  # which is known by its shortest text, as files hold it
        return _floats(cells.cast(pa.float64()).to_numpy(zero_copy_only=False))
    if pa.types.is_boolean(kind):  # as pandas writes them
        return _texts(pc.if_else(cells, "True", "False").cast(pa.string()))
    if pa.types.is_timestamp(kind):
        cells = cells.cast(pa.timestamp(kind.unit))  # in UTC
    try:
        return _texts(cells.cast(pa.string()))
    except pa.ArrowException:  # bytes that are no text, lists; Python's values of many rows would take much memory
        parts = (cells.slice(start, AT_ONCE).to_pylist() for start in range(0, len(cells), AT_ONCE))
        return np.concatenate([np.empty(0, "<u8"), *(_texts(_as_texts(part)) for part in parts)])


def text_word(text: str) -> np.uint64:
    """Compute the word of one stripped text.

    A whole number that float64 does not hold exactly is a text. A time at midnight is its date.

    >>> [hex(text_word(text)) for text in ("1.50", "+1.5e0", "n/a", "red")]
    ['0x3ff8000000000000', '0x3ff8000000000000', '0x7ff8000000000000', '0xa3480a2faf17e90d']
    """
    if text.lower() in MISSING:
        return NOTHING
    if DECIMAL.match(text):
        value = float(text)
        digits = text.lstrip("+-").lstrip("0") or "0"
        if not WHOLE.fullmatch(text) or (math.isfinite(value) and abs(int(value)) == int(digits)):
            return np.float64(value + 0.0).view(np.uint64)
    return np.uint64(int.from_bytes(_text_hash(text), "little"))


def _text_hash(text: str) -> bytes:
    if text[:1].isdigit() and (time := TIME.fullmatch(text)) is not None:
        text = _plain_time(*time.groups())
    return short_hash(text.encode())


def _plain_time(date: str, minutes: str | None, seconds: str | None, fraction: str | None) -> str:
    time = f"{minutes or '00:00'}{seconds or ':00'}{(fraction or '').rstrip('0').rstrip('.')}"
    return date if time == "00:00:00" else f"{date} {time}"


def _as_texts(values: Iterable[Any]) -> pa.Array:
    import pandas as pd
    import pyarrow as pa

    cells = pd.Series(values, dtype=object)
    return pa.array([None if none else str(cell) for cell, none in zip(cells, cells.isna(), strict=True)], pa.string())


def _floats(values: NDArray[np.float64]) -> Words:
    words: Words = (values + 0.0).astype("<f8", copy=False).view("<u8")
    words[np.isnan(values)] = NOTHING
    return words


def _integers(values: NDArray[Any]) -> Words:
    words = _floats(values.astype("<f8"))
    if values.dtype.itemsize == 8:
        large = (values >= EXACT) | (values <= -EXACT)
        words[large] = [text_word(str(value)) for value in values[large].tolist()]
    return words


def _texts(cells: pa.Array) -> Words:
    """Compute the words of texts: at once where all are numbers, else for each different text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    cells = pc.utf8_trim_whitespace(cells)
    missing = pc.is_in(pc.utf8_lower(cells), pa.array(MISSING, cells.type))
    cells = pc.if_else(missing, pa.scalar(None, cells.type), cells)
    if (numbers := _numbers(cells)) is not None:
        return numbers
    encoded = cells.dictionary_encode()
    texts = encoded.dictionary
    are_numbers = pc.match_substring_regex(texts, NUMBER)
    words = _numbers(pc.if_else(are_numbers, texts, pa.scalar(None, texts.type)))
    assert words is not None
    others = ~are_numbers.to_numpy(zero_copy_only=False)
    hashes = b"".join(map(_text_hash, texts.filter(pa.array(others)).to_pylist()))
    words[others] = np.frombuffer(hashes, "<u8")
    codes = encoded.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)
    all_words: Words = np.append(words, NOTHING)[codes]
    return all_words


def _numbers(cells: pa.Array) -> Words | None:
    """Compute the words of texts that are all numbers or null; None where a text is neither."""
    import pyarrow as pa

    try:
        cells.slice(0, PROBE).cast(pa.float64())  # a cast of many words is slow
        values = cells.cast(pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        return None
    words = _floats(values)
    doubtful = ~(np.abs(values) < EXACT) & ~cells.is_null().to_numpy(zero_copy_only=False)
    words[doubtful] = [text_word(text) for text in cells.filter(pa.array(doubtful)).to_pylist()]
    return words
