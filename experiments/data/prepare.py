"""From a spec's [data] and [cv] to the parts that a study works with, each of its own type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.config.candidate import Preprocessing
from experiments.config.spec import StudySpec
from experiments.config.target import Target
from experiments.data.holdout import SealedTestSet
from experiments.data.load import load_table
from experiments.data.preprocessing import Preprocessor, fit_preprocessor
from experiments.data.splits import DevelopmentSet, Folds, make_folds, split, table_fingerprint
from experiments.data.subset import subset
from experiments.data.table import Table
from experiments.data.target_type import target_of
from experiments.errors import DataError
from nnet.batches import FoldData


@dataclass(frozen=True)
class StudyData:
    """The data of one study.

    fingerprint: sha256 of all its rows, in the order in which they came.
    """

    name: str
    target: Target
    rows: int
    features: int
    fingerprint: str
    development: DevelopmentSet
    test: SealedTestSet
    folds: Folds


def prepare(spec: StudySpec, environ: Mapping[str, str], table: Table | None = None) -> StudyData:
    """Load, choose rows, seal and split.

    Args:
        environ: may name the folder of MNIST's files.
        table:   the rows, where they are not to be loaded from the spec's source.

    Raises:
        DataError: the data breaks a rule.
    """
    table = load_table(spec.data, environ) if table is None else table
    target, y = target_of(table, spec.data.task)
    if spec.data.rows is not None:
        table, y = subset(table, target, y, spec.data.rows, spec.data.split_seed)
    development, test = split(table, target, y, spec.data.test_size, spec.data.split_seed)
    return StudyData(
        name=table.name,
        target=target,
        rows=len(y),
        features=table.features.shape[1],
        fingerprint=table_fingerprint(table, y),
        development=development,
        test=test,
        folds=make_folds(development, spec.cv, spec.data.split_seed),
    )


def preprocessed_folds(development: DevelopmentSet, folds: Folds, preprocessing: Preprocessing) -> list[FoldData]:
    """The folds as the network takes them; what is fitted is fitted on each fold's training rows alone.

    Folds whose preprocessing comes to the same share one array.
    """
    if folds.development != development.fingerprint:
        raise DataError("the folds were made for other development rows: their fingerprints differ.")
    known: dict[str, NDArray[np.float32]] = {}
    prepared = []
    for train, validation in folds.pairs:
        fitted = fitted_on(development, train, preprocessing)
        if fitted.key not in known:
            known[fitted.key] = fitted.transform(development.features)
            known[fitted.key].setflags(write=False)
        prepared.append(FoldData(known[fitted.key], development.y, train, validation, development.table.weights))
    return prepared


def fitted_on(development: DevelopmentSet, rows: NDArray[np.intp], preprocessing: Preprocessing) -> Preprocessor:
    """The preprocessing as it is learnt from some development rows."""
    table = development.table
    if set(table.kinds) == {"pixel"}:
        rows = rows[:1]  # there is nothing to learn
    features = table.features
    training = features[rows] if isinstance(features, np.ndarray) else features.iloc[rows]
    return fit_preprocessor(training, table.kinds, table.pixel_range, preprocessing)
