"""What is measured: every candidate, on all rows or on part of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from experiments.config.candidate import Candidate
from experiments.config.target import Target
from experiments.study.forecast import calibration
from experiments.study.forecast.calibration import calibrate, most_memory
from nnet.batches import FoldData
from nnet.network import Architecture
from nnet.settings import TrainingSettings
from nnet.training import train

pytestmark = pytest.mark.slow

ROWS = 400
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(ROWS, 3)).astype(np.float32), np.arange(ROWS) % 2
TWO = Target(("a", "b"))
FOLDS = [FoldData(X, Y, np.arange(300), np.arange(300, ROWS))] * 2


def candidate(*hidden: int, **settings: Any) -> Candidate:
    return Candidate(Architecture(1, hidden, 1), TrainingSettings(**({"batch_size": 8} | settings)), "balanced")


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """(rows to learn from, rows to be scored on) of the first fold, whenever something is trained."""
    found: list[tuple[int, int]] = []

    def spy(architectures: Any, settings: Any, folds: list[FoldData], *rest: Any) -> Any:
        found.append((len(folds[0].train), len(folds[0].validation)))
        return train(architectures, settings, folds, *rest)

    monkeypatch.setattr(calibration, "train", spy)
    return found


def test_every_candidate_is_timed_while_there_is_time() -> None:
    found = calibrate([candidate(4), candidate(16, 16), candidate()], FOLDS, 1.0, TWO, "accuracy", 60.0)
    assert [one.parameters for one in found.timed] == [4 * 4 + 5 * 2, 4 * 16 + 17 * 16 + 17 * 2, 4 * 2]
    assert all(one.epoch > 0 for one in found.timed)
    assert len(calibrate([candidate(4)] * 9, FOLDS, 1.0, TWO, "accuracy", 0.0).timed) == 1


def test_a_short_epoch_is_measured_on_all_rows(seen: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "ENOUGH", 1e9)
    calibrate([candidate(4)], FOLDS, 1.0, TWO, "accuracy", 1.0)
    assert seen[0] == (32, 11)
    assert seen[-1] == (300, 100)


def test_a_long_epoch_is_measured_on_a_few_steps_and_extrapolated(
    seen: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibration, "ENOUGH", 0.0)
    monkeypatch.setattr(calibration, "_epoch", lambda _, folds, *__: 0.001 * len(folds[0].train))
    (timed,) = calibrate([candidate(4)], FOLDS, 0.5, TWO, "accuracy", 1.0).timed
    assert timed.epoch == pytest.approx(0.6, rel=0.01)  # 300 rows of 1 ms, which are half of all


def test_a_scoring_is_shared_among_the_epochs_it_stands_for(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([0.0, 5.0, 9.0, 12.0, 12.0 + 3.0 + 2.0])  # buffers; buffers and scoring; training; training and scoring
    monkeypatch.setattr(calibration, "time", type("Time", (), {"perf_counter": staticmethod(lambda: next(now))}))
    assert calibration._epoch(candidate(4, validate_every=4), FOLDS, TWO, "accuracy") == 3.0 + 2.0 / 4


def test_folds_without_rows_to_score_are_timed_too() -> None:
    nothing = [FoldData(X, Y, np.arange(300), np.empty(0, np.intp))]
    assert calibrate([candidate(4, schedule="plateau")], nothing, 1.0, TWO, "roc_auc", 0.0).timed[0].epoch > 0


def test_a_process_takes_memory() -> None:
    assert 1e7 < most_memory() < 1e11
