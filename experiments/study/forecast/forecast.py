"""Forecast: time, memory and disk of a study, from a calibration and from what studies before took.

The constants were read off studies of digits, xor and MNIST; what they say is printed with the forecast.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from experiments.config.candidate import Candidate
from experiments.study.forecast.after_search import AfterSearch
from experiments.study.forecast.calibration import Timed

ANNEALED = frozenset({"cosine", "one_cycle"})  # schedules whose best epoch is one of the last
BEST_EPOCH = 0.33  # of the horizon, with any other schedule
PRUNED = 0.35  # share of the trials that a pruner ends early
PRUNED_EPOCHS = 0.1  # of the horizon, which those trials have run
WARM_UP_TRIALS = 5  # before any is pruned
LEARNT = 1.15  # a sampler that learns prefers larger networks than one that draws at random
IDLE = 0.17  # share of a worker's time lost by telling in order, when there is a worker for every trial in flight
LAYER = 200_000  # what Python spends on one layer in one step, in products of one weight with one row
UPDATE = 35  # what an optimizer spends on one weight in one step, in the same unit
COORDINATION = 0.01  # seconds that asking, telling and journalling one trial take
START = 1.5  # seconds of imports that a plan has behind it, or does without
TRACKING, NEW_STORE, TRACKED_TRIAL = 1.5, 2.0, 0.03  # seconds of MLflow's import, a new database, one trial's records
PATIENCE = 10.0  # seconds that the command waits for what is left to tell MLflow
MARGIN = 1.5  # times and divided by: the range that is printed

TRIAL_BYTES = 1500  # of a trial in the journal, without its curves
NUMBER_BYTES = 21  # of one number of a curve there; a fold's epoch has three
MLFLOW_EMPTY, MLFLOW_TRIAL, MLFLOW_NUMBER = 1_000_000, 20_000, 150  # bytes of its database
REPORT_BYTES = 300_000  # of the pages with their pictures
TRACKING_MEMORY = 260_000_000  # bytes of the process that writes to MLflow, and of the plots


@dataclass(frozen=True)
class Search:
    """What of the study decides how long it takes.

    trials: those still to run.       told:    those that are told already.
    epochs: the horizon.              folds:   of the cross-validation.
    learns: the sampler learns.       prunes:  there is a pruner.
    new_store: MLflow's database must be made first.
    kept:      bytes of a trial's out-of-fold outputs.
    """

    trials: int
    told: int
    epochs: int
    folds: int
    workers: int
    lookahead: int
    learns: bool
    prunes: bool
    new_store: bool
    kept: int


@dataclass(frozen=True)
class Forecast:
    """What a study will take.

    start, search, finish: seconds of its parts; finish is all after the search, to the last words to MLflow.
    epochs:                that a trial which is not pruned is assumed to run, on average.
    pruned:                share of the trials assumed to be pruned.
    memory:                bytes of all its processes together.
    disk:                  bytes by what they are for.
    """

    start: float
    search: float
    finish: float
    epochs: float
    pruned: float
    memory: int
    disk: dict[str, int]

    @property
    def seconds(self) -> float:
        """Of the whole command."""
        return self.start + self.search + self.finish

    @property
    def range(self) -> tuple[float, float]:
        """Within which it should come."""
        return self.seconds / MARGIN, self.seconds * MARGIN


def expected_epochs(candidate: Candidate) -> float:
    """Epochs that a trial of this candidate is assumed to run when it is not pruned.

    >>> from nnet.network import Architecture
    >>> from nnet.settings import TrainingSettings
    >>> expected_epochs(Candidate(Architecture(1, (8,), 1), TrainingSettings(epochs=100, patience=10)))
    43.0
    """
    settings = candidate.training
    if not settings.patience or settings.schedule in ANNEALED:
        return float(settings.epochs)
    return min(settings.epochs, BEST_EPOCH * settings.epochs + settings.patience * settings.validate_every)


def relative_cost(candidate: Candidate, parameters: int) -> float:
    """What an epoch of this candidate costs, in a unit of its own: only ratios mean something.

    Args:
        parameters: weights and biases of its network.
    """
    batch = candidate.training.batch_size
    return parameters * (1 + UPDATE / batch) + LAYER * (len(candidate.shape.hidden) + 1) / batch


def forecast(
    search: Search,
    default: tuple[Candidate, Timed],
    timed: Sequence[tuple[Candidate, Timed]],
    drawn: Sequence[tuple[Candidate, int]],
    after: AfterSearch,
    start: float,
    here: int,
    worker: int,
) -> Forecast:
    """The forecast of a study.

    Args:
        default: trial 0, which is never pruned.
        timed:   configurations that were timed; at least one.
        drawn:   many from the space, each with its number of parameters. The timed ones are few, so their mean may be
                 far from that of all: it is corrected by the ratio of what both should cost.
        after:   what comes after the search.
        start:   seconds until the workers are ready and the data is loaded.
        here:    bytes that the command takes by then.
        worker:  bytes that a worker takes.
    """
    every = search.told + search.trials
    pruned = PRUNED * max(0, every - WARM_UP_TRIALS) / max(1, every) if search.prunes else 0.0
    share = 1 - pruned + pruned * PRUNED_EPOCHS  # of the epochs of trials that nobody prunes
    epochs = mean(expected_epochs(candidate) for candidate, _ in drawn)
    seconds = mean(expected_epochs(candidate) * one.epoch for candidate, one in timed)
    cost = mean(expected_epochs(candidate) * relative_cost(candidate, one.parameters) for candidate, one in timed)
    trial = seconds / cost * mean(expected_epochs(candidate) * relative_cost(candidate, n) for candidate, n in drawn)
    trial *= share * (LEARNT if search.learns else 1.0)
    first = expected_epochs(default[0]) * default[1].epoch
    work = search.trials * trial if search.told else first + (search.trials - 1) * trial
    busy = 1 - IDLE * search.workers / search.lookahead
    parameters = max(default[1].parameters, *(count for _, count in drawn))
    scored = every * epochs * share * search.folds
    evaluation = max(work / (search.workers * busy), trial if search.trials else 0.0) + COORDINATION * search.trials
    tracking = TRACKING + NEW_STORE * search.new_store + TRACKED_TRIAL * search.trials
    seconds = evaluation + min(tracking, evaluation) / (search.workers + 1)  # they share the processor meanwhile
    rest = after.seconds(max(first, trial))
    return Forecast(
        start=START + start,
        search=seconds,
        finish=rest + min(PATIENCE, max(0.0, tracking - seconds - rest)),
        epochs=epochs,
        pruned=pruned,
        memory=here + TRACKING_MEMORY + search.workers * worker,
        disk={
            "journal": round(every * TRIAL_BYTES + 3 * NUMBER_BYTES * scored),
            "out-of-fold outputs": round(search.kept * every * (1 - pruned)),
            "report": REPORT_BYTES,
            "model": 4 * parameters,
            "MLflow": round(MLFLOW_EMPTY + every * MLFLOW_TRIAL + MLFLOW_NUMBER * scored),
        },
    )


AFTER = 5  # trials


class Pace:
    """Follows the trials of one run of the command.

    Args:
        trials:    still to be told when the search begins.
        workers:   that compute them.
        lookahead: trials in flight.
        after:     what comes after them.

    Attributes:
        forecast: seconds of the whole run; None before there are enough trials, or where there are few.
    """

    def __init__(self, trials: int, workers: int, lookahead: int, after: AfterSearch) -> None:
        self._left, self._after = trials, after
        self._speed = workers * (1 - IDLE * workers / lookahead)
        self._seconds: list[float] = []
        self.forecast: float | None = None

    def told(self, seconds: float, elapsed: float) -> None:
        """One more trial was told, which took its worker so many seconds, so long after the command began."""
        self._left -= 1
        self._seconds.append(seconds)
        if len(self._seconds) == AFTER and self._left >= AFTER:
            each = sum(self._seconds) / AFTER
            self.forecast = elapsed + self._left * each / self._speed + self._after.seconds(each)
