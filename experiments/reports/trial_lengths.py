"""The epoch at which each trial ended, and how."""

from __future__ import annotations

from collections.abc import Sequence

from experiments.search.trial import TrialResult


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
