from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.config.study_file import parse_spec
from experiments.search import loop as window
from experiments.search import pruning_history as histories
from experiments.search.executors.base import WorkerDied, WorkerLost, WorkerTimeout
from experiments.search.loop import search
from experiments.search.pruning_history import Inline, lines_of
from experiments.search.stopping import Budget, end_of
from experiments.search.trial import FinishedTrial, InterventionKind, TrialResult, TrialTask

Compute = Callable[[TrialTask], TrialResult]
Submit = Callable[[TrialTask], "Future[TrialResult]"]


@pytest.fixture
def undisturbed(spec: StudySpec, space: Space, submit: Submit) -> list[FinishedTrial]:
    return list(search(spec, space, [], submit))


def test_the_study_prunes_and_completes(undisturbed: list[FinishedTrial]) -> None:
    assert {one.result.state for one in undisturbed} == {"COMPLETE", "PRUNED"}
    assert [one.result.number for one in undisturbed] == list(range(16))


@pytest.mark.parametrize("workers", [1, 2, 3, 8])
def test_any_number_of_workers_in_any_order_gives_one_table(
    spec: StudySpec, space: Space, compute: Compute, undisturbed: list[FinishedTrial], workers: int
) -> None:
    chance = random.Random(workers)

    def slow(task: TrialTask) -> TrialResult:
        time.sleep(chance.random() * 0.02)
        return compute(task)

    with ThreadPoolExecutor(workers) as pool:
        assert list(search(spec, space, [], lambda task: pool.submit(slow, task))) == undisturbed


@pytest.mark.parametrize("told", range(17))
def test_a_study_resumed_anywhere_goes_on_as_if_never_stopped(
    spec: StudySpec, space: Space, submit: Submit, undisturbed: list[FinishedTrial], told: int
) -> None:
    assert undisturbed[:told] + list(search(spec, space, undisturbed[:told], submit)) == undisturbed


def test_a_study_that_has_its_trials_asks_no_sampler(
    spec: StudySpec, space: Space, submit: Submit, undisturbed: list[FinishedTrial], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "SamplerStudy", None)
    assert list(search(spec, space, undisturbed, submit)) == []


def test_a_shorter_study_is_the_beginning_of_a_longer_one(
    spec: StudySpec, space: Space, submit: Submit, undisturbed: list[FinishedTrial]
) -> None:
    short = spec.model_copy(update={"search": spec.search.model_copy(update={"trials": 9})})
    assert list(search(short, space, [], submit)) == undisturbed[:9]


def test_a_trial_is_asked_exactly_when_the_one_lookahead_before_it_is_told(
    spec: StudySpec, space: Space, compute: Compute
) -> None:
    running: dict[int, tuple[TrialTask, Future[TrialResult]]] = {}
    events: list[str] = []

    def hold(task: TrialTask) -> Future[TrialResult]:
        events.append(f"ask {task.number}")
        assert len(lines_of(task.visible)) == max(0, task.number - spec.search.lookahead + 1)
        future: Future[TrialResult] = Future()
        running[task.number] = task, future
        if task.number == spec.search.lookahead - 1:  # the first of them are in flight
            threading.Thread(target=answer_from_the_last).start()
        return future

    def answer_from_the_last() -> None:
        while numbers := sorted(running, reverse=True):
            for number in numbers:
                task, future = running.pop(number)
                future.set_result(compute(task))
            time.sleep(0.01)

    told = search(spec, space, [], hold)
    for number in range(3):
        assert next(told).result.number == number
        assert events[-1] == f"ask {number + spec.search.lookahead}"
        threading.Timer(0.0, answer_from_the_last).start()


def test_another_seed_is_another_study(
    spec: StudySpec, space: Space, submit: Submit, undisturbed: list[FinishedTrial]
) -> None:
    other = spec.model_copy(update={"study": spec.study.model_copy(update={"seed": 4})})
    assert list(search(other, space, [], submit)) != undisturbed


@pytest.mark.parametrize(("lost", "kind"), [(WorkerDied, "worker died"), (WorkerTimeout, "worker silent")])
def test_a_task_whose_workers_were_lost_is_told_as_failed_and_the_search_goes_on(
    spec: StudySpec, space: Space, submit: Submit, lost: type[WorkerLost], kind: InterventionKind
) -> None:
    def dying(task: TrialTask) -> Future[TrialResult]:
        if task.number != 2:
            return submit(task)
        future: Future[TrialResult] = Future()
        future.set_exception(lost())
        return future

    told = list(search(spec, space, [], dying))
    assert (told[2].result.state, told[2].result.reason) == ("FAIL", kind)
    assert len(told) == spec.search.trials
    assert told[:5] + list(search(spec, space, told[:5], dying)) == told
    assert told[:5] + list(search(spec, space, told[:5], submit)) == told, "it is not run again"
    assert list(search(spec, space, [], submit, interventions={2: kind})) == told, "it can be told in advance"


def test_patience_ends_the_search_and_what_is_in_flight_is_cancelled(
    spec: StudySpec, space: Space, compute: Compute, submit: Submit
) -> None:
    impatient = spec.model_copy(update={"search": spec.search.model_copy(update={"patience": 3})})
    everything = list(search(spec, space, [], submit))
    end = end_of([one.result for one in everything], 3)
    assert end is not None
    assert end < 16
    futures: list[Future[TrialResult]] = []

    def never_beyond(task: TrialTask) -> Future[TrialResult]:
        future: Future[TrialResult] = Future()
        futures.append(future)
        if task.number < end:
            future.set_result(compute(task))
        return future

    told = list(search(impatient, space, [], never_beyond))
    assert told == everything[:end]
    assert all(future.cancelled() for future in futures[end:])
    assert list(search(impatient, space, told, never_beyond)) == []


def test_a_budget_ends_the_search_while_it_waits(spec: StudySpec, space: Space, compute: Compute) -> None:
    futures: list[Future[TrialResult]] = []

    def submit(task: TrialTask) -> Future[TrialResult]:
        future: Future[TrialResult] = Future()
        futures.append(future)
        if task.number < 5:
            future.set_result(compute(task))
        return future

    told = list(search(spec, space, [], submit, budget=Budget(0.2, 0.0, lambda: 0.0)))
    assert [one.result.number for one in told] == [0, 1, 2, 3, 4]
    assert all(future.cancelled() for future in futures[5:])


PRUNERS: dict[str, dict[str, object]] = {
    "none": {},
    "percentile": {"n_startup_trials": 2},
    "successive_halving": {"reduction_factor": 2},
    "hyperband": {"reduction_factor": 2},
    "patient": {"patience": 0, "pruner": "successive_halving", "pruner_options": {"reduction_factor": 2}},
    "threshold": {"lower": 0.4},
}


@pytest.mark.parametrize("pruner", PRUNERS)
def test_every_pruner_gives_one_table_at_any_timing_and_resumed_anywhere(
    spec: StudySpec, compute_fast: Compute, pruner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(histories, "BLOCK", 200)
    document = spec.to_document()
    table = {**document["search"], "pruner": pruner, "pruner_options": PRUNERS[pruner]}
    other = parse_spec({**document, "search": table}, pruner)
    space, chance, share = Space(other), random.Random(pruner), Inline
    known: dict[TrialTask, TrialResult] = {}

    def slow(task: TrialTask) -> TrialResult:
        time.sleep(chance.random() * 0.005)
        result = compute_fast(task)
        assert known.setdefault(task, result) == result
        return result

    def run(told: list[FinishedTrial], workers: int) -> list[FinishedTrial]:
        with ThreadPoolExecutor(workers) as pool:
            return list(search(other, space, told, lambda task: pool.submit(slow, task), share))

    once = run([], 1)
    assert ("pruned" in {one.result.reason for one in once}) == (pruner != "none")
    assert run([], 3) == once
    for told in (1, 3, 4, 5, 9, 15, 16):
        assert once[:told] + run(once[:told], 2) == once
    assert len(known) == len(once)  # a task of a resumed study is the task that it was
