"""Pace: how long a running study will take, by its first trials; the summary holds it against what it took."""

from __future__ import annotations

from experiments.study.forecast.after_search import AfterSearch
from experiments.study.forecast.forecast import IDLE

AFTER = 5  # trials


class Pace:
    """Follows the trials of one run of the command.

    Args:
        trials:    still to be told when the search begins.
        workers:   that compute them.
        lookahead: trials in flight.
        after:     what comes after them.

    Attributes:
        forecast: seconds of the whole run; None before there are enough trials, or where there are few.
    """

    def __init__(self, trials: int, workers: int, lookahead: int, after: AfterSearch) -> None:
        self._left, self._after = trials, after
        self._speed = workers * (1 - IDLE * workers / lookahead)
        self._seconds: list[float] = []
        self.forecast: float | None = None

    def told(self, seconds: float, elapsed: float) -> None:
        """One more trial was told, which took its worker so many seconds, so long after the command began."""
        self._left -= 1
        self._seconds.append(seconds)
        if len(self._seconds) == AFTER and self._left >= AFTER:
            each = sum(self._seconds) / AFTER
            self.forecast = elapsed + self._left * each / self._speed + self._after.seconds(each)
