"""The epoch at which each trial ended, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from experiments.evaluation.results import StudyResult
from experiments.search.trial import TrialResult

MOST_RUNGS: Final = 12


@dataclass(frozen=True)
class Ending:
    """The end of a trial.

    epoch: last scored epoch; 0 where none was scored.
    how:   complete, pruned, diverged or failed.
    """

    number: int
    epoch: int
    how: str


@dataclass(frozen=True)
class Rung:
    """Epochs at which trials were pruned: number of trials that came so far, were pruned there, and went on."""

    first: int
    last: int
    came: int
    pruned: int
    went_on: int


def trained_epochs(trials: Sequence[TrialResult]) -> dict[int, int]:
    """Return the last scored epoch of each trial, by its number."""
    return {trial.number: max(trial.curves.epochs, default=0) for trial in trials}


def ending_of(state: str, reason: str) -> str:
    """Name how a trial ended.

    >>> ending_of("PRUNED", "diverged"), ending_of("PRUNED", "pruned"), ending_of("FAIL", "worker died")
    ('diverged', 'pruned', 'failed')
    """
    if state == "PRUNED" and reason == "diverged":
        return "diverged"
    return {"COMPLETE": "complete", "PRUNED": "pruned", "FAIL": "failed"}[state]


def endings(result: StudyResult, trained: Mapping[int, int]) -> tuple[Ending, ...]:
    """List where each trial of the mapping ended, in the order of their numbers."""
    return tuple(
        Ending(trial.number, trained[trial.number], ending_of(trial.state, trial.reason))
        for trial in sorted(result.trials, key=lambda trial: trial.number)
        if trial.number in trained
    )


def rungs(ends: Sequence[Ending]) -> tuple[Rung, ...]:
    """List the epochs at which trials were pruned; neighbouring ones are joined where there are many.

    >>> rungs([Ending(0, 9, "complete"), Ending(1, 3, "pruned"), Ending(2, 3, "pruned"), Ending(3, 6, "pruned")])
    (Rung(first=3, last=3, came=4, pruned=2, went_on=2), Rung(first=6, last=6, came=2, pruned=1, went_on=1))
    """
    epochs = sorted({end.epoch for end in ends if end.how == "pruned"})
    size = max(1, -(-len(epochs) // MOST_RUNGS))
    groups = [epochs[start : start + size] for start in range(0, len(epochs), size)]
    return tuple(_rung(ends, group[0], group[-1]) for group in groups)


def _rung(ends: Sequence[Ending], first: int, last: int) -> Rung:
    came = sum(end.epoch >= first for end in ends)
    pruned = sum(first <= end.epoch <= last and end.how == "pruned" for end in ends)
    went_on = sum(end.epoch > last or (end.epoch >= first and end.how == "complete") for end in ends)
    return Rung(first, last, came, pruned, went_on)
