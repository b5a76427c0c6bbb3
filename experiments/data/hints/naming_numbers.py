"""Hints about features that are whole numbers, but may name the rows: those of cards, accounts, phones or persons."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from shlex import quote

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from experiments.data.columns.time_names import is_time_name
from experiments.data.formats.column_types import FEW, PROBE, is_text
from experiments.data.hints.leaks import COUNT_NAME, GROUP_NAME
from experiments.data.raw_table import SHOWN, RawTable, listed, shown
from experiments.data.table import TableReading

LONG = 9  # digits, from which on whole numbers of one length may be names whatever they are called
WHOLE = r"^\d{1,18}$"
POWERS = 10 ** np.arange(1, 19)  # from which on a number has one digit more
SHORT = 4  # digits of a number in a column that is called so
NUMBER = r"(?i).*[_ .-](nr|no|nummer|number)\.?"
NEARLY = 0.9  # share of different ones among numbers that name rows, of which some stand twice
ALIKE = 0.99  # share of the numbers that have equally many digits
ASCENDING = 0.95  # share of the numbers that are above the one before
EVEN = 0.1  # distance of their distribution from an even one, at most; that of amounts is more
ROUND = 0.2  # share of multiples of 100, from which on numbers are amounts
MOMENTS = ((1e9, 2.2e9), (1e12, 2.2e12))  # seconds and milliseconds since 1970 until 2039
NUMBERED = (  # names of long numbers that name something
    "(?i).*(card|kart|account|acct|konto|iban|client|customer|kunde|member|mitglied|msisdn|phone|telefon|mobile|handy|ssn"
    "|imei|isbn|ean|upc|barcode|serial|mrn|nhs|patient|number|nummer|code|key).*"
)


def naming_numbers(rows: RawTable, reading: TableReading, named: Collection[str]) -> Iterator[str]:
    """Say which features are whole numbers that nearly all differ and may name the rows, unless their kind is named.

    They are named like an identifier, or have nine digits or more, equally many, and ascend or are spread evenly.

    Args:
        rows: cleaned development rows, in the order of the file.
    """
    found = [
        name
        for name, kind in reading.columns
        if kind == "number"
        and name not in named
        and name not in reading.formats
        and _may_name(name, rows.columns[name])
    ]
    if found:
        holds = f"column {shown(found[0])} holds" if len(found) == 1 else f"columns {listed(found)} hold"
        yield (
            f"{holds} whole numbers that nearly all differ, as those of cards, accounts or persons do; if they name "
            f"the rows, --drop {' '.join(map(quote, found[:SHOWN]))} leaves them out"
        )


def _may_name(name: str, column: pa.ChunkedArray) -> bool:
    values = _whole_numbers(column)
    if values is None or is_time_name(name) or len(np.unique(values)) < NEARLY * len(values):
        return False
    called = re.fullmatch(GROUP_NAME, name) is not None and re.fullmatch(COUNT_NAME, name) is None
    numbered = re.fullmatch(NUMBER, name) is not None and _digits(values) >= SHORT
    return called or numbered or _are_long_names(name, values)


def _whole_numbers(column: pa.ChunkedArray) -> NDArray[np.int64] | None:
    """Return the values of a column of whole numbers; None of another one, and of few."""
    present = column.drop_null()
    if len(present) < FEW:
        return None
    if pa.types.is_integer(present.type):
        return np.asarray(present.cast(pa.int64(), safe=False))
    if not is_text(present.type):
        return None
    for part in (present.slice(0, PROBE), present):
        if not pc.all(pc.match_substring_regex(part, WHOLE)).as_py():
            return None
    return np.asarray(present.cast(pa.int64()))


def _are_long_names(name: str, values: NDArray[np.int64]) -> bool:
    """Return whether numbers are as long as those that name something, and are called so or stand so."""
    digits = np.searchsorted(POWERS, values, side="right") + 1
    if values.min() < 0 or (digits == (usual := _digits(values))).mean() < ALIKE or usual < LONG:
        return False
    if re.fullmatch(NUMBERED, name):
        return True
    moments = any(first <= values.min() and values.max() <= last for first, last in MOMENTS)
    if moments or (values % 100 == 0).mean() >= ROUND:
        return False
    return bool((values[1:] > values[:-1]).mean() >= ASCENDING) or _distance_from_even(values) <= EVEN


def _digits(values: NDArray[np.int64]) -> int:
    """Return how many digits the middle one of some numbers has."""
    return len(str(int(np.median(values))))


def _distance_from_even(values: NDArray[np.int64]) -> float:
    """Return the largest distance of the distribution of some numbers from an even one in their range."""
    ordered = np.sort(values.astype(np.float64))
    shares = (ordered - ordered[0]) / max(1.0, ordered[-1] - ordered[0])
    return float(np.abs(shares - np.linspace(0, 1, len(shares))).max())
