"""What passes between the search and its workers: a task goes out, a result comes back, both frozen.

No array in a result is an ndarray: results are journalled, digested and compared, so they hold plain floats.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol, get_args

from experiments.config.candidate import Candidate, Hyperparameters

State = Literal["COMPLETE", "PRUNED", "FAIL"]
# an outcome that a death or a clock caused, so that the study file alone cannot repeat it
InterventionKind = Literal["worker died", "worker silent"]
INTERVENTIONS: tuple[InterventionKind, ...] = get_args(InterventionKind)
Reason = Literal["", "pruned", "diverged"] | InterventionKind


@dataclass(frozen=True)
class Curves:
    """The learning curves of one trial, one row for each scored epoch.

    epochs:            (E,)   the epochs at which the folds were scored, from 1, increasing.
    scores:            (E, F) validation score of each fold, in the metric's own direction (higher or lower is better).
    validation_losses: (E, F) nats per row (cross-entropy).
    train_losses:      (E, F) mean over the epoch's batches, dropout on, without the penalty.
    factors:           of the learning rate in every epoch from 1 on, scored or not; all 1 but with a plateau schedule.
    """

    epochs: tuple[int, ...]
    scores: tuple[tuple[float, ...], ...]
    validation_losses: tuple[tuple[float, ...], ...]
    train_losses: tuple[tuple[float, ...], ...]
    factors: tuple[float, ...] = ()

    @property
    def mean_scores(self) -> tuple[float, ...]:
        """(E,) unweighted mean over the folds, summed in fold order so that it is the same everywhere."""
        return tuple(sum(row) / len(row) for row in self.scores)


@dataclass(frozen=True)
class PrunerChoice:
    """A pruner by name.

    options: under Optuna's names.
    wrapped: the pruner that a patient one asks.
    """

    name: str
    options: tuple[tuple[str, float | int], ...] = ()
    wrapped: PrunerChoice | None = None


PrunerAttributes = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class History:
    """What a pruning decision may read of a trial told earlier.

    epochs: (R,) the rungs that it came to.
    scores: (R,) its mean score there.
    marks:  what the pruner wrote down about it.
    """

    state: State
    value: float | None
    epochs: tuple[int, ...] = ()
    scores: tuple[float, ...] = ()
    marks: PrunerAttributes = ()


class Shared(Protocol):
    """Names content that every worker can open. Small and hashable: it travels with tasks. Equal ones are the same."""

    def open(self) -> memoryview:
        """The content, read-only."""
        ...


@dataclass(frozen=True)
class VisibleTrials:
    """The histories of the trials 0..i-L in order, which are all that trial i may be compared with, encoded.

    blocks: the first of them, which workers open once.
    rest:   those after the last block, one a line.
    """

    blocks: tuple[Shared, ...] = ()
    rest: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class TrialTask:
    """All that `evaluate` needs to know, besides the data, to compute one trial."""

    number: int
    candidate: Candidate
    seed: int
    metric: str
    pruner: PrunerChoice
    visible: VisibleTrials


@dataclass(frozen=True)
class TrialResult:
    """The outcome of one trial.

    value:       best of the mean curve (COMPLETE only), reached at epoch `epochs`.
    last:        last of the mean curve; None when no epoch was scored.
    epochs:      the epoch of `value`, or for other states the last epoch scored.
    cv_std:      standard deviation over the folds at `epochs`, ddof 1.
    fold_scores: (F,) the scores at `epochs`; empty when no epoch was scored.
    seconds:     time of the evaluation; not part of any digest.
    kernel:      the BLAS kernel that computed it.
    marks:       what the pruner wrote down about the trial, for decisions about later ones.
    out_of_fold: sha256 of its out-of-fold outputs, which are kept beside it; empty unless it is COMPLETE.
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


@dataclass(frozen=True)
class TrialOutput:
    """What a worker sends back.

    outputs: the trial's out-of-fold outputs as the content of an .npy file; None unless it is COMPLETE.
    """

    result: TrialResult
    outputs: bytes | None


@dataclass(frozen=True)
class FinishedTrial:
    """One row of the trial table: what was tried, and what came of it."""

    params: Hyperparameters
    result: TrialResult
