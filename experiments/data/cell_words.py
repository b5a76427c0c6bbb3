"""Cells as words of eight bytes, the same whatever type a source keeps them in.

A number is the bits of its float64, -0 as 0. A missing value is one constant. Any other text is its hash. Each cell
decides for itself, so a row has the same words in a .csv file, a .parquet file, an array and a DataFrame.
"""

from __future__ import annotations

import hashlib
import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.data.texts import MISSING, NUMBER

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Words = NDArray[np.uint64]

NOTHING = np.uint64(0x7FF8_0000_0000_0000)  # the word of a missing value: the bits of one NaN of many
EXACT = 2.0**53  # a float64 below it is the only integer that was rounded to it
PROBE = 64  # cells
WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
DECIMAL = re.compile(NUMBER, re.ASCII)
TIME = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(:\d\d)?(\.\d+)?(?:Z|\+00:?00)?)?", re.ASCII)


def array_words(array: NDArray[Any]) -> Words:
    """Compute the words of an array's cells, in its shape."""
    if array.dtype.kind in "iu":
        return _integers(array)
    if array.dtype == np.float32:  # by its shortest text, as files hold it
        import pyarrow as pa

        return _texts(pa.array(array.ravel()).cast(pa.string())).reshape(array.shape)
    if array.dtype.kind == "f":
        return _floats(array.astype("<f8"))
    import pandas as pd
    import pyarrow as pa

    cells = pd.Series(array.ravel(), dtype=object) if array.dtype.kind not in "bMU" else pa.array(array.ravel())
    words = frame_words(cells.to_frame())[:, 0] if isinstance(cells, pd.Series) else arrow_words(cells)
    return words.reshape(array.shape)


def frame_words(frame: pd.DataFrame) -> Words:
    """Compute the (N, d) words of a DataFrame's cells."""
    words: Words = np.empty(frame.shape, "<u8")
    for index in range(frame.shape[1]):
        column = frame.iloc[:, index]
        if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iuf":
            words[:, index] = array_words(column.to_numpy())
            continue
        words[:, index] = arrow_words(_as_arrow(column))
    return words


def arrow_words(cells: pa.Array | pa.ChunkedArray) -> Words:
    """Compute the (N,) words of an Arrow column's cells."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if isinstance(cells, pa.ChunkedArray):
        return np.concatenate([np.empty(0, "<u8"), *map(arrow_words, cells.chunks)])
    kind = cells.type
    if pa.types.is_null(kind):
        return np.full(len(cells), NOTHING)
    if pa.types.is_dictionary(kind):
        codes = cells.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
        used, places = np.unique(codes, return_inverse=True)
        known = arrow_words(cells.dictionary.take(pa.array(used[used >= 0])))  # the rest is never unpacked
        return np.concatenate([np.full(int((used < 0).sum()), NOTHING), known])[places]
    if pa.types.is_integer(kind):
        words = _integers(cells.fill_null(0).to_numpy(zero_copy_only=False))
        words[cells.is_null().to_numpy(zero_copy_only=False)] = NOTHING
        return words
    if pa.types.is_floating(kind) and kind != pa.float32():
        return _floats(cells.cast(pa.float64()).to_numpy(zero_copy_only=False))
    if pa.types.is_boolean(kind):  # as pandas writes them
        return _texts(pc.if_else(cells, "True", "False").cast(pa.string()))
    if pa.types.is_timestamp(kind):
        cells = cells.cast(pa.timestamp(kind.unit))  # in UTC
    try:
        return _texts(cells.cast(pa.string()))
    except pa.ArrowException:  # bytes that are no text, lists
        return _texts(pa.array([None if one is None else str(one) for one in cells.to_pylist()], pa.string()))


def text_word(text: str) -> np.uint64:
    """Compute the word of one stripped text.

    A whole number that float64 does not hold exactly is a text. A time at midnight is its date.

    >>> [hex(text_word(one)) for one in ("1.50", "+1.5e0", "n/a", "red")]
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
    return hashlib.blake2b(text.encode(), digest_size=8).digest()


def _plain_time(date: str, minutes: str | None, seconds: str | None, fraction: str | None) -> str:
    time = f"{minutes or '00:00'}{seconds or ':00'}{(fraction or '').rstrip('0').rstrip('.')}"
    return date if time == "00:00:00" else f"{date} {time}"


def _as_arrow(column: pd.Series) -> pa.Array | pa.ChunkedArray:
    import pyarrow as pa

    try:
        cells = pa.array(column, from_pandas=True)
        if not isinstance(cells.type, pa.BaseExtensionType):
            return cells
    except (pa.ArrowException, TypeError, ValueError, OverflowError):  # values of several types
        pass
    return pa.array([None if none else str(one) for one, none in zip(column, column.isna(), strict=True)], pa.string())


def _floats(values: NDArray[np.float64]) -> Words:
    words: Words = (values + 0.0).astype("<f8", copy=False).view("<u8")
    words[np.isnan(values)] = NOTHING
    return words


def _integers(values: NDArray[Any]) -> Words:
    words = _floats(values.astype("<f8"))
    if values.dtype.itemsize == 8:
        large = (values >= EXACT) | (values <= -EXACT)
        words[large] = [text_word(str(one)) for one in values[large].tolist()]
    return words


def _texts(cells: pa.Array) -> Words:
    """Compute the words of texts: all at once where they are numbers, else each different text once."""
    import pyarrow as pa
    import pyarrow.compute as pc

    cells = pc.utf8_trim_whitespace(cells)
    if (numbers := _numbers(cells)) is not None:
        return numbers
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
    found: Words = np.append(words, NOTHING)[codes]
    return found


def _numbers(cells: pa.Array) -> Words | None:
    """Compute the words of texts that are all numbers or null; None where one is neither."""
    import pyarrow as pa

    try:
        cells.slice(0, PROBE).cast(pa.float64())  # a cast of many that are none is slow
        values = cells.cast(pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        return None
    words = _floats(values)
    doubtful = ~(np.abs(values) < EXACT) & ~cells.is_null().to_numpy(zero_copy_only=False)
    words[doubtful] = [text_word(one) for one in cells.filter(pa.array(doubtful)).to_pylist()]
    return words
