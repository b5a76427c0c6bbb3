"""What runs inside a worker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from experiments.search.executors import worker


@dataclass(frozen=True)
class Answer:
    """A result and an output in one, of a trial that takes no time."""

    result: Any = None
    seconds: float = 0.0
    ended_at: float = 0.0
    kernel: str = ""


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The loads of compiled passes, in a worker whose trials take no time."""
    loads: list[str] = []
    monkeypatch.setattr(worker, "load_passes", lambda: loads.append("load"))
    monkeypatch.setattr(worker, "open_folds", lambda reference: ())
    monkeypatch.setattr(worker, "cross_validate", lambda *arguments: Answer(Answer()))
    monkeypatch.setattr(worker, "_seconds", 0.0)
    monkeypatch.delenv("NNET_COMPILED", raising=False)
    return loads


class Reference:
    target = None


def test_a_result_has_its_duration_and_its_end_by_the_clock_of_its_worker(
    loads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker.time, "time", lambda: 1e9)
    monkeypatch.setattr(worker.time, "perf_counter", iter([3.0, 5.5]).__next__)
    result = worker.run_trial(None, Reference()).result  # type: ignore[arg-type]
    assert (result.seconds, result.ended_at) == (2.5, 1e9)


def test_compiled_passes_are_loaded_once_the_trials_have_taken_long_enough(
    loads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    worker.run_trial(None, Reference())  # type: ignore[arg-type]
    assert loads == []
    monkeypatch.setattr(worker, "_seconds", worker.REPAID - 1e-9)
    worker.run_trial(None, Reference())  # type: ignore[arg-type]
    assert loads == []
    worker.run_trial(None, Reference())  # type: ignore[arg-type]
    assert loads == ["load"]


def test_they_are_loaded_before_the_first_trial_if_a_user_asks_for_it(
    loads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NNET_COMPILED", "1")
    worker.run_trial(None, Reference())  # type: ignore[arg-type]
    assert loads == ["load"]
