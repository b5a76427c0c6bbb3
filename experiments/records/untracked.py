"""A study that no MLflow hears of, as when it is computed again only to be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from experiments.records.tracking_runs import EndStatus, Scalar
from experiments.search.trial import TrialResult


class Untracked:
    """Takes what `Tracking` takes, and writes nothing."""

    seconds = 0.0

    def start(self) -> None:
        """Nothing to start."""

    def trial(self, result: TrialResult, params: Mapping[str, Scalar]) -> None:
        """Nobody to tell."""

    def finish(
        self,
        status: EndStatus,
        metrics: Mapping[str, float],
        tags: Mapping[str, str],
        files: Sequence[Path],
        timeout: float = 0.0,
    ) -> None:
        """Nothing is missing."""
