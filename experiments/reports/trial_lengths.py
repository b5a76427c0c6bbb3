"""At which epoch each trial ended, and by what: what a pruner did, whichever it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from experiments.evaluation.results import StudyResult
from experiments.search.trial import TrialResult

How = Literal["complete", "pruned", "diverged", "failed"]
MOST_RUNGS: Final = 12


@dataclass(frozen=True)
class Ending:
    """epoch: the last one that was scored; 0 where none was."""

    number: int
    epoch: int
    how: How


@dataclass(frozen=True)
class Rung:
    """Epochs at which trials were pruned: how many trials came so far, were pruned there, went on."""

    first: int
    last: int
    came: int
    pruned: int
    went_on: int


def trained_epochs(trials: Sequence[TrialResult]) -> dict[int, int]:
    """The last scored epoch of each trial, by its number."""
    return {trial.number: max(trial.curves.epochs, default=0) for trial in trials}


def endings(result: StudyResult, trained: Mapping[int, int]) -> tuple[Ending, ...]:
    """Where each trial that the mapping names ended, by number."""
    ends = []
    for trial in sorted(result.trials, key=lambda trial: trial.number):
        if trial.number in trained:
            how: How = "failed" if trial.state == "FAIL" else "complete"
            if trial.state == "PRUNED":
                how = "diverged" if trial.reason == "diverged" else "pruned"
            ends.append(Ending(trial.number, trained[trial.number], how))
    return tuple(ends)


def rungs(ends: Sequence[Ending]) -> tuple[Rung, ...]:
    """The epochs at which trials were pruned, neighbouring ones together where they are many.

    >>> rungs([Ending(0, 9, "complete"), Ending(1, 3, "pruned"), Ending(2, 3, "pruned"), Ending(3, 6, "pruned")])
    (Rung(first=3, last=3, came=4, pruned=2, went_on=2), Rung(first=6, last=6, came=2, pruned=1, went_on=1))
    """
    epochs = sorted({one.epoch for one in ends if one.how == "pruned"})
    size = -(-len(epochs) // MOST_RUNGS)
    groups = [epochs[start : start + size] for start in range(0, len(epochs), max(1, size))]
    return tuple(_rung(ends, group[0], group[-1]) for group in groups)


def _rung(ends: Sequence[Ending], first: int, last: int) -> Rung:
    came = sum(one.epoch >= first for one in ends)
    pruned = sum(first <= one.epoch <= last and one.how == "pruned" for one in ends)
    on = sum(one.epoch > last or (one.epoch == last and one.how == "complete") for one in ends)
    return Rung(first, last, came, pruned, on)
