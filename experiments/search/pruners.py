"""Optuna's pruners by name, what they read of earlier trials, and the rungs at which they compare."""

from __future__ import annotations

import warnings
from typing import Any

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

from experiments.search.trial import History, PrunerChoice, TrialResult

ALONE = frozenset({"none", "threshold"})  # they look at no other trial
AT_RUNGS = frozenset({"median", "percentile"})
CLASSES: dict[str, Any] = {
    "none": NopPruner,
    "median": MedianPruner,
    "percentile": PercentilePruner,
    "successive_halving": SuccessiveHalvingPruner,
    "hyperband": HyperbandPruner,
    "threshold": ThresholdPruner,
}


def make_pruner(choice: PrunerChoice, epochs: int) -> BasePruner:
    """A new object of Optuna's pruner; when it is asked is up to the rungs.

    Args:
        epochs: the horizon, which is the largest resource of Hyperband.
    """
    options: dict[str, Any] = dict(choice.options)
    if choice.wrapped is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)
            return PatientPruner(make_pruner(choice.wrapped, epochs), **options)
    if choice.name in AT_RUNGS:
        del options["n_warmup_steps"], options["rung_factor"]
    if choice.name == "hyperband":
        options["max_resource"] = epochs
    pruner: BasePruner = CLASSES[choice.name](**options)
    return pruner


class Rungs:
    """Epochs that grow geometrically: each is `factor` times the one before, and at least one later.

    An epoch that is scored at or after a rung, the first to be, stands for it.

    >>> rungs = Rungs(first=3, factor=2)
    >>> [epoch for epoch in range(2, 60, 2) if rungs.climb(epoch)]
    [4, 6, 12, 24, 48]
    """

    def __init__(self, first: float, factor: float):
        self._next, self._factor = first, factor

    def climb(self, epoch: int) -> bool:
        """Go on to a later scored epoch; True when there was a rung on the way."""
        reached = epoch >= self._next
        while epoch >= self._next:
            self._next = max(self._next * self._factor, self._next + 1)
        return reached


def rungs_of(choice: PrunerChoice) -> Rungs | None:
    """New rungs for one trial; None for a pruner that is asked at every scored epoch."""
    asked = choice.wrapped or choice
    if asked.name not in AT_RUNGS:
        return None
    options = dict(asked.options)
    return Rungs(options["n_warmup_steps"], options["rung_factor"])


def compares(choice: PrunerChoice) -> bool:
    """Whether decisions depend on other trials."""
    return (choice.wrapped or choice).name not in ALONE


def history_of(result: TrialResult, choice: PrunerChoice) -> History:
    """What decisions about later trials read of this one.

    The pruners without rungs read no scores of others: halving reads the marks that it made.
    """
    rungs, curve = rungs_of(choice), zip(result.curves.epochs, result.curves.mean_scores, strict=True)
    read = [] if rungs is None else [(epoch, score) for epoch, score in curve if rungs.climb(epoch)]
    return History(
        state=result.state,
        value=result.value,
        epochs=tuple(epoch for epoch, _ in read),
        scores=tuple(score for _, score in read),
        marks=result.marks,
    )
