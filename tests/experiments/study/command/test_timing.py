from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from types import SimpleNamespace
from typing import cast

import pytest

from experiments.search.trial import Curves, FinishedTrial, TrialResult, TrialTask
from experiments.study.command import timing as module
from experiments.study.command.timing import COORDINATION, WAITING, Clock, profile_text


def task(number: int) -> TrialTask:
    return cast(TrialTask, SimpleNamespace(number=number))


class Time:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def perf_counter(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    time = Time()
    monkeypatch.setattr(module, "time", time)
    return time


def told(number: int, seconds: float) -> FinishedTrial:
    curves = Curves((), (), (), ())
    return FinishedTrial({}, TrialResult(number, "FAIL", "worker died", None, None, 0, None, (), curves, seconds))


def test_laps_share_out_all_the_time(time: Time) -> None:
    clock = Clock(started=0.0)
    time.now = 2.0
    clock.lap("start")
    time.now = 5.0
    clock.lap("search")
    assert clock.seconds == {"start": 2.0, "search": 3.0}
    assert clock.elapsed == 5.0


def test_a_part_is_added_up_even_where_it_fails(time: Time) -> None:
    clock = Clock(started=0.0)

    def fail() -> None:
        with clock.part("journal"):
            time.now += 1.5
            raise KeyError

    for _ in range(2):
        with pytest.raises(KeyError):
            fail()
    assert clock.inside == {"journal": 3.0}


def test_the_time_until_a_result_is_there_is_waiting_and_the_rest_is_coordination(time: Time) -> None:
    clock, futures = Clock(started=0.0), [Future[TrialResult](), Future[TrialResult]()]
    pending = iter(futures)
    submit = clock.watched(lambda _: next(pending))

    def search() -> Iterator[FinishedTrial]:
        submit(task(0))
        submit(task(1))
        time.now += 1.0
        futures[1].set_result(told(1, 0.5).result)  # out of order, before it is waited for
        time.now += 3.0
        futures[0].set_result(told(0, 4.0).result)
        time.now += 0.25
        yield told(0, 4.0)
        time.now += 0.5
        yield told(1, 0.5)
        time.now += 0.25
        yield told(2, 0.0)  # an outcome told in advance, which nobody was asked for

    trials = clock.waited(search())
    assert next(trials).result.number == 0
    assert clock.inside == {WAITING: 4.0, COORDINATION: 0.25}
    time.now += 10.0  # what is done with a trial is counted elsewhere
    assert next(trials).result.number == 1
    assert clock.inside == {WAITING: 4.0, COORDINATION: 0.75}
    assert next(trials).result.number == 2
    assert clock.inside == {WAITING: 4.0, COORDINATION: 1.0}
    assert next(trials, None) is None
    assert clock.busy == 4.5


def test_a_trial_that_nobody_computes_shifts_no_other(time: Time) -> None:
    clock, future = Clock(started=0.0), Future[TrialResult]()
    submit = clock.watched(lambda _: future)

    def search() -> Iterator[FinishedTrial]:
        submit(task(1))
        yield told(0, 0.0)
        time.now += 3.0
        future.set_result(told(1, 3.0).result)
        time.now += 0.5
        yield told(1, 3.0)

    assert [one.result.number for one in clock.waited(search())] == [0, 1]
    assert clock.inside == {WAITING: 3.0, COORDINATION: 0.5}


def test_the_seconds_of_earlier_runs_are_added(time: Time) -> None:
    clock = Clock(started=0.0, earlier={"data": 1.0, "search": 5.0})
    time.now = 2.0
    clock.lap("data")
    time.now = 5.5
    assert clock.total() == {"data": 3.0, "search": 5.0}
    assert clock.total(current="search") == {"data": 3.0, "search": 8.5}


def test_every_part_has_its_seconds_and_its_share_of_all() -> None:
    clock = Clock(seconds={"data": 1.0, "search": 8.0}, inside={"waiting for results": 6.0, "journal": 0.5}, busy=12.0)
    text = profile_text(clock, before=1.0, workers=2, tracking=3.5)
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert lines == [
        "where 10.0 s went",
        "imports and study file 1.00 s 10.0%",
        "data 1.00 s 10.0%",
        "search 8.00 s 80.0%",
        "waiting for results 6.00 s 60.0%",
        "journal 0.50 s 5.0%",
        "the rest of it 1.50 s 15.0%",
        "workers: 2, busy 12.0 of 16.0 s, 75% of the search; unfinished trials count as idle",
        "MLflow's writer, beside all this, so far: 3.50 s",
    ]
    assert max(map(len, text.splitlines())) <= 100


def test_a_run_that_only_scored_has_no_share_of_a_search() -> None:
    assert "busy 0.0 of 0.0 s;" in profile_text(Clock(seconds={"search": 0.0}), before=1.0, workers=2, tracking=0.0)
