"""The split into development rows and the sealed test set, and the development rows' folds.

The two parts have different types: what takes a DevelopmentSet cannot be handed the test rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.config.spec import CV
from experiments.config.target import Target
from experiments.data.fingerprint import Features, content_fingerprint
from experiments.data.holdout import SealedTestSet
from experiments.data.readers.builtin import fingerprint
from experiments.data.table import Table
from experiments.errors import DataError

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class DevelopmentSet:
    """The rows that the search may see.

    table:  the rows as they came; in the order of time, where they have one.
    y:      (N,) indices into the target's classes, or float64 numbers.
    target: what y is.
    """

    table: Table
    y: NDArray[Any]
    target: Target
    fingerprint: str

    @property
    def features(self) -> Features:
        """(N, d) of the table."""
        return self.table.features


@dataclass(frozen=True)
class Folds:
    """Row numbers of a development set: (train, validation) for each fold, bound to the rows they were made for.

    splitter: scikit-learn's class that made them.
    """

    pairs: tuple[tuple[Rows, Rows], ...]
    fingerprint: str
    development: str
    splitter: str


def split(
    table: Table, target: Target, y: NDArray[Any], test_size: float, split_seed: int
) -> tuple[DevelopmentSet, SealedTestSet]:
    """Split the test set off: the source's own, the last rows in time, whole groups, or rows stratified by class.

    Raises:
        DataError: a class or a group cannot be on the sides where it must be.
    """
    if target.classes:
        _check_counts(y, target, 2, "data: every class needs a row on each side of the test split")
    if table.groups is not None and table.time is not None:
        raise DataError("data: rows have groups or a time order, not both: the last rows would share groups.")
    try:
        development, test = _test_split(table, target, y, test_size, split_seed)
    except ValueError as error:
        raise DataError(f"data.test_size: {error}") from None
    key = "data: the source's own test rows" if table.own_test else "data.test_size"
    for part in (development, test):
        if len(part) < 2:  # of which a score of numbers needs two
            sides = f"{len(development)} and {len(test)}"
            raise DataError(f"{key}: each side needs at least two rows, but they have {sides}.")
        if target.classes:
            _check_counts(y[part], target, 1, f"{key}: every class needs a row on each side")
    if table.groups is not None and np.intersect1d(table.groups[development], table.groups[test]).size:
        raise DataError("data.groups: the source's own test rows share a group with its other rows.")
    if table.time is not None and table.time[test].min() < table.time[development].max():
        raise DataError("data.time: some of the source's own test rows are earlier than rows to learn from.")
    if table.groups is not None and len(np.unique(table.groups[test])) < 2:
        raise DataError(
            "data.test_size: the test set needs at least two groups, or nothing says how sure its score is."
        )
    ours, labels = rows_of(table, development), y[development]
    labels.setflags(write=False)
    theirs = rows_of(table, test)
    return (
        DevelopmentSet(ours, labels, target, table_fingerprint(ours, labels)),
        SealedTestSet(theirs.features, y[test], theirs.groups, table.source_cells().take(test)),
    )


def rows_of(table: Table, rows: Rows) -> Table:
    """A table of some rows of another, in the order given, without their cells in the source."""
    features = table.features
    return replace(
        table,
        features=features[rows] if isinstance(features, np.ndarray) else features.iloc[rows],
        target=table.target[rows],
        own_test=0,
        groups=None if table.groups is None else table.groups[rows],
        time=None if table.time is None else table.time[rows],
        weights=None if table.weights is None else table.weights[rows],
        numbers=rows if table.numbers is None else table.numbers[rows],
        cells=None,
    )


def table_fingerprint(table: Table, y: NDArray[Any]) -> str:
    """sha256 of all that a study learns from."""
    return content_fingerprint(table.features, y, table.groups, table.time, table.weights)


def suitable_splitter(development: DevelopmentSet) -> str:
    """The splitter of a study that names none."""
    stratified = "Stratified" if development.target.classes else ""
    if development.table.time is not None:
        return "TimeSeriesSplit"
    return f"{stratified}GroupKFold" if development.table.groups is not None else f"{stratified}KFold"


def make_folds(development: DevelopmentSet, cv: CV, split_seed: int) -> Folds:
    """The folds by scikit-learn's splitter of that name, shuffled by split_seed, made once.

    Raises:
        DataError: the splitter does not suit the rows, or there are fewer, of a class or in all, than folds.
    """
    from sklearn import model_selection

    name = suitable_splitter(development) if cv.splitter == "auto" else cv.splitter
    _check_splitter(name, development, cv.n_splits)
    options: dict[str, Any] = {"random_state": split_seed}
    if name == "TimeSeriesSplit":
        options = {}
    elif name.startswith("Repeated"):
        options["n_repeats"] = cv.n_repeats
    else:
        options["shuffle"] = True
    splitter = getattr(model_selection, name)(n_splits=cv.n_splits, **options)
    try:
        pairs = tuple(
            (np.asarray(train, np.intp), np.asarray(validation, np.intp))
            for train, validation in splitter.split(
                np.zeros(len(development.y)), development.y, development.table.groups
            )
        )
    except ValueError as error:
        raise DataError(f"cv.splitter: {' '.join(str(error).split())}") from None
    for fold, pair in enumerate(pairs):
        _check_fold(development, fold, *pair)
        for rows in pair:
            rows.setflags(write=False)
    return Folds(pairs, fingerprint(*(rows for pair in pairs for rows in pair)), development.fingerprint, name)


def _test_split(table: Table, target: Target, y: NDArray[Any], test_size: float, split_seed: int) -> tuple[Rows, Rows]:
    from sklearn.model_selection import GroupShuffleSplit, train_test_split

    rows = np.arange(len(y), dtype=np.intp)
    if table.time is not None:
        rows = np.argsort(table.time, kind="stable") if not table.own_test else rows
        test = table.own_test or ceil(len(rows) * test_size)
        development, last = rows[:-test], rows[-test:]
        return development[np.argsort(table.time[development], kind="stable")], last
    if table.own_test:
        return rows[: -table.own_test], rows[-table.own_test :]
    if table.groups is not None:
        splitter = GroupShuffleSplit(n_splits=1, test_size=test_size, random_state=split_seed)
        development, test = next(splitter.split(rows, groups=table.groups))
        return development, test
    stratify = y if target.classes else None
    development, test = train_test_split(rows, test_size=test_size, stratify=stratify, random_state=split_seed)
    return development, test


def _check_splitter(name: str, development: DevelopmentSet, n_splits: int) -> None:
    """Refuse a splitter that needs what the rows have not, or would ignore what they have."""
    groups, timed = development.table.groups, development.table.time is not None
    grouped = groups is not None
    classes, rows = development.target.classes, len(development.y)
    rules = {
        "needs classes to stratify by, but the target is a number": "Stratified" in name and not classes,
        "needs data.groups, which say what rows belong together": "Group" in name and not grouped,
        "would part the groups of data.groups; take GroupKFold or StratifiedGroupKFold": "Group" not in name
        and grouped,
        "needs data.time, which orders the rows": name == "TimeSeriesSplit" and not timed,
        "would learn from rows later than those it is validated on; take TimeSeriesSplit": name != "TimeSeriesSplit"
        and timed,
    }
    for rule, broken in rules.items():
        if broken:
            raise DataError(f"cv.splitter: {name} {rule}.")
    if "Stratified" in name:
        rule = f"cv.n_splits: every class needs at least n_splits={n_splits} development rows"
        _check_counts(development.y, development.target, n_splits, rule)
    if n_splits > rows:
        raise DataError(f"cv.n_splits: `n_splits <= rows` must hold, but got n_splits={n_splits}, rows={rows}.")
    if groups is not None and n_splits > (count := len(np.unique(groups))):
        raise DataError(f"cv.n_splits: `n_splits <= groups` must hold, but got n_splits={n_splits}, groups={count}.")


def _check_fold(development: DevelopmentSet, fold: int, train: Rows, validation: Rows) -> None:
    if not len(train) or not len(validation):
        raise DataError(f"cv: fold {fold} has {len(train)} rows to learn from and {len(validation)} to be scored on.")
    if development.target.classes:
        rule = f"cv: every class needs a row to learn from, in every fold; in fold {fold} (stratify, or fewer folds)"
        _check_counts(development.y[train], development.target, 1, rule)
    weights = development.table.weights
    if weights is not None and not weights[train].max() > 0:
        raise DataError(f"data.weights: fold {fold} has no row to learn from that weighs more than 0.")


def _check_counts(labels: NDArray[Any], target: Target, least: int, rule: str) -> None:
    counts = np.bincount(labels, minlength=len(target.classes))
    if len(target.classes) < 2:
        raise DataError(f"data: a classification needs at least two classes, but got {list(target.classes)}.")
    if counts.min() < least:
        smallest = int(counts.argmin())
        raise DataError(f"{rule}, but class {target.classes[smallest]!r} has {counts[smallest]}.")
