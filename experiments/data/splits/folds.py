"""The folds of the development rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.config.spec import CVSection
from experiments.data.identity.hashes import fingerprint
from experiments.data.splits.class_rows import check_counts, until_every_class
from experiments.data.splits.copies import different_rows, with_their_copies
from experiments.data.splits.moments import most_forward_folds, whole_moments
from experiments.data.splits.split import DevelopmentSet
from experiments.data.table import Table
from experiments.errors import DataError
from nnet.arrays import Rows


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
