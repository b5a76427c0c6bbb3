"""Decisions equal those of Optuna's own loop, and depend on nothing but the task."""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

import optuna
import pytest
from optuna.exceptions import ExperimentalWarning
from optuna.pruners import (
    BasePruner,
    HyperbandPruner,
    MedianPruner,
    NopPruner,
    PatientPruner,
    PercentilePruner,
    SuccessiveHalvingPruner,
    ThresholdPruner,
)
from optuna.trial import FrozenTrial, TrialState, create_trial

from experiments.config.candidate import Preprocessing
from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.config.study_file import parse_spec
from experiments.data.prepare import StudyData, preprocessed_folds
from experiments.search.executors.base import future_of
from experiments.search.loop import search
from experiments.search.pruning import STUDY, VisibleStudy
from experiments.search.trial import (
    PACKED,
    FinishedTrial,
    PruningHistory,
    TrialResult,
    TrialTask,
    VisibleTrials,
    unpacked,
)
from support.searched import evaluate

pytestmark = pytest.mark.slow

EPOCHS, TRIALS = 30, 40
RUNGS = frozenset({3, 6, 12, 24})
Compute = Callable[[TrialTask], TrialResult]
Curve = list[tuple[int, float]]


@dataclass(frozen=True)
class Case:
    """A pruner as a study file names it, the same of Optuna's, and the epochs at which the latter is asked."""

    name: str
    options: dict[str, Any]
    theirs: Callable[[], BasePruner]
    asked_at: frozenset[int] = field(default=frozenset(range(1, EPOCHS + 1)))


def patient(wrapped: BasePruner, patience: int, min_delta: float = 0.0) -> BasePruner:
    with pytest.warns(ExperimentalWarning):
        return PatientPruner(wrapped, patience, min_delta)


CASES = [
    Case("none", {}, NopPruner),
    Case("median", {}, MedianPruner, RUNGS),
    Case("median", {"rung_factor": 1}, lambda: MedianPruner(n_warmup_steps=3)),
    Case("median", {"n_min_trials": 20}, lambda: MedianPruner(n_min_trials=20), RUNGS),
    Case("percentile", {"n_startup_trials": 2}, lambda: PercentilePruner(25.0, 2), RUNGS),
    Case("percentile", {"percentile": 80, "rung_factor": 1, "n_warmup_steps": 1}, lambda: PercentilePruner(80.0)),
    Case("successive_halving", {}, lambda: SuccessiveHalvingPruner(min_resource=1)),
    Case(
        "successive_halving",
        {"min_resource": 2, "reduction_factor": 2, "min_early_stopping_rate": 1, "bootstrap_count": 3},
        lambda: SuccessiveHalvingPruner(2, 2, 1, 3),
    ),
    Case("hyperband", {}, lambda: HyperbandPruner(1, EPOCHS, 3)),
    Case("hyperband", {"min_resource": 2, "reduction_factor": 2}, lambda: HyperbandPruner(2, EPOCHS, 2)),
    Case("threshold", {"lower": 0.4, "n_warmup_steps": 5}, lambda: ThresholdPruner(lower=0.4, n_warmup_steps=5)),
    Case("threshold", {"upper": 0.8}, lambda: ThresholdPruner(upper=0.8)),
    Case("patient", {"patience": 0}, lambda: patient(MedianPruner(), 0), RUNGS),
    Case(
        "patient",
        {"patience": 1, "min_delta": 0.002, "pruner": "successive_halving", "pruner_options": {"reduction_factor": 2}},
        lambda: patient(SuccessiveHalvingPruner(1, 2), 1, 0.002),
    ),
]


def study(spec: StudySpec, case: Case, lookahead: int, validate_every: int = 1) -> StudySpec:
    document = spec.to_document()
    training = {**document["training"], "epochs": EPOCHS, "validate_every": validate_every}
    search_table = {"trials": TRIALS, "lookahead": lookahead, "sampler": "random"}
    pruner = {"pruner": case.name, "pruner_options": case.options}
    return parse_spec({**document, "training": training, "search": search_table | pruner}, "pruning")


def run(spec: StudySpec, compute: Compute) -> list[FinishedTrial]:
    return list(search(spec, Space(spec), [], lambda task: future_of(compute(task))))


def curves(spec: StudySpec, compute: Compute) -> list[Curve]:
    """Return every trial's curve to its end: the random sampler proposes the same whatever is pruned."""
    trials = run(study(spec, CASES[0], 1, spec.training.validate_every), compute)
    return [list(zip(trial.result.curves.epochs, trial.result.curves.mean_scores, strict=True)) for trial in trials]


def optunas(trial: optuna.Trial, curve: Curve, asked_at: frozenset[int]) -> FrozenTrial:
    """Run Optuna's own loop over a trial; it asks at no epoch between rungs, and not at the last epoch."""
    values, asked_before = [], 0
    for epoch, score in curve:
        trial.report(score, epoch)
        values.append(score)
        due = any(asked_before < rung <= epoch for rung in asked_at)
        asked_before = epoch
        if epoch < EPOCHS and due and trial.should_prune() and trial.number > 0:
            return trial.study.tell(trial, state=TrialState.PRUNED)
    return trial.study.tell(trial, max(values))


def outcome(trial: FrozenTrial) -> tuple[str, int | None, dict[str, float]]:
    return trial.state.name, trial.last_step, trial.system_attrs


def outcomes(trials: list[FinishedTrial]) -> list[tuple[str, int | None, dict[str, float]]]:
    return [(trial.result.state, trial.result.curves.epochs[-1], dict(trial.result.marks)) for trial in trials]


@pytest.mark.parametrize(
    ("case", "validate_every"),
    list(zip(CASES, cycle((1, 4)), strict=False)),
    ids=lambda value: value if isinstance(value, int) else f"{value.name} {value.options}",
)
def test_a_sequential_study_prunes_what_optuna_prunes(
    spec: StudySpec, compute_fast: Compute, case: Case, validate_every: int
) -> None:
    mine = study(spec, case, 1, validate_every)
    theirs = optuna.create_study(study_name=STUDY, direction="maximize", pruner=case.theirs())
    expected = [outcome(optunas(theirs.ask(), curve, case.asked_at)) for curve in curves(mine, compute_fast)]
    actual = outcomes(run(mine, compute_fast))
    assert actual == expected
    assert ("PRUNED" in {state for state, *_ in actual}) == (case.name != "none")


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, marks=[] if case.name == "hyperband" else [pytest.mark.long]) for case in CASES],
    ids=lambda case: f"{case.name} {case.options}",
)
def test_a_decision_sees_the_trials_up_to_the_lookahead_in_any_order_of_tasks(
    spec: StudySpec, data: StudyData, without_training: None, case: Case
) -> None:
    lookahead = 5
    folds, chance = preprocessed_folds(data.development, data.folds, Preprocessing()), random.Random(0)
    tasks: list[TrialTask] = []

    def compute(task: TrialTask) -> TrialResult:
        tasks.append(task)
        return evaluate(task, folds, data.target)

    mine = study(spec, case, lookahead)
    finished: list[FrozenTrial] = []
    for number, curve in enumerate(curves(mine, compute)):
        theirs = optuna.create_study(study_name=STUDY, direction="maximize", pruner=case.theirs())
        theirs.add_trials(finished[: max(0, number - lookahead + 1)])
        while len(theirs.trials) < number:
            theirs.add_trial(create_trial(state=TrialState.RUNNING))
        finished.append(optunas(theirs.ask(), curve, case.asked_at))
    tasks.clear()
    trials = run(mine, compute)
    assert outcomes(trials) == [outcome(trial) for trial in finished]
    remembered = VisibleStudy()
    for task in [*tasks, *chance.choices(tasks, k=20)]:
        assert evaluate(task, folds, data.target, remembered) == trials[task.number].result


def test_a_process_that_served_another_study_remembers_nothing_of_it(
    spec: StudySpec, data: StudyData, without_training: None
) -> None:
    folds, remembered = preprocessed_folds(data.development, data.folds, Preprocessing()), VisibleStudy()
    document = spec.to_document()
    other = parse_spec({**document, "study": {"name": "other", "seed": 4}}, "other")
    for each in (spec, other, spec):
        mine = study(each, CASES[1], 2)
        with_memory = run(mine, lambda task: evaluate(task, folds, data.target, remembered))
        assert with_memory == run(mine, lambda task: evaluate(task, folds, data.target))


def test_the_shown_study_holds_the_visible_trials_and_no_other() -> None:
    study = VisibleStudy()
    visible = tuple(PruningHistory("COMPLETE", float(n), (3,), (n / 10,)) for n in range(3 * PACKED))
    for count in (0, 3, 9, 4, PACKED - 1, PACKED, PACKED + 2, 3 * PACKED, 2 * PACKED + 1, 2 * PACKED - 1):
        for _ in range(2):
            shown = study.show(VisibleTrials.of(visible[:count])).get_trials()
            assert [(trial.number, trial.value) for trial in shown] == [(n, float(n)) for n in range(count)]
            study.running()


def test_another_study_of_as_many_trials_is_shown_as_it_is() -> None:
    study = VisibleStudy()
    for shift in (0, 1000, 0):
        for count in (2 * PACKED + 3, 2 * PACKED + 5, PACKED, 5):
            histories = [PruningHistory("COMPLETE", float(n + shift)) for n in range(count)]
            shown = study.show(VisibleTrials.of(histories)).get_trials()
            assert [trial.value for trial in shown] == [float(n + shift) for n in range(count)]


def test_a_history_is_sent_and_unpacked_a_few_times_however_many_trials_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[bytes] = []

    def counted(block: bytes) -> tuple[PruningHistory, ...]:
        opened.append(block)
        return unpacked(block)

    monkeypatch.setattr("experiments.search.trial.unpacked", counted)
    study, visible, trials = VisibleStudy(), VisibleTrials(), 10 * PACKED
    for number in range(trials):
        visible = visible.plus(PruningHistory("COMPLETE", float(number), (3,), (number / 10,)))
        assert len(visible) == number + 1
        assert len(visible.rest) < PACKED
        shown = study.show(pickle.loads(pickle.dumps(visible)))
    assert [trial.value for trial in shown.get_trials()] == [float(number) for number in range(trials)]
    assert len(opened) == trials // PACKED  # each block once, and not once for every later trial
