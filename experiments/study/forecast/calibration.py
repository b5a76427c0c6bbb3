"""Calibration: how long an epoch of some configurations takes in a worker, measured on part of the data."""

from __future__ import annotations

import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from experiments.config.candidate import Candidate, parameter_count
from experiments.config.target import Target
from experiments.search.cross_validation import prepare_fold
from experiments.search.scorers import scorer
from nnet.batches import FoldData
from nnet.training import train

FEWEST_STEPS = 4  # of an epoch that is measured
ENOUGH = 0.03  # seconds of such an epoch: shorter ones are measured with more rows, up to all
UNSCORED, SCORED = 3, 4  # the measured epochs, with validate_every = 2; before them, buffers are made


@dataclass(frozen=True)
class Timed:
    """What one configuration takes.

    epoch:      seconds of an epoch on all rows of all folds, scored as often as it asks for.
    parameters: weights and biases of one fold's network.
    """

    epoch: float
    parameters: int


@dataclass(frozen=True)
class Calibration:
    """What a worker measured.

    timed:  the configurations in their order, as many as there was time for; at least one.
    memory: bytes that the process took at most.
    """

    timed: tuple[Timed, ...]
    memory: int


def calibrate(
    candidates: Sequence[Candidate],
    folds: Sequence[FoldData],
    share: float,
    target: Target,
    metric: str,
    seconds: float,
) -> Calibration:
    """Train each candidate for a few epochs, until the time is up.

    Args:
        folds:   data to measure with.
        share:   of the study's rows that they hold; times are extrapolated to all.
        seconds: no other configuration is begun after these.
    """
    end = time.perf_counter() + seconds
    timed: list[Timed] = []
    for candidate in candidates:
        if timed and time.perf_counter() > end:
            break
        timed.append(_timed(candidate, folds, share, target, metric))
    return Calibration(tuple(timed), most_memory())


def _timed(candidate: Candidate, folds: Sequence[FoldData], share: float, target: Target, metric: str) -> Timed:
    part = min(1.0, FEWEST_STEPS * candidate.training.batch_size / min(len(fold.train) for fold in folds))
    seconds = _epoch(candidate, [_part(fold, part) for fold in folds], target, metric)
    while part < 1 and seconds < ENOUGH:
        part = min(1.0, part * max(2.0, ENOUGH / max(seconds, 1e-6)))
        seconds = _epoch(candidate, [_part(fold, part) for fold in folds], target, metric)
    return Timed(seconds / part / share, parameter_count(candidate, folds[0].x.shape[1], target))


def _part(fold: FoldData, part: float) -> FoldData:
    """The first rows of the fold: this part of those it learns from, and of those it is scored on."""
    train_rows, validation = (rows[: max(1, round(part * len(rows)))] for rows in (fold.train, fold.validation))
    return replace(fold, train=train_rows, validation=validation)


def _epoch(candidate: Candidate, folds: Sequence[FoldData], target: Target, metric: str) -> float:
    """Seconds of one epoch on these rows, a scoring shared among the epochs that it stands for."""
    settings = replace(candidate.training, epochs=SCORED + 1, validate_every=2, patience=0)
    folds = [prepare_fold(fold, candidate, target)[0] for fold in folds]
    architectures = [candidate.architecture(fold.x.shape[1], target) for fold in folds]
    seeds = [np.random.SeedSequence(fold) for fold in range(len(folds))]
    taken: dict[int, float] = {}
    start = time.perf_counter()
    for report in train(architectures, settings, folds, seeds, scorer(metric, target)):
        now = time.perf_counter()
        taken[report.epoch], start = now - start, now
        if report.epoch == SCORED:
            break
    training = min(taken[UNSCORED], taken[SCORED])
    return training + (taken[SCORED] - training) / candidate.training.validate_every


def most_memory() -> int:
    """Bytes that this process held at most; where the system does not say of it alone, with those it began from."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:  # macOS, which counts in bytes
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return next(1024 * int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
