"""An epoch of a large table is timed on some of its rows, of a small one on all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from experiments.search.executors import epoch_timing
from experiments.search.executors.epoch_timing import epoch_seconds
from experiments.search.trial import Curves, TrialResult
from nnet.batches import FoldData

ROWS, BATCH, EPOCHS = 10_000, 10, 2


class Machine:
    """A machine on which a trial takes so many seconds for each row and epoch; it notes the folds of each trial."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folds: Sequence[FoldData], per_row: float):
        self.now, self.per_row, self.trials = 0.0, per_row, list[Sequence[FoldData]]()
        self.scored = EPOCHS
        monkeypatch.setattr(epoch_timing, "open_folds", lambda _: folds)
        monkeypatch.setattr(epoch_timing, "cross_validate", lambda task, fewer, target: self.trial(fewer))
        monkeypatch.setattr(epoch_timing, "run_trial", lambda task, reference: self.trial(folds))
        monkeypatch.setattr(epoch_timing, "time", SimpleNamespace(perf_counter=lambda: self.now))

    def trial(self, folds: Sequence[FoldData]) -> Any:
        self.trials.append(folds)
        epochs = min(EPOCHS, self.scored + 1)
        seconds = self.per_row * epochs * sum(len(fold.train) for fold in folds)
        self.now += seconds
        curves = Curves(*[tuple(range(self.scored)), *[((),) * self.scored] * 3], factors=())
        result = TrialResult(0, "COMPLETE", "", None, None, 0, None, (), curves)
        return SimpleNamespace(result=replace(result, seconds=seconds))


def folds_of(rows: int, weights: Any = None) -> tuple[FoldData, ...]:
    x, y = np.zeros((rows, 2), np.float32), np.arange(rows) // (rows // 4)  # in the order of their classes
    return tuple(FoldData(x, y, np.arange(fold, rows, 2), np.arange(1 - fold, rows, 2), weights) for fold in (0, 1))


TASK: Any = SimpleNamespace(candidate=SimpleNamespace(training=SimpleNamespace(epochs=EPOCHS, batch_size=BATCH)))
REFERENCE: Any = SimpleNamespace(target=None)


def test_rows_are_added_until_a_trial_takes_long_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, folds_of(ROWS), per_row=2e-4)
    assert epoch_seconds(TASK, REFERENCE) == pytest.approx(2e-4 * ROWS, rel=0.02)
    sizes = [len(folds[0].train) for folds in machine.trials]
    assert sizes[0] == epoch_timing.BATCHES * BATCH
    assert sorted(sizes) == sizes
    assert sizes[-1] < ROWS / 4
    assert machine.now < 3 * epoch_timing.ENOUGH


def test_all_rows_are_timed_where_that_is_quick_or_they_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, folds_of(ROWS), per_row=1e-6)
    assert epoch_seconds(TASK, REFERENCE) == pytest.approx(1e-6 * ROWS)
    assert len(machine.trials[-1][0].train) == ROWS / 2
    few = Machine(monkeypatch, folds_of(200), per_row=1.0)
    assert epoch_seconds(TASK, REFERENCE) == pytest.approx(200)
    assert len(few.trials) == 1


def test_some_of_the_rows_have_all_classes_and_weigh_something(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = np.zeros(ROWS, np.float32)
    weights[-1] = weights[-2] = 1
    machine = Machine(monkeypatch, folds_of(ROWS, weights), per_row=1.0)
    epoch_seconds(TASK, REFERENCE)
    (folds,) = machine.trials
    for fold in folds:
        for rows in (fold.train, fold.validation):
            assert set(fold.y[rows].tolist()) == {0, 1, 2, 3}
        assert fold.weights is not None
        assert not set(fold.train) & set(fold.validation)


def test_a_trial_that_diverges_at_once_has_one_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, folds_of(ROWS), per_row=1.0)
    machine.scored = 0
    assert epoch_seconds(TASK, REFERENCE) == pytest.approx(ROWS, rel=0.02)
