from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from statistics import mean, stdev

import numpy as np
import pytest
from sklearn.utils.class_weight import compute_class_weight

from experiments.config.candidate import Candidate, Preprocessing
from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.config.target import Target
from experiments.data.prepare import StudyData, preprocessed_folds
from experiments.search.cross_validation import prepare_fold
from experiments.search.pruners import pruner_choice
from experiments.search.pruning import VisibleStudy
from experiments.search.trial import PrunerChoice, PruningHistory, TrialResult, TrialTask, VisibleTrials
from nnet.batches import FoldData
from support.searched import evaluate

TWO = Target(("a", "b"))


@pytest.fixture
def task(spec: StudySpec, space: Space) -> TrialTask:
    median = pruner_choice("median", spec.search.pruner_options.model_dump())
    return TrialTask(0, space.candidate(space.default), 3, "accuracy", median)


def hopeless(task: TrialTask) -> TrialTask:
    """The same task where all earlier trials were perfect from the first epoch."""
    epochs = tuple(range(1, task.candidate.training.epochs + 1))
    perfect = PruningHistory("COMPLETE", 1.0, epochs, (1.0,) * len(epochs))
    return replace(task, number=9, visible=VisibleTrials.of((perfect,) * 6))


def with_training(task: TrialTask, **changes: object) -> TrialTask:
    training = replace(task.candidate.training, **changes)  # type: ignore[arg-type]
    return replace(task, candidate=replace(task.candidate, training=training))


def test_it_is_a_pure_function(task: TrialTask, data: StudyData) -> None:
    folds = preprocessed_folds(data.development, data.folds, Preprocessing())
    study = VisibleStudy()
    for each in (hopeless(task), task, hopeless(task)):
        assert evaluate(each, folds, TWO, study) == evaluate(each, folds, TWO)


def test_the_value_is_the_best_of_the_mean_curve(task: TrialTask, compute: Callable[[TrialTask], TrialResult]) -> None:
    result = compute(task)
    means = [mean(row) for row in result.curves.scores]
    best = means.index(max(means))
    assert result.state == "COMPLETE"
    assert result.value == pytest.approx(max(means), abs=1e-15)
    assert result.epochs == best + 1
    assert result.fold_scores == result.curves.scores[best]
    assert result.cv_std == pytest.approx(stdev(result.fold_scores))
    assert result.last == pytest.approx(means[-1], abs=1e-15)


def test_early_stopping_follows_the_mean_curve(task: TrialTask, compute: Callable[[TrialTask], TrialResult]) -> None:
    result = compute(with_training(task, patience=1, epochs=60))
    means = result.curves.mean_scores
    assert means[-1] <= means[-2]
    assert all(after > before for before, after in pairwise(means[:-1]))


def test_a_hopeless_trial_is_pruned_after_the_warm_up(
    task: TrialTask, compute: Callable[[TrialTask], TrialResult]
) -> None:
    result = compute(hopeless(task))
    assert (result.state, result.reason, result.value) == ("PRUNED", "pruned", None)
    assert len(result.curves.epochs) < task.candidate.training.epochs
    assert result.last == result.curves.mean_scores[-1]


def test_trial_0_is_never_pruned(task: TrialTask, compute: Callable[[TrialTask], TrialResult]) -> None:
    assert compute(replace(hopeless(task), number=0)).state == "COMPLETE"


def test_no_pruner_prunes_nothing(task: TrialTask, compute: Callable[[TrialTask], TrialResult]) -> None:
    assert compute(replace(hopeless(task), pruner=PrunerChoice("none"))).state == "COMPLETE"


def test_a_trial_one_of_whose_folds_diverges_is_pruned_with_the_reason(task: TrialTask, data: StudyData) -> None:
    first, *others = preprocessed_folds(data.development, data.folds, Preprocessing())
    far = replace(first, x=np.where(np.arange(len(first.x))[:, None] == first.train[0], np.inf, first.x))
    with np.errstate(all="ignore"):
        result = evaluate(task, [far, *others], TWO)
    assert (result.state, result.reason, result.value) == ("PRUNED", "diverged", None)
    assert all(np.isfinite(result.curves.train_losses).ravel())


def test_epochs_are_scored_every_so_often_and_at_the_end(
    task: TrialTask, compute: Callable[[TrialTask], TrialResult]
) -> None:
    assert compute(with_training(task, validate_every=3)).curves.epochs == (3, 6, 8)


def test_garbage_in_a_folds_validation_rows_leaves_its_training_unchanged(task: TrialTask, data: StudyData) -> None:
    development, chance = data.development, np.random.default_rng(0)
    _, validation = data.folds.pairs[1]
    features = development.features.copy()
    features[validation] = chance.normal(size=features[validation].shape) * 1e3
    changed = replace(development, table=replace(development.table, features=features))
    clean = evaluate(task, preprocessed_folds(development, data.folds, Preprocessing()), TWO).curves
    dirty = evaluate(task, preprocessed_folds(changed, data.folds, Preprocessing()), TWO).curves
    assert [row[1] for row in clean.train_losses] == [row[1] for row in dirty.train_losses]
    assert [row[1] for row in clean.validation_losses] != [row[1] for row in dirty.validation_losses]
    assert [row[0] for row in clean.train_losses] != [row[0] for row in dirty.train_losses]


WEIGHTED = FoldData(np.zeros((6, 1), np.float32), np.array([0, 0, 0, 1, 1, 1]), np.arange(4), np.array([4, 5]))


def candidate(task: TrialTask, class_weight: str) -> Candidate:
    return replace(task.candidate, class_weight=class_weight)


def test_rows_weigh_what_the_data_says_and_every_class_the_same_if_asked(task: TrialTask) -> None:
    own = np.array([1.0, 2.0, 1.0, 8.0, 5.0, 5.0])
    fold = replace(WEIGHTED, weights=own)
    plain, _ = prepare_fold(fold, candidate(task, "none"), TWO)
    balanced, _ = prepare_fold(fold, candidate(task, "balanced"), TWO)
    assert plain.weights is not None
    assert balanced.weights is not None
    np.testing.assert_allclose(plain.weights[:4], own[:4] / 8)
    classes = np.bincount(fold.y[:4], balanced.weights[:4])
    assert classes[0] == pytest.approx(classes[1])
    np.testing.assert_allclose(balanced.weights[:3] / balanced.weights[0], [1, 2, 1])
    small, _ = prepare_fold(replace(fold, weights=own / 1000), candidate(task, "balanced"), TWO)
    np.testing.assert_allclose(small.weights, balanced.weights, rtol=1e-6)


def test_without_weights_classes_weigh_as_scikit_learn_has_it(task: TrialTask) -> None:
    fold, _ = prepare_fold(WEIGHTED, candidate(task, "balanced"), TWO)
    expected = compute_class_weight("balanced", classes=np.array([0, 1]), y=WEIGHTED.y[:4])
    assert fold.weights is not None
    np.testing.assert_allclose(fold.weights, expected[WEIGHTED.y], rtol=1e-6)


def test_the_weight_of_a_validation_row_changes_no_training_row(task: TrialTask) -> None:
    own = np.array([1.0, 2.0, 1.0, 8.0, 5.0, 5.0])
    for how, changed in (("none", 1e300), ("balanced", 0.0)):
        other = np.r_[own[:4], changed, changed]
        pair = [
            prepare_fold(replace(WEIGHTED, weights=weights), candidate(task, how), TWO)[0].weights
            for weights in (own, other)
        ]
        assert pair[0] is not None
        assert pair[1] is not None
        assert pair[0][:4].tobytes() == pair[1][:4].tobytes()


def test_numbers_are_learnt_at_variance_1_and_scored_in_their_own_units(task: TrialTask, data: StudyData) -> None:
    number = Target()
    training = replace(task.candidate.training, loss="mean_squared_error", epochs=40)
    asked = replace(task, candidate=replace(task.candidate, training=training), metric="neg_mean_absolute_error")
    folds = preprocessed_folds(data.development, data.folds, Preprocessing())
    y = 1e6 + 1e3 * folds[0].x[:, 0].astype(np.float64)
    result = evaluate(asked, [replace(fold, y=y) for fold in folds], number)
    assert result.value is not None
    assert -300 < result.value < -1  # of a standard deviation of 1,000
    assert result.curves.train_losses[0][0] < 2  # in variances
    r2 = evaluate(replace(asked, metric="r2"), [replace(fold, y=y) for fold in folds], number)
    assert r2.value is not None
    assert 0.9 < r2.value < 1
    assert r2.curves.train_losses == result.curves.train_losses
