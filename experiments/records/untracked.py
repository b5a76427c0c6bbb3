"""A study that no MLflow hears of, as when it is computed again only to be compared."""

from __future__ import annotations

from experiments.records.outbox import End, EndStatus

OFF = "none"  # the address of no store


class Untracked:
    """Takes what `Tracking` takes, and writes nothing."""

    seconds = 0.0

    def start(self) -> None:
        """Nothing to start."""

    def conclude(self, end: End) -> None:
        """Nobody to tell."""

    def finish(self, timeout: float = 0.0) -> None:
        """Nothing is missing."""

    def abandon(self, status: EndStatus, timeout: float = 0.0) -> None:
        """Nobody to tell."""
