"""What the coordinator takes for a trial: ask, tell, journal and bookkeeping, with an objective that has its answer.

Beside it Optuna's sampler alone on a study of that size, and Optuna's own `optimize` with the same sampler and the same
kind of journal. The objective reports 60 epochs.
"""

from __future__ import annotations

import tempfile
import time
import warnings
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median

import numpy as np
import optuna
from optuna.samplers import TPESampler
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock
from optuna.trial import create_trial

from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.config.study_file import parse_spec
from experiments.search.cross_validation import result_of
from experiments.search.journal import Journal
from experiments.search.loop import search
from experiments.search.pruning import quiet_optuna
from experiments.search.trial import Curves, FinishedTrial, TrialResult, TrialTask

EPOCHS, FOLDS = 60, 5
SIZES = (100, 1000, 10_000)
TIMED = 40  # trials on top of those that are there
IN_FLIGHT = 4


@dataclass(frozen=True)
class Cost:
    """Milliseconds a trial in a study of so many trials; medians.

    ours:    the whole coordinator.
    sampler: Optuna's TPE alone, on a study in memory with as many trials running.
    optuna:  `study.optimize` with TPE, a journal and 60 reports.
    """

    trials: int
    ours: float
    sampler: float
    optuna: float


def coordinator_cost(trials: int, timed: int = TIMED) -> Cost:
    """The cost of a trial in a study that holds so many already."""
    quiet_optuna()
    spec = _spec(trials + timed + IN_FLIGHT)  # so that each trial that is told lets another be asked
    space = Space(spec)
    told = _told(space, trials)
    for number in range(trials, trials + timed + IN_FLIGHT):
        _result(number)  # made beforehand: the objective takes no time
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Cost(
            trials,
            _median_ms(_ours(spec, space, told, Path(folder) / "ours.log", timed)),
            _median_ms(_sampler(space, told, timed)),
            _median_ms(_optimize(space, told, Path(folder) / "optuna.log", timed)),
        )


def _ours(spec: StudySpec, space: Space, told: Sequence[FinishedTrial], path: Path, timed: int) -> list[float]:
    journal = Journal(path)

    def submit(task: TrialTask) -> Future[TrialResult]:
        future: Future[TrialResult] = Future()
        future.set_result(_result(task.number))
        return future

    def run() -> None:
        journal.append(next(trials), space.distributions, inside=True)

    trials = search(spec, space, told, submit)
    run()  # the first one also takes in what is there
    return [_seconds(run) for _ in range(timed - 1)]


def _sampler(space: Space, told: Sequence[FinishedTrial], timed: int) -> list[float]:
    study = optuna.create_study(direction="maximize", sampler=_tpe())
    study.add_trials(_frozen(space, told))
    running = deque(study.ask(fixed_distributions=space.distributions) for _ in range(IN_FLIGHT))

    def run() -> None:
        first = running.popleft()
        study.tell(first, float(np.random.default_rng(first.number).random()))
        running.append(study.ask(fixed_distributions=space.distributions))

    return [_seconds(run) for _ in range(timed)]


def _optimize(space: Space, told: Sequence[FinishedTrial], path: Path, timed: int) -> list[float]:
    storage = JournalStorage(JournalFileBackend(str(path), lock_obj=JournalFileOpenLock(str(path))))
    study = optuna.create_study(storage=storage, direction="maximize", sampler=_tpe())
    study.add_trials(_frozen(space, told))

    def objective(trial: optuna.Trial) -> float:
        for name, one in space.distributions.items():
            trial._suggest(name, one)
        means = _result(trial.number).curves.mean_scores
        for epoch, mean in enumerate(means, 1):
            trial.report(mean, epoch)
        return max(means)

    return [_seconds(lambda: study.optimize(objective, n_trials=1)) for _ in range(timed)]


def _tpe() -> TPESampler:
    return TPESampler(seed=0, multivariate=True, constant_liar=True)


def _spec(trials: int) -> StudySpec:
    space = {
        "learning_rate": {"low": 1e-4, "high": 1e-1, "log": True},
        "hidden_layers": {"low": 1, "high": 3},
        "hidden_units": {"low": 16, "high": 256, "log": True},
        "l2": {"low": 1e-6, "high": 1e-1, "log": True},
        "dropout": {"low": 0.0, "high": 0.5},
    }
    document = {
        "study": {"name": "coordinator"},
        "data": {"source": "digits"},
        "search": {"trials": trials, "lookahead": IN_FLIGHT},
        "space": space,
    }
    return parse_spec(document, "coordinator")


@cache
def _result(number: int) -> TrialResult:
    """An outcome made from the trial's number."""
    scores = np.random.default_rng(number).random((EPOCHS, FOLDS))
    rows = tuple(map(tuple, scores.tolist()))
    curves = Curves(tuple(range(1, EPOCHS + 1)), rows, rows, rows)
    means = curves.mean_scores
    return result_of(number, "COMPLETE", "", curves, 1 + means.index(max(means)))


def _told(space: Space, trials: int) -> list[FinishedTrial]:
    """Trials with parameters drawn at random."""
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    return [FinishedTrial(study.ask(space.distributions).params, _result(number)) for number in range(trials)]


def _frozen(space: Space, told: Sequence[FinishedTrial]) -> list[optuna.trial.FrozenTrial]:
    return [
        create_trial(
            value=one.result.value,
            params=one.params,
            distributions=space.distributions,
            intermediate_values=dict(enumerate(one.result.curves.mean_scores, 1)),
        )
        for one in told
    ]


def _seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _median_ms(seconds: Sequence[float]) -> float:
    return 1000 * median(seconds)
