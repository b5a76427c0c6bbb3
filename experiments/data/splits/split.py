"""The split into development rows and the sealed test set.

The two parts have different types: a function of a DevelopmentSet cannot receive the test rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.data.columns.target_type import LabelledTable
from experiments.data.features import Features, take_rows
from experiments.data.identity.fingerprint import content_fingerprint
from experiments.data.raw_table import listed
from experiments.data.splits.class_rows import check_classes, check_counts, share_to_test, with_every_class
from experiments.data.splits.copies import different_rows, with_their_copies
from experiments.data.splits.drawn_together import drawn_together
from experiments.data.splits.holdout import SealedTestSet
from experiments.data.splits.moments import between_moments, refuse_earlier, share_of_last
from experiments.data.splits.positive import with_positive_last
from experiments.data.table import Table
from experiments.errors import DataError
from nnet.arrays import Rows

DRAWS = 20  # of a test set, until every class has rows on each side


@dataclass(frozen=True)
class DevelopmentSet(LabelledTable):
    """The rows for the search, as in the source, or in the order of time.

    fingerprint: SHA-256 of the rows and y.
    """

    fingerprint: str

    @property
    def features(self) -> Features:
        """Return the (N, d) features of the table."""
        return self.table.features


def split(
    rows: LabelledTable, test_size: float, split_seed: int, positive: str | int | bool | None = None
) -> tuple[DevelopmentSet, SealedTestSet]:
    """Split the test set off: the source's own, the last moments, whole groups, or rows stratified by class.

    Args:
        positive: the class of two that becomes the last one; it has no influence on the split.

    Raises:
        DataError: a class or a group cannot be on the sides on which it must be.
    """
    check_roles(rows)
    table = rows.table
    try:
        development, test = _test_split(rows, test_size, split_seed)
    except ValueError as error:
        raise DataError(f"data.test_size: {error}") from None
    key = "data: the source's own test rows" if table.own_test else "data.test_size"
    for part, side, change in ((development, "development", "smaller"), (test, "test", "larger")):
        if len(part) < 2:  # a score of numbers needs two
            raise DataError(f"{key}: each side needs two rows, but they have {len(development)} and {len(test)}.")
        advice = f"set a {change} data.test_size" if part is development else share_to_test(rows)
        advice = "remove its rows" if table.own_test else advice
        check_counts(rows, part, 1, (f"{key}: every class needs a row on each side", f" {side} rows", advice))
    _check_sides(table, development, test)
    if positive is not None:
        rows = with_positive_last(rows, positive)
    return development_set(rows, development), sealed_set(rows, test)


def development_set(whole: LabelledTable, rows: Rows) -> DevelopmentSet:
    """Make the development set of these rows, in the order given."""
    ours, labels = rows_of(whole.table, rows), whole.y[rows]
    labels.setflags(write=False)
    return DevelopmentSet(ours, labels, whole.target, table_fingerprint(ours, labels))


def sealed_set(whole: LabelledTable, rows: Rows) -> SealedTestSet:
    """Seal these rows, in the order given."""
    table, theirs = whole.table, rows_of(whole.table, rows)
    named = theirs.target if table.classes is None else np.array(table.classes)[theirs.target]
    cells = table.source_cells().take(rows)
    return SealedTestSet(theirs.features, whole.y[rows], drawn_together(table, rows), cells, named)


def check_roles(rows: LabelledTable) -> None:
    """Refuse a class with too few rows for any split, and rows with groups and a time order.

    Raises:
        DataError: the message names the class and its rows, or the two keys.
    """
    check_classes(rows)
    if rows.table.groups is not None and rows.table.time is not None:
        raise DataError(
            "data: rows have groups and a time order, but only one can be set; keep data.groups to test on other "
            "groups, or data.time to test on later rows."
        )


def _check_sides(table: Table, development: Rows, test: Rows) -> None:
    if table.groups is not None:
        _refuse_shared(table.groups[development], table.groups[test])
        if len(np.unique(table.groups[test])) < 2:
            raise DataError(_too_few_groups(len(np.unique(table.groups)), bool(table.own_test)))
    if table.time is not None and not table.own_test and len(np.unique(table.time[test])) < 2:
        rule = "data.test_size: the test set needs at least two moments for an interval of its score"
        raise DataError(f"{rule}; set data.test_size = {share_of_last(table.time, 2):g}.")
    if table.time is not None:
        refuse_earlier(table.time[development], table.time[test])


def _too_few_groups(groups: int, own_test: bool) -> str:
    """Say what a test set of one group needs, and at once what the folds need of the other groups.

    >>> _too_few_groups(5, False).partition("; ")[2]
    'set data.test_size = 0.4; cv.n_splits is then at most 3.'
    >>> _too_few_groups(3, False).partition("; ")[0]
    'data.groups: a study needs 4 groups, two to test on and two for the folds, but there are 3'
    """
    rule = "the test set needs at least two groups for an interval of its score"
    if own_test:
        return f"data.groups: {rule}; add test rows of another group."
    if groups < 4:
        others = "name another column, or give test rows of two more groups in data.test or data.test_rows"
        needed = "a study needs 4 groups, two to test on and two for the folds"
        return f"data.groups: {needed}, but there are {groups}; {others}."
    share = max(floor(200 / groups) / 100, 2 / groups if groups > 100 else 0)
    folds = f"; cv.n_splits is then at most {groups - 2}" if groups < 12 else ""
    return f"data.test_size: {rule}; set data.test_size = {share:.2g}{folds}."


def _refuse_shared(learned: NDArray[Any], tested: NDArray[Any]) -> None:
    """Refuse groups that have rows to learn from and the source's own test rows.

    Raises:
        DataError: the message names the first such groups.
    """
    shared = np.intersect1d(learned, tested)
    if shared.size:
        raise DataError(
            f"data.groups: the source's own test rows must not share a group with its other rows, but {len(shared)} of "
            f"{len(np.unique(tested))} groups do: {listed(list(map(str, shared)))}; remove their rows from one of the "
            "two, or remove data.groups."
        )


def rows_of(table: Table, rows: Rows) -> Table:
    """Choose rows of a table, in the order given, without their cells in the source."""
    return replace(
        table,
        features=take_rows(table.features, rows),
        target=table.target[rows],
        own_test=0,
        groups=None if table.groups is None else table.groups[rows],
        time=None if table.time is None else table.time[rows],
        weights=None if table.weights is None else table.weights[rows],
        numbers=table.positions[rows],
        files=None if table.files is None else table.files[rows],
        cells=None,
        equal=None if table.equal is None else table.equal.take(rows),
        copies=None if table.copies is None else table.copies[rows],
    )


def table_fingerprint(table: Table, y: NDArray[Any]) -> str:
    """Compute the SHA-256 of everything that a study learns from."""
    return content_fingerprint(table.features, y, table.groups, table.time, table.weights)


def _test_split(whole: LabelledTable, test_size: float, split_seed: int) -> tuple[Rows, Rows]:
    from sklearn.model_selection import GroupShuffleSplit, StratifiedShuffleSplit, train_test_split

    table, y, classes = whole.table, whole.y, len(whole.target.classes)
    rows: Rows = np.arange(len(y), dtype=np.intp)
    if table.time is not None:
        rows = np.argsort(table.time, kind="stable") if not table.own_test else rows
        at = len(rows) - (table.own_test or ceil(len(rows) * test_size))
        at = at if table.own_test else between_moments(table.time[rows], at)
        development, last = rows[:at], rows[at:]
        return development[np.argsort(table.time[development], kind="stable")], last
    if table.own_test:
        return rows[: -table.own_test], rows[-table.own_test :]
    if table.groups is not None:
        groups = GroupShuffleSplit(n_splits=DRAWS, test_size=test_size, random_state=split_seed)
        draws = groups.split(rows, groups=table.groups)
        return with_every_class(draws, y, table.groups) if classes else next(draws)
    rows = different_rows(table)
    test = ceil(len(rows) * test_size)
    if classes and min(test, len(rows) - test) < classes:
        share = classes / len(rows)
        raise DataError(
            f"data.test_size: every class needs a row on each side, but {classes} classes have {len(rows) - test} "
            f"development rows and {test} test rows; "
            f"set data.test_size = {ceil(100 * share) / 100 if test < classes else floor(100 - 100 * share) / 100:g}."
        )
    if classes:
        strata = StratifiedShuffleSplit(n_splits=DRAWS, test_size=test_size, random_state=split_seed)
        sides = with_every_class(strata.split(rows, y[rows]), y[rows])
        development, tested = (rows[side] for side in sides)
    else:
        development, tested = train_test_split(rows, test_size=test_size, random_state=split_seed)
    return with_their_copies(table, development), with_their_copies(table, tested)
