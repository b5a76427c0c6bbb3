"""What is kept of a trial is what was scored at its best epoch."""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import CancelledError, Future
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments.config.candidate import Preprocessing
from experiments.config.space import Space
from experiments.config.spec import CVSection, StudySpec
from experiments.config.target import Target
from experiments.data.prepare import StudyData, preprocessed_folds
from experiments.data.splits.folds import make_folds
from experiments.errors import StudyStateError
from experiments.search.cross_validation import cross_validate
from experiments.search.executors.base import map_future
from experiments.search.out_of_fold import BestOutputs, OutOfFoldFiles, are_outputs, array_of, fingerprint, npy
from experiments.search.scorers import scorer
from experiments.search.trial import Curves, PrunerChoice, TrialOutput, TrialResult, TrialTask
from nnet import durable
from nnet.arrays import Array
from nnet.batches import FoldData
from support.searched import evaluate

CONTENT = npy(np.arange(6, dtype=np.float32).reshape(3, 2))
RESULT = TrialResult(4, "COMPLETE", "", 0.5, 0.5, 1, 0.1, (0.5,), Curves((), (), (), ()))
RESULT = replace(RESULT, out_of_fold=fingerprint(CONTENT))


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


@pytest.fixture
def files(tmp_path: Path) -> OutOfFoldFiles:
    files = OutOfFoldFiles(tmp_path / "out_of_fold")
    assert files.keep(TrialOutput(RESULT, CONTENT)) is RESULT
    return files


def test_what_was_kept_is_there_again(files: OutOfFoldFiles, tmp_path: Path) -> None:
    content = files.content(RESULT)
    assert content is not None
    assert array_of(content).tolist() == [[0, 1], [2, 3], [4, 5]]
    loaded = np.load(tmp_path / "out_of_fold" / "4.npy", allow_pickle=False)
    assert (loaded.dtype, loaded.shape) == (np.float32, (3, 2))


def test_a_trial_without_outputs_has_no_file(files: OutOfFoldFiles, tmp_path: Path) -> None:
    pruned = replace(RESULT, number=5, state="PRUNED", out_of_fold="")
    assert files.keep(TrialOutput(pruned, None)) is pruned
    assert files.content(pruned) is None
    assert [file.name for file in (tmp_path / "out_of_fold").iterdir()] == ["4.npy"]


def test_a_damaged_file_counts_as_missing(files: OutOfFoldFiles, tmp_path: Path) -> None:
    for damaged in (b"", CONTENT[:-1], CONTENT + b"\0", npy(np.zeros((3, 2), np.float32)), b"\x80."):
        (tmp_path / "out_of_fold" / "4.npy").write_bytes(damaged)
        assert files.content(RESULT) is None
        files.keep(TrialOutput(RESULT, CONTENT))
        assert files.content(RESULT) == CONTENT


def test_content_that_is_no_outputs_of_these_rows_counts_as_missing_although_the_trial_names_it(tmp_path: Path) -> None:
    of_three = OutOfFoldFiles(tmp_path, (3, Target(("a", "b"))))
    strings, infinite = npy(np.full((3, 2), "x")), npy(np.array([[0, np.inf]] * 3))  # type: ignore[arg-type]
    wide, long = npy(np.zeros((3, 3), np.float32)), npy(np.zeros((4, 2), np.float32))
    lying = CONTENT.replace(b"(3, 2)", b"(9, 2)")
    for content in (strings, infinite, wide, long, lying, b"", b"\x80."):
        (tmp_path / "4.npy").write_bytes(content)
        assert of_three.content(replace(RESULT, out_of_fold=fingerprint(content))) is None
    for content in (CONTENT, npy(np.zeros((3, 1), np.float32))):  # a network of two classes may have one output
        (tmp_path / "4.npy").write_bytes(content)
        assert of_three.content(replace(RESULT, out_of_fold=fingerprint(content))) == content


def test_files_of_other_trials_are_removed_and_nothing_else(files: OutOfFoldFiles, tmp_path: Path) -> None:
    folder = tmp_path / "out_of_fold"
    for name in ("7.npy", "notes.txt"):
        (folder / name).write_text("")
    files.remove_others([4])
    assert sorted(file.name for file in folder.iterdir()) == ["4.npy", "notes.txt"]
    OutOfFoldFiles(tmp_path / "nowhere").remove_others([])


def test_all_files_are_flushed_and_a_pipe_is_not_waited_for(
    files: OutOfFoldFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "out_of_fold" / "5.npy")
    (tmp_path / "out_of_fold" / "6.npy").write_bytes(CONTENT)
    flushed: list[str] = []
    for name in ("flush", "flush_folder"):
        monkeypatch.setattr(durable, name, lambda path: flushed.append(path.name))
    files.flush()
    assert flushed == ["4.npy", "6.npy", "out_of_fold", tmp_path.name]


def test_a_place_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StudyStateError, match=r"file/4\.npy: cannot be written"):
        OutOfFoldFiles(tmp_path / "file").keep(TrialOutput(RESULT, CONTENT))
