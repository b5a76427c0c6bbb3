"""Optuna's pruners by name, the rungs at which they compare, and the history that they read of earlier trials."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
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

from experiments.search.trial import PrunerChoice, PruningHistory, TrialResult

INDEPENDENT = frozenset({"none", "threshold"})  # pruners that read no other trial
AT_RUNGS = frozenset({"median", "percentile"})  # pruners that are asked at rungs only
CLASSES: dict[str, Callable[..., BasePruner]] = {
    "none": NopPruner,
    "median": MedianPruner,
    "percentile": PercentilePruner,
    "successive_halving": SuccessiveHalvingPruner,
    "hyperband": HyperbandPruner,
    "threshold": ThresholdPruner,
}


def pruner_choice(name: str, options: Mapping[str, Any]) -> PrunerChoice:
    """Return a study file's pruner in the form that tasks carry.

    >>> pruner_choice("patient", {"patience": 2, "pruner": "threshold", "pruner_options": {"lower": 0.5}}).wrapped
    PrunerChoice(name='threshold', options=(('lower', 0.5),), wrapped=None)
    """
    own = {key: value for key, value in options.items() if key not in ("pruner", "pruner_options")}
    wrapped = pruner_choice(options["pruner"], options["pruner_options"]) if "pruner" in options else None
    return PrunerChoice(name, tuple(own.items()), wrapped)


def make_pruner(choice: PrunerChoice, epochs: int) -> BasePruner:
    """Create Optuna's pruner. The rungs, not the pruner, decide at which epochs it is asked.

    Args:
        epochs: most epochs of a trial, the largest resource of Hyperband.
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
    return CLASSES[choice.name](**options)


class Rungs:
    """Epochs that grow geometrically: each rung is `factor` times the rung before it, and at least one epoch later.

    The first scored epoch at or after a rung counts as that rung.

    >>> rungs = Rungs(first=3, factor=2)
    >>> [epoch for epoch in range(2, 60, 2) if rungs.climb(epoch)]
    [4, 6, 12, 24, 48]
    """

    def __init__(self, first: float, factor: float):
        self._next, self._factor = first, factor

    def climb(self, epoch: int) -> bool:
        """Advance to a later scored epoch, and return True if that reached a rung."""
        reached = epoch >= self._next
        while epoch >= self._next:
            self._next = max(self._next * self._factor, self._next + 1)
        return reached


def rungs_of(choice: PrunerChoice) -> Rungs | None:
    """Create the rungs of a trial; None for a pruner that is asked at every scored epoch."""
    inner = choice.wrapped or choice
    if inner.name not in AT_RUNGS:
        return None
    options = dict(inner.options)
    return Rungs(options["n_warmup_steps"], options["rung_factor"])


def reads_other_trials(choice: PrunerChoice) -> bool:
    """Return whether decisions depend on other trials."""
    return (choice.wrapped or choice).name not in INDEPENDENT


def pruning_history(result: TrialResult, choice: PrunerChoice) -> PruningHistory:
    """Extract the history that decisions about later trials read.

    Pruners without rungs read no scores of other trials: successive halving reads the attributes that it stored.
    """
    rungs, curve = rungs_of(choice), zip(result.curves.epochs, result.curves.mean_scores, strict=True)
    reached = [] if rungs is None else [(epoch, score) for epoch, score in curve if rungs.climb(epoch)]
    return PruningHistory(
        state=result.state,
        value=result.value,
        epochs=tuple(epoch for epoch, _ in reached),
        scores=tuple(score for _, score in reached),
        attributes=result.marks,
    )
