"""Copies of rows: they stay on one side of every split, and what was done about them is said.

Which rows are equal follows from the cells of the source, before its columns are read, and not from the columns that
become features.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from experiments.data.count_different import count_different
from experiments.data.identity.cells import SourceCells
from experiments.data.identity.equal_rows import equal_pictures, equal_rows
from experiments.data.raw_table import listed
from experiments.data.table import Table
from experiments.errors import DataError
from nnet.arrays import Rows

CopiesSplit = Literal["together", "free", "groups", "time"]
Choice = Literal["together", "free"]
EFFECTIVE = 0.95  # effective number of rows, as a share of all, from which on copies count as rows of their own


@dataclass(frozen=True)
class Copies:
    """The copies among the rows of a study.

    rows:          number of rows that are copies of an earlier row, without the source's own test rows.
    compared:      number of all rows but the source's own test rows.
    split:         how the splits treat copies: they stay together or are free, or groups or the time decide.
    test:          number of the source's own test rows that are copies of other rows.
    compared_test: number of the source's own test rows.
    keys:          keys of [data] with which nothing is left to decide.
    grouped:       whether statistics draw rows in groups: copies, unless data.groups decides.
    apart:         columns in which copies may differ, as they number or name the rows.
    """

    rows: int
    compared: int
    split: CopiesSplit
    test: int = 0
    compared_test: int = 0
    keys: Mapping[str, str] = field(default_factory=dict)
    grouped: bool = field(default=False, compare=False)
    apart: tuple[str, ...] = field(default=(), compare=False)

    def notes(self, choice: Choice | None) -> tuple[str, ...]:
        """Say what a person may want otherwise, a line each.

        Args:
            choice: of the study file.
        """
        lines = []
        apart = f" in all but {listed(self.apart)}" if self.apart else ""
        if self.rows and choice is None:
            done = f"data.{self.split} decides the splits, which may divide copies."
            if self.split == "together":
                done = 'copies stay on one side of every split; data.copies = "free" splits them like other rows.'
                done += " Intervals and tests count equal rows once." if self.grouped else ""
            lines.append(f"rows: {self.rows} of {self.compared} {_repeat(self.rows)} other rows{apart}; {done}")
        if self.test:
            repeated = f"{self.test} of {self.compared_test} {_repeat(self.test)} rows to learn from"
            lines.append(f"test rows: {repeated}, so that their score says little of new rows.")
        return tuple(lines)


def _repeat(rows: int) -> str:
    return "repeats" if rows == 1 else "repeat"


def with_equal_rows(table: Table) -> Table:
    """Compare the rows of a table whose source did not do so, in their features and target.

    Raises:
        DataError: the source's own test rows are the rows to learn from.
    """
    if table.equal is None and set(table.kinds) == {"pixel"}:
        table = replace(table, equal=equal_pictures(np.asarray(table.features), table.target, table.own_test))
    elif table.equal is None:
        table = replace(table, equal=equal_rows(SourceCells.of(table.features, table.target), table.own_test))
    assert table.equal is not None
    ours, theirs = np.split(table.equal.keys, [table.learned])
    if len(ours) == len(theirs) and np.array_equal(np.sort(ours), np.sort(theirs)):
        raise DataError(
            f"data: the test rows must be other rows than those of {table.name} to learn from, but all "
            f"{len(theirs)} are the same; give others, or none: then a part of the rows to learn from is the test set."
        )
    return table


def with_copies(table: Table, choice: Choice | None = None) -> tuple[Table, Copies | None]:
    """Decide what the splits do with equal rows.

    Rows that are equal by chance are free. Copies stay together, unless groups or a time order decide the splits.

    Args:
        choice: of the study file; None leaves it open.

    Returns:
        the table with the copies that stay together; and its copies, None where no rows are equal.

    Raises:
        DataError: equal rows shall stay together in a table that is split otherwise.
    """
    equal, own = table.equal, table.learned
    assert equal is not None
    ours, theirs = np.split(equal.keys, [own])
    rows, test = own - count_different(ours), int(np.isin(theirs, ours).sum()) if equal.test_copies else 0
    split: CopiesSplit = choice or ("together" if equal.copies else "free")
    if (key := table.split_key) is not None:
        if choice == "together":
            raise DataError(f"data.copies: data.{key} decides the splits, which may divide copies; remove one of them.")
        split = key
    if not rows and not test:
        return table, None
    decided = rows and choice is None and key is None
    # the columns of a file that are dropped later could tell chance from copies otherwise
    keys = {"copies": split} if decided and (split == "together" or table.reading is not None) else {}
    copies = rows if equal.copies or split == "together" else 0
    table = replace(table, copies=equal.keys if rows and split == "together" else None)
    grouped = groups_of(table) is not None
    return table, Copies(copies, own, split, test, table.own_test, keys, grouped, equal.apart)


def groups_of(table: Table) -> NDArray[Any] | None:
    """Return the (N,) group that statistics draw each row with; None where every row is drawn alone.

    Rows have the group that [data] names, or else copies are a group. Where copies are so few that they change no
    interval, all rows are drawn alone: the effective number of N rows is N^2 over the sum of the squared group sizes.

    Source: Kish (1965), Survey Sampling: the effect of clusters whose rows are all alike.
    """
    if table.groups is not None or table.copies is None:
        return table.groups
    sizes = np.unique(table.copies, return_counts=True)[1].astype(np.float64)
    return table.copies if sizes.sum() / (sizes**2).sum() < EFFECTIVE else None


def different_rows(table: Table) -> Rows:
    """Return the rows that a split deals out: all but the copies that follow an earlier row."""
    if table.copies is None:
        return np.arange(len(table.target), dtype=np.intp)
    return np.sort(np.unique(table.copies, return_index=True)[1])


def first_rows(table: Table) -> Rows:
    """Return the rows that are no copies of an earlier one, however the splits treat copies."""
    if table.equal is None or not table.equal.copies:
        return np.arange(len(table.target), dtype=np.intp)
    return np.sort(np.unique(table.equal.keys, return_index=True)[1])


def with_their_copies(table: Table, rows: Rows) -> Rows:
    """Return the rows in their order, each followed by its copies.

    Args:
        rows: some of the different rows.
    """
    if table.copies is None:
        return rows
    _, numbers, counts = np.unique(table.copies, return_inverse=True, return_counts=True)
    by_number = np.argsort(numbers, kind="stable")
    starts, of_row = np.cumsum(counts) - counts, numbers[rows]
    lengths = counts[of_row]
    shifts = np.repeat(starts[of_row] - (np.cumsum(lengths) - lengths), lengths)
    followed: Rows = by_number[shifts + np.arange(lengths.sum())]
    return followed
