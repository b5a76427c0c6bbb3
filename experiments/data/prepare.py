"""From a spec's [data] and [cv] to the parts that a study works with, each of its own type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from experiments.data.datasets import FOLDER_VARIABLE, Dataset, fingerprint, load_dataset
from experiments.data.preprocessing import fit_preprocessor
from experiments.data.sealed import SealedTestSet
from experiments.data.splits import DevelopmentSet, Folds, make_folds, split
from experiments.errors import DataError
from experiments.spec import StudySpec
from nnet.batches import FoldData


@dataclass(frozen=True)
class StudyData:
    """The data of one study.

    fingerprint: sha256 of all its rows, in the order in which they came.
    """

    name: str
    classes: tuple[str, ...]
    rows: int
    features: int
    fingerprint: str
    development: DevelopmentSet
    test: SealedTestSet
    folds: Folds


def prepare(spec: StudySpec, environ: Mapping[str, str]) -> StudyData:
    """Load, seal and split.

    Args:
        environ: may name the folder of MNIST's files.

    Raises:
        DataError: the data breaks a rule.
    """
    folder = spec.data.folder or environ.get(FOLDER_VARIABLE)
    dataset = load_dataset(spec.data.source, Path(folder) if folder else None)
    development, test = split(dataset, spec.data.test_size, spec.data.split_seed)
    return StudyData(
        name=dataset.name,
        classes=dataset.classes,
        rows=len(dataset.labels),
        features=dataset.features.shape[1],
        fingerprint=_of(dataset),
        development=development,
        test=test,
        folds=make_folds(development, spec.cv, spec.data.split_seed),
    )


def preprocessed_folds(development: DevelopmentSet, folds: Folds) -> list[FoldData]:
    """The folds as the network takes them; what is fitted is fitted on each fold's training rows alone.

    Folds whose preprocessing is the same share one array.
    """
    if folds.development != development.fingerprint:
        raise DataError("the folds were made for other development rows: their fingerprints differ.")
    if development.pixel_range is not None:
        shared = fit_preprocessor(development.features, development.pixel_range).transform(development.features)
        shared.setflags(write=False)
        return [FoldData(shared, development.labels, *pair) for pair in folds.pairs]
    prepared = []
    for train, validation in folds.pairs:
        x = fit_preprocessor(development.features[train], None).transform(development.features)
        x.setflags(write=False)
        prepared.append(FoldData(x, development.labels, train, validation))
    return prepared


def _of(dataset: Dataset) -> str:
    return fingerprint(dataset.features, dataset.labels)
