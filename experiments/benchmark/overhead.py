"""The coordinator's time for a trial: proposing, recording, journal and bookkeeping.

The objective has its answer at once and reports 60 epochs. Beside it stand Optuna's sampler alone on a study of that
size, and Optuna's own `optimize` with the same sampler and the same kind of journal.
"""

from __future__ import annotations

import tempfile
import warnings
from argparse import Namespace
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from statistics import median

import numpy as np
import optuna
from optuna.distributions import FloatDistribution, IntDistribution
from optuna.samplers import TPESampler
from optuna.storages import journal as optuna_journal

from experiments.benchmark.tabulate import Line
from experiments.benchmark.timing import seconds_of
from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.config.study_file import parse_spec
from experiments.search.cross_validation import result_of
from experiments.search.executors.base import future_of
from experiments.search.journal import Journal
from experiments.search.loop import search
from experiments.search.pruning import quiet_optuna
from experiments.search.trial import Curves, FinishedTrial, TrialResult

EPOCHS, FOLDS = 60, 5
SIZES = (100, 1000, 10_000)
TIMED = 40  # trials on top of those that are there
IN_FLIGHT = 4
COLUMNS = {
    "trials": "trials:,",
    "coordinator, ms": "ours:.1f",
    "Optuna's TPE alone, ms": "sampler:.1f",
    "Optuna's optimize, ms": "optuna:.1f",
}


def run(options: Namespace) -> Iterator[Line]:
    """Yield the cost of a trial in a small, a middle and a large study."""
    for trials in SIZES:
        yield coordinator_cost(trials)


def coordinator_cost(trials: int, timed: int = TIMED) -> Line:
    """Return the median milliseconds of a trial in a study that holds so many already.

    Returns:
        `ours`, the whole coordinator; `sampler`, Optuna's TPE alone, on a study in memory with as many trials running;
        `optuna`, `study.optimize` with TPE, a journal and 60 reports.
    """
    quiet_optuna()
    spec = _spec(trials + timed + IN_FLIGHT)  # so that each trial that has finished lets another be proposed
    space = Space(spec)
    finished = _finished(space, trials)
    for number in range(trials, trials + timed + IN_FLIGHT):
        _result(number)  # made beforehand: the objective takes no time
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours = _median_ms(_coordinator(spec, space, finished, Path(folder) / "ours.log"), timed)
        sampler = _median_ms(_sampler(space, finished), timed)
        optimize = _median_ms(_optimize(space, finished, Path(folder) / "optuna.log"), timed)
    return {"trials": trials, "ours": ours, "sampler": sampler, "optuna": optimize}


def _coordinator(spec: StudySpec, space: Space, finished: Sequence[FinishedTrial], path: Path) -> Callable[[], object]:
    journal = Journal(path)
    trials = search(spec, space, finished, lambda task: future_of(_result(task.number)))
    return lambda: journal.append(next(trials), space.distributions, inside=True)


def _sampler(space: Space, finished: Sequence[FinishedTrial]) -> Callable[[], object]:
    study = optuna.create_study(direction="maximize", sampler=_tpe())
    study.add_trials(_frozen(space, finished))
    running = deque(study.ask(fixed_distributions=space.distributions) for _ in range(IN_FLIGHT))

    def run_trial() -> None:
        first = running.popleft()
        study.tell(first, float(np.random.default_rng(first.number).random()))
        running.append(study.ask(fixed_distributions=space.distributions))

    return run_trial


def _optimize(space: Space, finished: Sequence[FinishedTrial], path: Path) -> Callable[[], object]:
    lock = optuna_journal.JournalFileOpenLock(str(path))
    storage = optuna.storages.JournalStorage(optuna_journal.JournalFileBackend(str(path), lock_obj=lock))
    study = optuna.create_study(storage=storage, direction="maximize", sampler=_tpe())
    study.add_trials(_frozen(space, finished))

    def objective(trial: optuna.Trial) -> float:
        for name, axis in space.distributions.items():
            if isinstance(axis, IntDistribution):
                trial.suggest_int(name, axis.low, axis.high, log=axis.log)
            elif isinstance(axis, FloatDistribution):
                trial.suggest_float(name, axis.low, axis.high, log=axis.log)
        means = _result(trial.number).curves.mean_scores
        for epoch, mean in enumerate(means, 1):
            trial.report(mean, epoch)
        return max(means)

    return lambda: study.optimize(objective, n_trials=1)


def _median_ms(run_trial: Callable[[], object], timed: int) -> float:
    """Return the median milliseconds of a trial; the first one, which also takes in what is there, is not counted."""
    run_trial()
    return 1000 * median(seconds_of(run_trial) for _ in range(timed - 1))


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
    """Return an outcome made from the trial's number."""
    scores = np.random.default_rng(number).random((EPOCHS, FOLDS))
    rows = tuple(map(tuple, scores.tolist()))
    curves = Curves(tuple(range(1, EPOCHS + 1)), rows, rows, rows)
    means = curves.mean_scores
    return result_of(number, "COMPLETE", "", curves, 1 + means.index(max(means)))


def _finished(space: Space, trials: int) -> list[FinishedTrial]:
    """Return trials with parameters drawn at random."""
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    return [FinishedTrial(study.ask(space.distributions).params, _result(number)) for number in range(trials)]


def _frozen(space: Space, finished: Sequence[FinishedTrial]) -> list[optuna.trial.FrozenTrial]:
    return [
        optuna.trial.create_trial(
            value=trial.result.value,
            params=trial.params,
            distributions=space.distributions,
            intermediate_values=dict(enumerate(trial.result.curves.mean_scores, 1)),
        )
        for trial in finished
    ]
