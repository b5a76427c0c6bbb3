"""Whatever a fold's validation rows hold, the fold learns the same: preprocessing, weights and curve, bit for bit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from experiments.config.candidate import NUMBERS, Candidate, Preprocessing
from experiments.config.spec import CVSection
from experiments.data.columns.target_type import labelled
from experiments.data.inputs.preprocessing import Preprocessor
from experiments.data.prepare import fitted_on, preprocessed_folds
from experiments.data.splits.folds import Folds, make_folds
from experiments.data.splits.split import DevelopmentSet
from experiments.data.table import Table
from experiments.search.cross_validation import prepare_fold
from experiments.search.trial import PrunerChoice, TrialResult, TrialTask
from nnet.batches import FoldData
from nnet.network import Architecture
from nnet.settings import TrainingSettings
from nnet.training import fit
from support.searched import evaluate
from support.tables import mixed_table

FOLD = 1
WAYS = [*(Preprocessing(numbers) for numbers in NUMBERS), Preprocessing("standard", 0.2)]
TASKS = {"classification": "cross_entropy", "regression": "mean_squared_error"}


def table(task: str) -> Table:
    return mixed_table(90, task, weights=np.random.default_rng(7).uniform(0.5, 2.0, 90))


def spoilt(rows: DevelopmentSet, validation: np.ndarray) -> DevelopmentSet:
    """The same rows, with garbage of every kind where they are validated."""
    chance = np.random.default_rng(1)
    frame: Any = rows.features.copy()
    for column, kind in zip(frame, rows.table.kinds, strict=True):
        garbage = chance.normal(1e4, 1e5, len(validation)) if kind == "number" else chance.choice(["x", "y", None], 30)
        frame.iloc[validation, frame.columns.get_loc(column)] = garbage
    frame.iloc[validation[:3], [0, 2]] = np.nan
    y, weights = rows.y.copy(), np.array(rows.table.weights)
    y[validation] = 1 - y[validation] if rows.target.classes else 1e6 * chance.normal(size=len(validation))
    weights[validation] = 1e9
    return replace(rows, y=y, table=replace(rows.table, features=frame, weights=weights))


def parts(task: str) -> tuple[DevelopmentSet, Folds, DevelopmentSet]:
    rows = DevelopmentSet(**vars(labelled(table(task))), fingerprint="rows")
    folds = make_folds(rows, CVSection(n_splits=3, splitter="KFold"), 0)
    return rows, folds, spoilt(rows, folds.pairs[FOLD][1])


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("way", WAYS, ids=lambda one: f"{one.numbers} {one.rare}")
def test_garbage_in_the_validation_rows_leaves_the_fold_unchanged(task: str, way: Preprocessing) -> None:
    rows, folds, dirty = parts(task)
    train, validation = folds.pairs[FOLD]

    def preprocessor(of: DevelopmentSet, fold: int) -> Preprocessor:
        return fitted_on(of, folds.pairs[fold][0], way)

    assert preprocessor(rows, FOLD).key == preprocessor(dirty, FOLD).key
    assert preprocessor(rows, 0).key != preprocessor(dirty, 0).key

    training = TrainingSettings(epochs=4, loss=TASKS[task])
    candidate = Candidate(Architecture(1, (5,), 1), training, preprocessing=way)
    clean_fold, dirty_fold = (preprocessed_folds(one, folds, way)[FOLD] for one in (rows, dirty))
    assert clean_fold.x[train].tobytes() == dirty_fold.x[train].tobytes()
    assert clean_fold.x[validation].tobytes() != dirty_fold.x[validation].tobytes()

    (ours, our_units), (theirs, their_units) = (
        prepare_fold(one, candidate, rows.target) for one in (clean_fold, dirty_fold)
    )
    assert our_units == their_units
    assert ours.weights is not None
    assert theirs.weights is not None
    assert ours.weights[train].tobytes() == theirs.weights[train].tobytes()
    assert trained(ours, candidate, rows).tobytes() == trained(theirs, candidate, rows).tobytes()


def trained(fold: FoldData, candidate: Candidate, rows: DevelopmentSet) -> np.ndarray:
    """The network's parameters after training on the fold."""
    architecture = candidate.architecture(fold.x.shape[1], rows.target)
    network, _ = fit(architecture, candidate.training, [fold], [np.random.SeedSequence(0)], candidate.training.epochs)
    return network.parameters.values


@pytest.mark.parametrize("task", TASKS)
def test_garbage_in_the_validation_rows_leaves_the_curve_unchanged(task: str) -> None:
    rows, folds, dirty = parts(task)
    training = TrainingSettings(epochs=4, loss=TASKS[task], patience=0)
    metric = "accuracy" if rows.target.classes else "neg_mean_absolute_error"
    asked = TrialTask(0, Candidate(Architecture(1, (5,), 1), training), 0, metric, PrunerChoice("none"))

    def curves(of: DevelopmentSet) -> TrialResult:
        return evaluate(asked, preprocessed_folds(of, folds, Preprocessing()), rows.target)

    clean, spoilt_curves = curves(rows).curves, curves(dirty).curves
    assert [row[FOLD] for row in clean.train_losses] == [row[FOLD] for row in spoilt_curves.train_losses]
    assert [row[FOLD] for row in clean.validation_losses] != [row[FOLD] for row in spoilt_curves.validation_losses]
    assert [row[0] for row in clean.train_losses] != [row[0] for row in spoilt_curves.train_losses]
