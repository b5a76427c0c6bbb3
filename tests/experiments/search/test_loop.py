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
from experiments.search import loop
from experiments.search.executors.base import WorkerDied, WorkerLost, WorkerTimeout
from experiments.search.loop import Submit, search
from experiments.search.stopping import Budget, end_of
from experiments.search.trial import FinishedTrial, TrialResult, TrialTask

Compute = Callable[[TrialTask], TrialResult]


@pytest.fixture
def undisturbed(spec: StudySpec, space: Space, submit: Submit) -> list[FinishedTrial]:
    return list(search(spec, space, [], submit))


def test_the_study_prunes_and_completes(undisturbed: list[FinishedTrial]) -> None:
    assert {trial.result.state for trial in undisturbed} == {"COMPLETE", "PRUNED"}
    assert [trial.result.number for trial in undisturbed] == list(range(16))


def test_any_number_of_workers_in_any_order_gives_the_same_table(
    spec: StudySpec, space: Space, compute: Compute, undisturbed: list[FinishedTrial]
) -> None:
    chance = random.Random(0)

    def slow(task: TrialTask) -> TrialResult:
        time.sleep(chance.random() * 0.01)
        return compute(task)

    for workers in (1, 2, 8):
        with ThreadPoolExecutor(workers) as pool:
            assert list(search(spec, space, [], lambda task: pool.submit(slow, task))) == undisturbed


def test_a_study_resumed_anywhere_continues_as_if_never_stopped(
    spec: StudySpec, space: Space, submit: Submit, undisturbed: list[FinishedTrial], monkeypatch: pytest.MonkeyPatch
) -> None:
    for finished in (1, 3, 4, 5, 12, 15):
        assert undisturbed[:finished] + list(search(spec, space, undisturbed[:finished], submit)) == undisturbed
    monkeypatch.setattr(loop, "SamplerStudy", None)  # a finished study needs no sampler
    assert list(search(spec, space, undisturbed, submit)) == []


def test_a_shorter_study_is_the_beginning_of_a_longer_study_and_another_seed_is_another(
    spec: StudySpec, space: Space, submit: Submit, undisturbed: list[FinishedTrial]
) -> None:
    short = spec.model_copy(update={"search": spec.search.model_copy(update={"trials": 9})})
    assert list(search(short, space, [], submit)) == undisturbed[:9]
    other = short.model_copy(update={"study": spec.study.model_copy(update={"seed": 4})})
    assert list(search(other, space, [], submit)) != undisturbed[:9]


def test_a_trial_is_proposed_exactly_when_the_trial_lookahead_before_it_has_finished(
    spec: StudySpec, space: Space, compute: Compute
) -> None:
    running: dict[int, tuple[TrialTask, Future[TrialResult]]] = {}
    proposed: list[int] = []

    def hold(task: TrialTask) -> Future[TrialResult]:
        proposed.append(task.number)
        assert len(task.visible) == max(0, task.number - spec.search.lookahead + 1)
        future: Future[TrialResult] = Future()
        running[task.number] = task, future
        if task.number == spec.search.lookahead - 1:  # the first trials are running
            threading.Thread(target=answer_from_the_last).start()
        return future

    def answer_from_the_last() -> None:
        while numbers := sorted(running, reverse=True):
            for number in numbers:
                task, future = running.pop(number)
                future.set_result(compute(task))
            time.sleep(0.01)

    trials = search(spec, space, [], hold)
    for number in range(3):
        assert next(trials).result.number == number
        assert proposed[-1] == number + spec.search.lookahead
        threading.Timer(0.0, answer_from_the_last).start()


def test_a_task_whose_workers_were_lost_has_failed_and_the_search_continues(
    spec: StudySpec, space: Space, submit: Submit
) -> None:
    lost: dict[int, type[WorkerLost]] = {2: WorkerDied, 6: WorkerTimeout}

    def dying(task: TrialTask) -> Future[TrialResult]:
        if task.number not in lost:
            return submit(task)
        future: Future[TrialResult] = Future()
        future.set_exception(lost[task.number]())
        return future

    trials = list(search(spec, space, [], dying))
    kinds = {number: failure.kind for number, failure in lost.items()}
    assert {trial.result.number: trial.result.reason for trial in trials if trial.result.state == "FAIL"} == kinds
    assert len(trials) == spec.search.trials
    assert trials[:7] + list(search(spec, space, trials[:7], submit)) == trials, "they are not computed again"
    assert list(search(spec, space, [], submit, interventions=kinds)) == trials, "they are known in advance"


def test_patience_ends_the_search_and_running_trials_are_cancelled(
    spec: StudySpec, space: Space, compute: Compute, undisturbed: list[FinishedTrial]
) -> None:
    impatient = spec.model_copy(update={"search": spec.search.model_copy(update={"patience": 3})})
    end = end_of([trial.result for trial in undisturbed], 3)
    assert end is not None
    assert end < 16
    futures: list[Future[TrialResult]] = []

    def never_beyond(task: TrialTask) -> Future[TrialResult]:
        future: Future[TrialResult] = Future()
        futures.append(future)
        if task.number < end:
            future.set_result(compute(task))
        return future

    trials = list(search(impatient, space, [], never_beyond))
    assert trials == undisturbed[:end]
    assert all(future.cancelled() for future in futures[end:])
    assert list(search(impatient, space, trials, never_beyond)) == []


def test_a_budget_ends_the_search_while_it_waits(spec: StudySpec, space: Space, compute: Compute) -> None:
    futures: list[Future[TrialResult]] = []

    def submit(task: TrialTask) -> Future[TrialResult]:
        future: Future[TrialResult] = Future()
        futures.append(future)
        if task.number < 5:
            future.set_result(compute(task))
        return future

    trials = list(search(spec, space, [], submit, budget=Budget(0.1, 0.0, lambda: 0.0)))
    assert [trial.result.number for trial in trials] == [0, 1, 2, 3, 4]
    assert all(future.cancelled() for future in futures[5:])


PRUNERS: dict[str, dict[str, object]] = {
    "none": {},
    "percentile": {"n_startup_trials": 2},
    "hyperband": {"reduction_factor": 2},
    "patient": {"patience": 0, "pruner": "successive_halving", "pruner_options": {"reduction_factor": 2}},
    "threshold": {"lower": 0.4},
}


@pytest.mark.parametrize("pruner", PRUNERS)
def test_every_pruner_gives_the_same_table_at_any_timing_and_resumed_anywhere(
    spec: StudySpec, compute_fast: Compute, pruner: str
) -> None:
    document = spec.to_document()
    table = {**document["search"], "pruner": pruner, "pruner_options": PRUNERS[pruner]}
    other = parse_spec({**document, "search": table}, pruner)
    space, chance = Space(other), random.Random(pruner)
    known: dict[TrialTask, TrialResult] = {}

    def slow(task: TrialTask) -> TrialResult:
        time.sleep(chance.random() * 0.003)
        result = compute_fast(task)
        assert known.setdefault(task, result) == result
        return result

    def run(finished: list[FinishedTrial], workers: int) -> list[FinishedTrial]:
        with ThreadPoolExecutor(workers) as pool:
            return list(search(other, space, finished, lambda task: pool.submit(slow, task)))

    once = run([], 1)
    assert ("pruned" in {trial.result.reason for trial in once}) == (pruner != "none")
    assert run([], 3) == once
    for finished in (1, 4, 9):
        assert once[:finished] + run(once[:finished], 2) == once
    assert len(known) == len(once)  # a task of a resumed study is the task that it was
