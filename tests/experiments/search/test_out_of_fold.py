"""What is kept of a trial is what was scored at its best epoch."""

from __future__ import annotations

import hashlib
from concurrent.futures import CancelledError, Future
from dataclasses import replace

import numpy as np
import pytest

from experiments.config.candidate import Preprocessing
from experiments.config.space import Space
from experiments.config.spec import CVSection, StudySpec
from experiments.config.target import Target
from experiments.data.prepare import StudyData, preprocessed_folds
from experiments.data.splits.folds import make_folds
from experiments.search.cross_validation import cross_validate
from experiments.search.executors.base import map_future
from experiments.search.out_of_fold import BestOutputs, are_outputs, array_of, npy
from experiments.search.scorers import scorer
from experiments.search.trial import PrunerChoice, TrialTask
from nnet.arrays import Array
from nnet.batches import FoldData
from support.searched import evaluate


@pytest.fixture
def task(spec: StudySpec, space: Space) -> TrialTask:
    candidate = space.candidate(space.default)
    return TrialTask(0, candidate, spec.study.seed, "accuracy", PrunerChoice("none"))


def folds_by(data: StudyData, splitter: str, **more: int) -> list[FoldData]:
    folds = make_folds(data.development, CVSection(splitter=splitter, n_splits=3, **more), 0)  # type: ignore[arg-type]
    return preprocessed_folds(data.development, folds, Preprocessing())


def outputs_of(task: TrialTask, folds: list[FoldData], target: Target) -> Array:
    found = cross_validate(task, folds, target)
    assert found.outputs is not None
    assert found.result.out_of_fold == hashlib.sha256(found.outputs).hexdigest()
    assert found.result == evaluate(task, folds, target)
    return array_of(found.outputs)


@pytest.mark.parametrize("splitter", ["StratifiedKFold", "RepeatedStratifiedKFold"])
def test_the_outputs_kept_score_what_the_folds_scored(data: StudyData, task: TrialTask, splitter: str) -> None:
    folds = folds_by(data, splitter)
    outputs = outputs_of(task, folds, data.target)
    result = evaluate(task, folds, data.target)
    assert result.epochs < task.candidate.training.epochs or result.value == result.last
    ends = np.cumsum([len(fold.validation) for fold in folds])
    assert (outputs.dtype, outputs.shape) == (np.float32, (ends[-1], 2))
    accuracy = scorer("accuracy", data.target)
    parts = zip(np.split(outputs, ends[:-1]), folds, strict=True)
    assert tuple(accuracy(z, fold.y[fold.validation]) for z, fold in parts) == result.fold_scores


def test_numbers_are_kept_in_the_units_of_the_target(data: StudyData, task: TrialTask) -> None:
    training = replace(task.candidate.training, loss="mean_squared_error")
    task = replace(task, candidate=replace(task.candidate, training=training), metric="r2")
    far = 1000.0 + 50.0 * data.development.features[:, 0]  # type: ignore[call-overload]
    folds = [replace(fold, y=far) for fold in folds_by(data, "KFold")]
    outputs = outputs_of(task, folds, Target())
    assert (outputs.dtype, outputs.shape) == (np.float64, (len(far), 1))
    scores, start = [], 0
    for fold in folds:
        here = slice(start, start := start + len(fold.validation))
        scores.append(scorer("r2", Target())(outputs[here], far[fold.validation]))
    assert scores == pytest.approx(evaluate(task, folds, Target()).fold_scores, abs=1e-12)
    assert 900 < outputs.mean() < 1100


def test_a_trial_that_is_not_complete_keeps_nothing(data: StudyData, task: TrialTask) -> None:
    training = replace(task.candidate.training, learning_rate=1e30, optimizer="sgd")
    found = cross_validate(
        replace(task, candidate=replace(task.candidate, training=training)),
        folds_by(data, "StratifiedKFold"),
        data.target,
    )
    assert (found.result.state, found.result.out_of_fold, found.outputs) == ("PRUNED", "", None)


def test_what_is_kept_survives_the_reuse_of_its_memory() -> None:
    outputs = BestOutputs(lambda z, y: float(z.mean()), folds=1)
    buffer = np.ones((2, 1))
    assert outputs.scores[0](buffer, np.zeros(2)) == 1.0
    outputs.keep()
    buffer[:] = 7.0
    assert outputs.scores[0](buffer, np.zeros(2)) == 7.0
    assert outputs.best.tolist() == [[1.0], [1.0]]


def test_then_passes_on_errors_and_cancellation() -> None:
    failing: Future[int] = Future()
    made = map_future(failing, lambda number: 1 // number)
    failing.set_result(0)
    with pytest.raises(ZeroDivisionError):
        made.result(0)
    broken: Future[int] = Future()
    passed = map_future(broken, str)
    broken.set_exception(KeyError("lost"))
    with pytest.raises(KeyError):
        passed.result(0)
    waiting: Future[int] = Future()
    assert map_future(waiting, str).cancel()
    with pytest.raises(CancelledError):
        waiting.result(0)
    begun: Future[int] = Future()
    begun.set_running_or_notify_cancel()
    dropped = map_future(begun, str)
    assert dropped.cancel()
    begun.set_result(1)
    assert dropped.cancelled()


def test_only_finite_outputs_of_all_rows_are_outputs() -> None:
    two, three, z = Target(("a", "b")), Target(("a", "b", "c")), np.ones((99, 2), np.float32)
    assert [are_outputs(npy(of), 99, two) for of in (z, z[:, :1], z.astype(float))] == [True] * 3
    assert are_outputs(npy(np.ones((99, 3))), 99, three)
    assert not are_outputs(npy(z[:, :1]), 99, three)
    for other in (z[1:], np.ones((99, 3)), z.astype(int), np.where(np.eye(99)[:, :2], np.nan, z)):
        assert not are_outputs(npy(other), 99, two)
    assert not any(are_outputs(content, 99, two) for content in (npy(z)[:-4], npy(z) + b"\0" * 4, b"x" * 200))
