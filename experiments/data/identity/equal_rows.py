"""Equal rows of a table, and the evidence that they are copies and not equal by chance.

In a table of few categories or small whole numbers rows are equal by chance. Then many pairs of rows differ in one
column alone, too: a pair that agrees in all other columns agrees in this one about as often as any two rows do. Copies
agree in every column, and leave no such pairs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import compress, repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.data.identity.cell_words import Words
from experiments.data.identity.cells import SourceCells
from experiments.data.identity.hashes import mixed, short_hash
from nnet.arrays import Rows

TIMES = 6  # odds of agreement in a column, divided by those of any two rows, above which equal rows are copies
FEW = 5  # number of rows or pairs that is enough to conclude something
FREQUENT = 10  # a row that makes up more than 1/FREQUENT of a table is a frequent value and no copy


@dataclass(frozen=True)
class EqualRows:
    """The equal rows of a table.

    keys:        (N,) a number for each row; rows have the same number if they are equal in every compared column.
    copies:      whether equal rows are copies, by the rows that are not the source's own test part.
    test_copies: whether equal rows are copies, by all rows.
    apart:       columns that were not compared, as they number or name the rows.
    """

    keys: NDArray[np.uint64]
    copies: bool
    test_copies: bool
    apart: tuple[str, ...] = ()

    def take(self, rows: Rows) -> EqualRows:
        """Choose rows, in the order given; what equal rows are stays as it is."""
        return replace(self, keys=self.keys[rows])


def equal_rows(cells: SourceCells, own_test: int, judged: Sequence[bool] | None = None) -> EqualRows:
    """Compare the rows of a source.

    Args:
        cells:    the compared columns.
        own_test: number of rows at the end that are the source's own test part.
        judged:   whether each column tells copies from rows that are equal by chance; None: all do.
    """
    keys, evidence = np.zeros(len(cells), np.uint64), np.zeros(len(cells), np.uint64)
    for (share, _), is_judged in zip(_columns(cells), judged or repeat(True), strict=False):
        keys += share
        evidence += share * np.uint64(is_judged)
    rows = len(keys) - own_test
    copies = _are_copies(cells, keys[:rows], evidence[:rows], judged)
    return EqualRows(keys, copies, _are_copies(cells, keys, evidence, judged) if own_test else copies)


def equal_pictures(pixels: NDArray[Any], target: NDArray[Any], own_test: int) -> EqualRows:
    """Compare pictures with their targets; no two pictures are equal by chance.

    Args:
        pixels:   (N, d).
        target:   (N,).
        own_test: number of rows at the end that are the source's own test part.
    """
    return equal_hashes(np.frombuffer(b"".join(short_hash(row.tobytes()) for row in pixels), "V8"), target, own_test)


def equal_hashes(hashes: NDArray[np.void], target: NDArray[Any], own_test: int) -> EqualRows:
    """Compare pictures by (N,) hashes of eight bytes, with their targets."""
    keys = np.zeros(len(hashes), np.uint64)
    for share, _ in _columns(SourceCells.of(hashes, target)):
        keys += share
    return EqualRows(keys, _pairs(keys[: len(keys) - own_test]) > 0, _pairs(keys) > 0)


def _are_copies(cells: SourceCells, keys: NDArray[np.uint64], evidence: Words, judged: Sequence[bool] | None) -> bool:
    """Tell whether the equal ones among the first rows are copies.

    They are if in each column the odds that a pair agrees, where it agrees in all other columns, are more than TIMES
    those of any pair. One equal pair is no evidence against pairs that differ in one column alone.

    Args:
        keys:     (n,) numbers that equal rows share.
        evidence: (n,) numbers that rows share if they are equal in the columns that are judged.
        judged:   whether each column is one of these; None: all are.
    """
    rows, largest = len(keys), _counts(keys).max()
    if largest <= 1 or largest > max(FEW, rows / FREQUENT):
        return False
    equal, every = _pairs(evidence), rows * (rows - 1) // 2
    for share, words in compress(_columns(cells), judged or repeat(True)):
        differ = _pairs(evidence - share[:rows]) - equal  # pairs that differ in this column alone
        agree = _pairs(words[:rows])  # pairs that agree in this column, whatever the others say
        if differ >= min(FEW, equal) and (equal - 1) * (every - agree) <= TIMES * differ * agree:
            return False
    return True


def _columns(cells: SourceCells) -> Iterator[tuple[Words, Words]]:
    """Yield each column's share in the keys of the rows, and its words."""
    for at, words in enumerate(cells.columns()):
        yield mixed(words + np.uint64((at + 1) * 0x9E3779B97F4A7C15 % (1 << 64))), words


def _pairs(values: Words) -> int:
    """Count the pairs of equal values."""
    counts = _counts(values)
    return int((counts * (counts - 1) // 2).sum())


def _counts(values: Words) -> NDArray[np.int64]:
    """Count each different value."""
    ordered = np.sort(values)
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    counts: NDArray[np.int64] = np.diff(np.r_[starts, len(ordered)])
    return counts
