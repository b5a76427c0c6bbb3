"""The networks are those of the trial, and a column's inputs are shuffled together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest

from experiments.config.candidate import Candidate, Preprocessing
from experiments.config.spec import CVSection
from experiments.data.columns.target_type import labelled
from experiments.data.prepare import fitted_on, preprocessed_folds
from experiments.data.splits.folds import Folds, make_folds
from experiments.data.splits.split import DevelopmentSet
from experiments.evaluation.analysis.fold_models import FoldModelsTask, train_fold_models
from experiments.evaluation.analysis.permutation import Permuted, Shuffling
from experiments.evaluation.final_model import mean_outputs
from experiments.evaluation.final_model.refit import RefitTask
from experiments.search.trial import PrunerChoice, TrialResult, TrialTask
from nnet.changed_inputs import ChangedInputs
from nnet.network import Architecture
from nnet.settings import TrainingSettings
from support.searched import evaluate
from support.tables import mixed_table

ROWS = 120
PLAIN: dict[str, Any] = {"epochs": 12, "batch_size": 16, "patience": 4, "learning_rate": 0.02}
TRAININGS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "plain": ({}, {}),
    "schedule": ({"schedule": "cosine", "warm_up": 0.2}, {"dropout": 0.3}),
    "plateau": (
        {"schedule": "plateau", "plateau_patience": 1, "decay": 0.3, "patience": 0, "epochs": 30, "learning_rate": 0.2},
        {},
    ),
    "averaged": ({"average_epochs": 3, "validate_every": 2}, {"batch_norm": True, "input_dropout": 0.1}),
    "noisy": ({"schedule": "linear"}, {"noise": 0.1, "input_noise": 0.1, "input_scale": True}),
}


def parts(task: str) -> tuple[DevelopmentSet, Folds]:
    table = mixed_table(ROWS, task, weights=np.random.default_rng(7).uniform(0.5, 2.0, ROWS))
    rows = DevelopmentSet(**vars(labelled(table)), fingerprint="rows")
    return rows, make_folds(rows, CVSection(n_splits=3, splitter="KFold"), 0)


def trial(task: str, kind: str, metric: str) -> tuple[TrialResult, list[Permuted]]:
    """A trial, and its folds' networks trained again with every column shuffled."""
    rows, folds = parts(task)
    training, shape = TRAININGS[kind]
    loss = "cross_entropy" if rows.target.classes else "mean_squared_error"
    settings = TrainingSettings(**{**PLAIN, **training, "loss": loss})
    candidate = Candidate(Architecture(1, (6,), 1, **shape), settings)
    data = preprocessed_folds(rows, folds, Preprocessing())
    result = evaluate(TrialTask(3, candidate, 5, metric, PrunerChoice("none")), data, rows.target)
    again = RefitTask(3, candidate, result.epochs, 5, result.curves.factors)
    shuffling = Shuffling(4, sources_of(rows, folds), ROWS, 2)
    found = train_fold_models(FoldModelsTask(again, (0, 1, 2), metric, shuffling), data, rows.target)
    return result, [one.permuted for one in found]


def sources_of(rows: DevelopmentSet, folds: Folds) -> tuple[Any, ...]:
    return tuple(fitted_on(rows, train, Preprocessing()).sources for train, _ in folds.pairs)


@pytest.mark.parametrize(
    ("kind", "task", "metric"),
    [
        ("plain", "regression", "r2"),
        ("schedule", "classification", "neg_log_loss"),
        ("plateau", "regression", "r2"),
        ("averaged", "classification", "neg_log_loss"),
    ],
)
def test_the_networks_are_the_trials_own_at_its_best_epoch(kind: str, task: str, metric: str) -> None:
    result, found = trial(task, kind, metric)
    assert result.state == "COMPLETE"
    assert tuple(one.baseline for one in found) == result.fold_scores
    assert sum(one.rows for one in found) == ROWS
    if kind == "plateau":
        assert min(result.curves.factors[: result.epochs]) < 1


@pytest.mark.parametrize(("task", "metric"), [("classification", "neg_log_loss"), ("regression", "r2")])
def test_the_columns_that_the_target_depends_on_matter(task: str, metric: str) -> None:
    _, found = trial(task, "plain", metric)
    drops = np.mean([one.baseline - one.scores.mean(axis=1) for one in found], axis=0)
    age, city, height, colour = drops
    assert min(age, colour) > 3 * max(abs(city), abs(height))


def one_fold(columns: int = 4, **changes: Any) -> Permuted:
    rows, folds = parts("classification")
    data = preprocessed_folds(rows, folds, Preprocessing())
    settings = TrainingSettings(**PLAIN, loss="cross_entropy")
    again = RefitTask(0, Candidate(Architecture(1, (6,), 1), settings), 6, 0)
    shuffling = replace(Shuffling(columns, sources_of(rows, folds), ROWS, 3), **changes)
    (found,) = train_fold_models(FoldModelsTask(again, (0,), "neg_log_loss", shuffling), data, rows.target)
    return found.permuted


def test_it_is_pure_and_its_repeats_differ() -> None:
    once, again = one_fold(), one_fold()
    assert once.scores.tobytes() == again.scores.tobytes()
    assert (once.scores[0] != once.scores[0, 0]).any()


def test_a_column_that_no_input_is_made_of_changes_nothing() -> None:
    found = one_fold(columns=5)
    assert (found.scores[4] == found.baseline).all()
    assert (found.scores[0] != found.baseline).all()


def test_with_many_inputs_only_the_changes_are_computed_and_the_scores_are_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = one_fold()
    monkeypatch.setattr(mean_outputs, "FEW_INPUTS", 1)
    made = Mock(wraps=ChangedInputs)
    monkeypatch.setattr(mean_outputs, "ChangedInputs", made)
    changes = one_fold()
    made.assert_called_once()
    np.testing.assert_allclose(changes.scores, whole.scores, rtol=1e-6)
    assert changes.baseline == whole.baseline


def test_few_rows_are_a_seeded_choice() -> None:
    few, again = one_fold(rows=10), one_fold(rows=10)
    assert 10 <= few.rows <= 12
    assert few.baseline == again.baseline
    assert few.baseline != one_fold().baseline


def test_what_a_preprocessor_makes_has_a_source() -> None:
    rows, folds = parts("classification")
    fitted = fitted_on(rows, folds.pairs[0][0], Preprocessing())
    assert len(fitted.sources) == fitted.width
    assert set(fitted.sources) == {0, 1, 2, 3}
    changed = rows.table.features.copy()
    changed["city"] = "Basel"
    differ = (fitted.transform(rows.features) != fitted.transform(changed)).any(axis=0)
    assert set(fitted.sources[differ]) == {1}
    changed = rows.table.features.assign(height=np.nan)
    differ = (fitted.transform(rows.features) != fitted.transform(changed)).any(axis=0)
    assert fitted.sources[differ].tolist() == [2, 2]  # the number, and that it is missing
