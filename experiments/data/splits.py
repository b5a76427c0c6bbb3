"""The split into development rows and the sealed test set, and the development rows' folds.

The two parts have different types: what takes a DevelopmentSet cannot be handed the test rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.data.datasets import Dataset, Features, Labels, fingerprint
from experiments.data.sealed import SealedTestSet
from experiments.errors import DataError
from experiments.spec import CV

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class DevelopmentSet:
    """The rows that the search may see."""

    features: Features
    labels: Labels
    classes: tuple[str, ...]
    pixel_range: float | None
    fingerprint: str


@dataclass(frozen=True)
class Folds:
    """Row numbers of a development set: (train, validation) for each fold, bound to the rows they were made for."""

    pairs: tuple[tuple[Rows, Rows], ...]
    fingerprint: str
    development: str


def split(dataset: Dataset, test_size: float, split_seed: int) -> tuple[DevelopmentSet, SealedTestSet]:
    """Split the test set off, stratified by class; or take the source's own.

    Raises:
        DataError: a class is too small to be on both sides.
    """
    from sklearn.model_selection import train_test_split

    _check_counts(dataset.labels, dataset.classes, 2, "data: every class needs a row on each side of the test split")
    rows = np.arange(len(dataset.labels))
    try:
        development, test = (
            np.split(rows, [-dataset.own_test])
            if dataset.own_test
            else train_test_split(rows, test_size=test_size, stratify=dataset.labels, random_state=split_seed)
        )
    except ValueError as error:
        raise DataError(f"data.test_size: {error}") from None
    for part in (development, test):
        _check_counts(dataset.labels[part], dataset.classes, 1, "data.test_size: every class needs a row on each side")
    features, labels = dataset.features[development], dataset.labels[development]
    features.setflags(write=False)
    labels.setflags(write=False)
    return (
        DevelopmentSet(features, labels, dataset.classes, dataset.pixel_range, fingerprint(features, labels)),
        SealedTestSet(dataset.features[test], dataset.labels[test]),
    )


def make_folds(development: DevelopmentSet, cv: CV, split_seed: int) -> Folds:
    """The folds by scikit-learn's splitter of that name, shuffled by split_seed, made once.

    Raises:
        DataError: there are fewer rows, of a class or in all, than folds.
    """
    from sklearn import model_selection

    repeated = cv.splitter.startswith("Repeated")
    options = {"n_repeats": cv.n_repeats} if repeated else {"shuffle": True}
    splitter = getattr(model_selection, cv.splitter)(n_splits=cv.n_splits, random_state=split_seed, **options)
    if "Stratified" in cv.splitter:
        rule = f"cv.n_splits: every class needs at least n_splits={cv.n_splits} development rows"
        _check_counts(development.labels, development.classes, cv.n_splits, rule)
    if cv.n_splits > len(development.labels):
        rows = len(development.labels)
        raise DataError(f"cv.n_splits: `n_splits <= rows` must hold, but got n_splits={cv.n_splits}, rows={rows}.")
    pairs = tuple(
        (np.asarray(train, np.intp), np.asarray(validation, np.intp))
        for train, validation in splitter.split(development.features, development.labels)
    )
    for fold, pair in enumerate(pairs):
        rule = f"cv: every class needs a row to learn from, in every fold; in fold {fold} (stratify, or fewer folds)"
        _check_counts(development.labels[pair[0]], development.classes, 1, rule)
        for rows_of in pair:
            rows_of.setflags(write=False)
    return Folds(pairs, fingerprint(*(rows_of for pair in pairs for rows_of in pair)), development.fingerprint)


def _check_counts(labels: Labels, classes: tuple[str, ...], least: int, rule: str) -> None:
    counts = np.bincount(labels, minlength=len(classes))
    if len(classes) < 2:
        raise DataError(f"data: a classification needs at least two classes, but got {list(classes)}.")
    if counts.min() < least:
        smallest = int(counts.argmin())
        raise DataError(f"{rule}, but class {classes[smallest]!r} has {counts[smallest]}.")
