"""Rows that sum up others: the sums of a table or of its parts, and the means and the like below it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from math import isclose
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from experiments.config.readable import count
from experiments.data.formats.number_formats import THOUSANDS, WITH_POINTS, number_format, plain_numbers
from experiments.data.raw_table import Marks, listed
from experiments.data.readers.file_keys import FileKeys
from nnet.arrays import Rows

FEWEST_SUMMED = 4  # rows above a row of totals
SAME_SUM = 1e-6  # relative difference, of totals that were rounded
DECIMALS = 5  # of a mean that was rounded, at most
MOSTLY = 0.9  # share of the rows that are called sums, and are some
MOST_SUMS = 10_000  # rows of sums within a table
LABELS = 3  # first columns, one of which says that a row has sums
SUM = (
    "((grand|sub|net)[ -]?)?totals?|sums?|summen?|(zwischen|end)?summe|gesamt(summe|ergebnis)?|insgesamt|ergebnis"
    r"|totale|somme|suma|toplam|\*{1,4}"
)
SUMS = rf"(?i)^\W*({SUM})(\W.*)?$|\W({SUM})\W*$"  # also of a part, as in `North Total` and `Total of North`

Numbers = NDArray[np.float64]
Columns = list[pa.ChunkedArray]

STATISTICS: Mapping[str, Sequence[Callable[[Numbers], Any]]] = {
    "mean|average|avg|ø|mittel|mittelwert|durchschnitt|schnitt|moyenne|media|promedio|gemiddelde|ortalama": (np.mean,),
    "median|mediana|médiane": (np.median,),
    r"sd|s\.d|std|std\.? ?dev|stdev|standard deviation|standardabweichung|stabw": (lambda x: np.std(x, ddof=1), np.std),
    "min|minimum": (np.min,),
    "max|maximum": (np.max,),
    "n|count|anzahl": (len,),
}


def sums_up(columns: Columns, last: Sequence[Any], filled: Sequence[int], is_label: bool) -> str:
    """Return what the last row has of the rows above it: "sums", "means" for means and the like, or nothing.

    All numbers of the row are so, and of sums one is larger than every number above it.

    Args:
        last:     cells of the last row.
        filled:   the columns in which it has any.
        is_label: whether the first of these is a text that no other row has.
    """
    first, label = filled[0], str(last[filled[0]]).strip()
    if len(columns[0]) <= FEWEST_SUMMED or (first == 0 and not is_label):
        return ""
    called = re.search(SUMS, label) is not None
    if is_label and (functions := _statistics(label)):
        rows = len(columns[0]) - 1 - _summary_rows_above(columns[first])
        cells = [_readings(columns[at]) for at in filled[1:]]
        same = [any(_is_one(of_it, rows, functions) for of_it in readings) for readings in cells]
        return "means" if same and all(same) else ""
    larger = False
    for at in filled[is_label:]:
        sums = [of_it for of_it in _readings(columns[at], called) if _is_sum(of_it)]
        if not sums:
            return ""
        larger = larger or bool(abs(sums[0][-1]) > np.abs(sums[0][:-1]).max(initial=0, where=~np.isnan(sums[0][:-1])))
    return "sums" if larger else ""


def without_sums_of_parts(columns: Columns, keys: FileKeys) -> tuple[Columns, Rows | None, tuple[str, ...]]:
    """Leave out rows that are called sums, and are those of the rows above them, as a pivot table has for each part.

    New rows are never compared with each other: where some are called so, a line says it.

    Returns:
        the columns, the positions of the rows that are left, and a line about the others; None without such rows.
    """
    nothing = columns, None, ()
    if not columns or len(columns[0]) <= FEWEST_SUMMED:
        return nothing
    names = [column for column in columns[:LABELS] if pa.types.is_string(column.type)]
    labels = next((column for column in names if _is_called_sum(column[-1].as_py())), None)
    if labels is None:
        return nothing
    called = np.asarray(pc.match_substring_regex(pc.utf8_trim_whitespace(labels), SUMS).fill_null(False))
    if not 1 < called.sum() <= MOST_SUMS:
        return nothing
    words = list(dict.fromkeys(labels.filter(pa.array(called)).to_pylist()))
    if keys.model:
        return columns, None, (f"{count(int(called.sum()), 'row')} called sums ({listed(words)}) read like others",)
    readings = [of_it for column in columns if column is not labels for of_it in _readings(column)[-1:]]
    sums = [row for row in np.flatnonzero(called).tolist() if _are_sums(readings, called, row)]
    if len(sums) < max(2, MOSTLY * called.sum()):
        return nothing
    kept = np.setdiff1d(np.arange(len(called)), sums)
    words = list(dict.fromkeys(str(labels[row].as_py()).strip() for row in sums))
    said = f"{count(len(sums), 'row')} of the sums of rows above them left out ({listed(words)})"
    return [column.take(pa.array(kept)) for column in columns], kept, (said,)


def _is_called_sum(cell: Any) -> bool:
    return isinstance(cell, str) and re.search(SUMS, cell.strip()) is not None


def _statistics(label: str) -> Sequence[Callable[[Numbers], Any]]:
    """Return the functions that a label names; none for another label."""
    word = label.rstrip(".: ").casefold()
    return next((functions for words, functions in STATISTICS.items() if re.fullmatch(words, word)), ())


def _summary_rows_above(labels: pa.ChunkedArray) -> int:
    """Count the rows right above the last one whose labels name sums, means and the like."""
    above = [str(cell or "").strip() for cell in labels.slice(max(0, len(labels) - 10)).to_pylist()[-2::-1]]
    other = (at for at, label in enumerate(above) if not (re.search(SUMS, label) or _statistics(label)))
    return next(other, len(above))


def _is_one(numbers: Numbers, rows: int, functions: Sequence[Callable[[Numbers], Any]]) -> bool:
    """Return whether the last of some numbers is one of some functions of the first ones, perhaps rounded."""
    above = numbers[:rows][np.isfinite(numbers[:rows])]
    values = [float(function(above)) for function in functions] if len(above) > 1 else []
    last = float(numbers[-1])
    half = next((0.5 * 10.0**-digits for digits in range(DECIMALS) if round(last, digits) == last), 0.0)
    return any(isclose(last, value, rel_tol=SAME_SUM) or abs(last - value) <= half + SAME_SUM for value in values)


def _is_sum(numbers: Numbers) -> bool:
    return isclose(np.nansum(numbers[:-1]), numbers[-1], rel_tol=SAME_SUM)


def _are_sums(readings: Sequence[Numbers], called: NDArray[np.bool_], row: int) -> bool:
    """Return whether the numbers of a row are the sums of the rows since one of those that are called sums."""
    numbers = np.array([of_it for of_it in readings if np.isfinite(of_it[row])])
    if not len(numbers):
        return False
    summed = np.cumsum(np.where(called | ~np.isfinite(numbers), 0.0, numbers), axis=1)[:, : row + 1]
    starts = np.flatnonzero(called[:row])
    before = np.concatenate([np.zeros((len(numbers), 1)), summed[:, starts]], axis=1)
    same = np.isclose(summed[:, -1:] - before, numbers[:, row : row + 1], rtol=SAME_SUM, atol=SAME_SUM)
    return bool(same.all(axis=0).any() and row > 0)


def _readings(column: pa.ChunkedArray, formatted: bool = True) -> list[Numbers]:
    """Return the numbers of a column in each way in which they can be read, NaN for empty cells; none of other cells.

    Args:
        formatted: whether they may have a format, such as a decimal comma.
    """
    if not pa.types.is_string(column.type):
        try:
            return [column.cast(pa.float64()).to_numpy()]
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            return []
    texts = pc.utf8_trim_whitespace(column)
    texts = pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
    filled, found = texts.drop_null(), []
    try:
        found.append(texts.cast(pa.float64()).to_numpy())
        points = formatted and pc.any(pc.match_substring(filled, ".")).as_py()
        form = WITH_POINTS if points and pc.all(pc.match_substring_regex(filled, THOUSANDS)).as_py() else None
    except pa.ArrowInvalid:
        form = number_format(filled, Marks()) if formatted and len(filled) else None
    if form is not None:
        found.append(plain_numbers(texts, form).cast(pa.float64()).to_numpy())
    return found
