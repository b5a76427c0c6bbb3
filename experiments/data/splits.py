"""The split into development rows and the sealed test set, and the folds of the development rows.

The two parts have different types: a function of a DevelopmentSet cannot receive the test rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.config.spec import CVSection
from experiments.data.class_rows import (
    check_classes,
    check_counts,
    share_to_test,
    until_every_class,
    with_every_class,
)
from experiments.data.copies import different_rows, with_their_copies
from experiments.data.drawn_together import drawn_together
from experiments.data.features import Features, take_rows
from experiments.data.few_groups import refuse_shared, too_few_groups
from experiments.data.fingerprint import content_fingerprint
from experiments.data.hashes import fingerprint
from experiments.data.holdout import SealedTestSet
from experiments.data.moments import between_moments, most_forward_folds, refuse_earlier, share_of_last, whole_moments
from experiments.data.positive import with_positive_last
from experiments.data.table import Table
from experiments.data.target_type import LabelledTable
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


@dataclass(frozen=True)
class Folds:
    """Row numbers of a development set: (train, validation) for each fold.

    fingerprint: SHA-256 of the row numbers.
    development: fingerprint of the development set.
    splitter:    name of scikit-learn's class.
    """

    pairs: tuple[tuple[Rows, Rows], ...]
    fingerprint: str
    development: str
    splitter: str


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
        refuse_shared(table.groups[development], table.groups[test])
        if len(np.unique(table.groups[test])) < 2:
            raise DataError(too_few_groups(len(np.unique(table.groups)), bool(table.own_test)))
    if table.time is not None and not table.own_test and len(np.unique(table.time[test])) < 2:
        rule = "data.test_size: the test set needs at least two moments for an interval of its score"
        raise DataError(f"{rule}; set data.test_size = {share_of_last(table.time, 2):g}.")
    if table.time is not None:
        refuse_earlier(table.time[development], table.time[test])


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


def suitable_splitter(development: DevelopmentSet) -> str:
    """Return the splitter for a study that names none."""
    stratified = "Stratified" if development.target.classes else ""
    if development.table.time is not None:
        return "TimeSeriesSplit"
    return f"{stratified}GroupKFold" if development.table.groups is not None else f"{stratified}KFold"


def suitable_folds(development: DevelopmentSet, cv: CVSection, drawn: Rows | None = None) -> CVSection:
    """Lower the folds to the rows of the smallest class, groups and moments, where no number is named; at least 2.

    Args:
        drawn: rows that the folds are made of; all where None.
    """
    name = suitable_splitter(development) if cv.splitter == "auto" else cv.splitter
    if "n_splits" in cv.model_fields_set:
        return cv
    most = [cv.n_splits]
    if "Group" in name and development.table.groups is not None:
        most.append(len(np.unique(development.table.groups)))
    if "Stratified" in name and development.target.classes:
        rows = different_rows(development.table) if drawn is None else drawn
        most.append(int(class_counts(development, rows).min()))
    if development.table.time is not None:
        most.append(forward_folds(development, cv.n_splits))
    return cv if min(most) == cv.n_splits else cv.model_copy(update={"n_splits": max(2, min(most))})


def forward_folds(development: DevelopmentSet, wanted: int) -> int:
    """Return the most forward folds, not more than wanted, of which the first one can learn every class; or 0."""
    assert development.table.time is not None
    least = until_every_class(development.y) if development.target.classes else 1
    return most_forward_folds(development.table.time, wanted, least)


def class_counts(development: DevelopmentSet, rows: Rows) -> NDArray[np.intp]:
    """Count these rows of each class."""
    return np.bincount(development.y[rows], minlength=len(development.target.classes))


def make_folds(
    development: DevelopmentSet, cv: CVSection, split_seed: int, drawn: Rows | None = None, key: str = "n_splits"
) -> Folds:
    """Make the folds with scikit-learn's splitter, shuffled by split_seed.

    Args:
        drawn: rows that the folds are made of; all where None.
        key:   the key of [cv] that names the number of folds, for messages.

    Raises:
        DataError: the splitter does not suit the rows, or there are more folds than rows, rows of a class, or groups.
    """
    from sklearn import model_selection

    name = suitable_splitter(development) if cv.splitter == "auto" else cv.splitter
    drawn = different_rows(development.table) if drawn is None else drawn
    _check_splitter(name, development, cv.n_splits, drawn, key)
    options: dict[str, Any] = {"random_state": split_seed}
    if name == "TimeSeriesSplit":
        options = {}
    elif name.startswith("Repeated"):
        options["n_repeats"] = cv.n_repeats
    else:
        options["shuffle"] = True
    splitter = getattr(model_selection, name)(n_splits=cv.n_splits, **options)
    table = development.table
    try:
        divided = tuple(splitter.split(np.zeros(len(drawn)), development.y[drawn], table.groups))
    except ValueError as error:
        raise DataError(f"cv.splitter: {' '.join(str(error).split())}") from None
    if table.time is not None:
        divided = whole_moments(divided, table.time[drawn], key)
    pairs = tuple((_with_copies(table, drawn[train]), _with_copies(table, drawn[rows])) for train, rows in divided)
    for fold, pair in enumerate(pairs):
        _check_fold(
            development, f"fold {fold}" if key == "n_splits" else f"outer fold {fold + 1}", *pair, key, cv.n_splits
        )
        for rows in pair:
            rows.setflags(write=False)
    return Folds(pairs, fingerprint(*(rows for pair in pairs for rows in pair)), development.fingerprint, name)


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


def _with_copies(table: Table, rows: Rows) -> Rows:
    return np.sort(with_their_copies(table, rows))


def _check_splitter(name: str, development: DevelopmentSet, n_splits: int, drawn: Rows, key: str) -> None:
    """Refuse a splitter that needs something the rows lack, or ignores their groups or time."""
    groups, timed = development.table.groups, development.table.time is not None
    grouped = groups is not None
    classes, rows = development.target.classes, len(drawn)
    rules = {
        "needs classes to stratify by, but the target is a number": "Stratified" in name and not classes,
        "needs data.groups": "Group" in name and not grouped,
        "would divide the groups of data.groups; take GroupKFold or StratifiedGroupKFold": "Group" not in name
        and grouped,
        "needs data.time": name == "TimeSeriesSplit" and not timed,
        "would learn from later rows than it validates on; take TimeSeriesSplit": name != "TimeSeriesSplit" and timed,
    }
    for rule, broken in rules.items():
        if broken:
            raise DataError(f"cv.splitter: {name} {rule}.")
    if "Stratified" in name:
        rule = f"cv.{key}: every class needs at least {key}={n_splits} development rows"
        most = int(class_counts(development, drawn).min())
        advice = f"set {key} = {most}" if most > 1 else "remove its rows, or add some"
        check_counts(development, drawn, n_splits, (rule, "", advice))
    if n_splits > rows:
        advice = f"set cv.{key} = {rows}" if rows > 1 else "set a smaller data.test_size"
        raise DataError(f"cv.{key}: `{key} <= rows` must hold, but got {key}={n_splits}, rows={rows}; {advice}.")
    if groups is not None and n_splits > (count := len(np.unique(groups))):
        advice = f"set cv.{key} = {count}" if count > 1 else "set a smaller data.test_size"
        raise DataError(f"cv.{key}: `{key} <= groups` must hold, but got {key}={n_splits}, groups={count}; {advice}.")


def _check_fold(development: DevelopmentSet, fold: str, train: Rows, validation: Rows, key: str, n_splits: int) -> None:
    if not len(train) or not len(validation):
        raise DataError(
            f"cv: a fold needs training and validation rows, but {fold} has {len(train)} and {len(validation)}."
        )
    if development.target.classes:
        rule, advice = "cv: every class needs a training row in every fold", f"stratify, or set a smaller cv.{key}"
        if development.table.time is not None:
            folds = forward_folds(development, n_splits)
            advice = f"set cv.{key} = {folds}" if folds > 1 else "add earlier rows of it"
        check_counts(development, train, 1, (rule, f" in {fold}", advice))
    weights = development.table.weights
    if weights is not None and not weights[train].max() > 0:
        raise DataError(f"data.weights: every fold needs a training row of weight above 0, but {fold} has none.")
