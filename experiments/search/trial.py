"""Trials: the task that goes to a worker, the result that comes back, and the finished trial. All are frozen.

No array in a result is an ndarray: results are journalled, digested and compared, so they hold plain floats.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from itertools import chain
from typing import Final, Literal, Protocol, get_args

from experiments.config.candidate import Candidate, Hyperparameters
from nnet.ordered_sums import ordered_mean

State = Literal["COMPLETE", "PRUNED", "FAIL"]
# outcomes that a crash or a timeout caused, so that the study file alone cannot repeat them
InterventionKind = Literal["worker died", "worker silent"]
INTERVENTIONS: tuple[InterventionKind, ...] = get_args(InterventionKind)
Reason = Literal["", "pruned", "diverged"] | InterventionKind
PACKED: Final = 64  # histories of a block


@dataclass(frozen=True)
class Curves:
    """The learning curves of one trial, one row for each scored epoch.

    epochs:            (E,)   scored epochs, counted from 1, increasing.
    scores:            (E, F) validation score of each fold; higher is better.
    validation_losses: (E, F) mean loss per row, in the unit of training.loss: nats of cross-entropy.
    train_losses:      (E, F) mean over the epoch's batches, dropout on, without the penalty.
    factors:           factor of the learning rate in every epoch, scored or not; empty where all of them are 1.
    """

    epochs: tuple[int, ...]
    scores: tuple[tuple[float, ...], ...]
    validation_losses: tuple[tuple[float, ...], ...]
    train_losses: tuple[tuple[float, ...], ...]
    factors: tuple[float, ...] = ()

    @property
    def mean_scores(self) -> tuple[float, ...]:
        """Return the (E,) unweighted means over the folds."""
        return tuple(map(ordered_mean, self.scores))


@dataclass(frozen=True)
class PrunerChoice:
    """A pruner by name.

    options: values under Optuna's names.
    wrapped: pruner inside a patient pruner; None for the others.
    """

    name: str
    options: tuple[tuple[str, float | int], ...] = ()
    wrapped: PrunerChoice | None = None


PrunerAttributes = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class PruningHistory:
    """The part of an earlier trial that pruning decisions may read.

    epochs:     (R,) rungs that the trial reached.
    scores:     (R,) its mean scores at these rungs.
    attributes: values that the pruner stored with the trial.
    """

    state: State
    value: float | None
    epochs: tuple[int, ...] = ()
    scores: tuple[float, ...] = ()
    attributes: PrunerAttributes = ()


@dataclass(frozen=True)
class VisibleTrials:
    """The earlier trials that pruning decisions of one trial may read.

    Most are packed, because a task brings them all to a worker, which has unpacked most of them for an earlier task.
    So neither side handles each trial again for every later one.

    blocks: pickled tuples of PACKED histories each, in order.
    rest:   the histories after them, fewer than PACKED.
    """

    blocks: tuple[bytes, ...] = ()
    rest: tuple[PruningHistory, ...] = ()

    @classmethod
    def of(cls, histories: Iterable[PruningHistory]) -> VisibleTrials:
        """Return these trials."""
        return reduce(cls.plus, histories, cls())

    def plus(self, history: PruningHistory) -> VisibleTrials:
        """Return these trials and one more."""
        rest = (*self.rest, history)
        if len(rest) < PACKED:
            return VisibleTrials(self.blocks, rest)
        return VisibleTrials((*self.blocks, pickle.dumps(rest)))

    def beyond(self, known: VisibleTrials) -> tuple[PruningHistory, ...] | None:
        """Return the trials after the known ones; None if these do not begin with those."""
        before = len(known.blocks)
        if self.blocks[:before] != known.blocks:
            return None
        later = (*chain.from_iterable(map(unpacked, self.blocks[before:])), *self.rest)
        return later[len(known.rest) :] if later[: len(known.rest)] == known.rest else None

    def __len__(self) -> int:
        return PACKED * len(self.blocks) + len(self.rest)


def unpacked(block: bytes) -> tuple[PruningHistory, ...]:
    """Return the histories of a block, which came to this process with a task."""
    histories: tuple[PruningHistory, ...] = pickle.loads(block)  # noqa: S301 - from the study's own process, as the task
    return histories


class Shared(Protocol):
    """A reference to content that every worker can open. It is small and hashable, because it travels with tasks."""

    def open(self) -> memoryview:
        """Return the content, read-only."""
        ...


@dataclass(frozen=True)
class TrialTask:
    """All that a worker needs, besides the data, to compute one trial.

    visible: trials 0 to number - lookahead in order, the only trials that this one may be compared with.
    """

    number: int
    candidate: Candidate
    seed: int
    metric: str
    pruner: PrunerChoice
    visible: VisibleTrials = VisibleTrials()


@dataclass(frozen=True)
class TrialResult:
    """The outcome of one trial.

    value:       best of the mean curve (COMPLETE only), reached at epoch `epochs`.
    last:        last of the mean curve; None when no epoch was scored.
    epochs:      the epoch of `value`, or for other states the last epoch scored.
    cv_std:      standard deviation over the folds at `epochs`, ddof 1.
    fold_scores: (F,) the scores at `epochs`; empty when no epoch was scored.
    seconds:     duration of the evaluation; in no digest.
    ended_at:    seconds since 1970 at its end, by the worker's clock; 0 where no worker came to it; in no digest.
    kernel:      BLAS kernel that computed the trial.
    marks:       values that the pruner stored with the trial, for decisions about later trials.
    out_of_fold: sha256 of the trial's out-of-fold outputs, which have a file of their own; empty unless COMPLETE.
    """

    number: int
    state: State
    reason: Reason
    value: float | None
    last: float | None
    epochs: int
    cv_std: float | None
    fold_scores: tuple[float, ...]
    curves: Curves
    seconds: float = field(compare=False, default=0.0)
    kernel: str = field(compare=False, default="")
    marks: PrunerAttributes = ()
    out_of_fold: str = ""
    ended_at: float = field(compare=False, default=0.0)


@dataclass(frozen=True)
class TrialOutput:
    """A worker's answer.

    outputs: content of an .npy file with the trial's out-of-fold outputs; None unless the trial is COMPLETE.
    """

    result: TrialResult
    outputs: bytes | None


@dataclass(frozen=True)
class FinishedTrial:
    """A row of the trial table: the parameters and their result.

    finished_at: seconds since 1970 at which its evaluation ended; 0 for a trial that was not read from a journal.
    """

    params: Hyperparameters
    result: TrialResult
    finished_at: float = field(compare=False, default=0.0)


def best_trial(trials: Iterable[FinishedTrial]) -> FinishedTrial | None:
    """Return the COMPLETE trial with the highest value, the first of equals; None where no trial is COMPLETE."""
    complete = [trial for trial in trials if trial.result.value is not None]
    return max(complete, key=lambda trial: trial.result.value or 0.0, default=None)
