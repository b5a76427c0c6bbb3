"""The time that a study has left, with what comes after its search. It is shown, and decides nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

AFTER = 0.5  # time of baselines, scores and report of a small study, as a multiple of the seconds before the search
MOST = 5.0  # seconds before the search that tell of the machine; more tell of the data
PRUNED = 0.3  # mean time of a trial with a pruner, as a share of the first one's, which is not pruned
AS_MANY = 6  # trials for which that share counts beside those that were told
FITS = 0.8  # time of a final model's network on the folds and all rows, as a multiple of its trial's


@dataclass
class TimeLeft:
    """An estimate of the seconds that a study has left.

    trials:  number of trials that are still to be told when the search begins.
    workers: number of trials that are computed at once.
    before:  seconds of processor time before the search, most of it imports, by which this machine's speed is known.
    clock:   function that returns the seconds since some moment.
    members: number of networks of the final model; those of the default and of the best are trained on the folds, too.
    pruner:  whether the study has a pruner, which ends few of its first trials and most of the others.
    """

    trials: int
    workers: int
    before: float
    clock: Callable[[], float] = time.monotonic
    members: int = 1
    pruner: bool = False
    _told: list[float] = field(default_factory=list)  # the moments at which trials of this command were told
    _spent: list[float] = field(default_factory=list)  # seconds that each trial took its worker
    _best: float | None = None  # seconds that the best trial took
    _ended: float | None = None

    def __post_init__(self) -> None:
        self._begun = self.clock()

    def tell(self, seconds: float, best: bool = False, before: bool = False) -> None:
        """Count a trial that took its worker so many seconds.

        Args:
            best:   whether it is the best so far.
            before: whether an earlier command computed it.
        """
        if not before:
            self._told.append(self.clock())
        self._spent.append(seconds)
        if best:
            self._best = seconds

    def end_search(self) -> None:
        """Count the time from now on as that of what comes after the search."""
        self._ended = self.clock()

    @property
    def seconds(self) -> float | None:
        """Return the seconds left; None as long as no trial tells.

        The newer half of the trials tells how long the others will take, because a pruner does not end the first ones
        and a sampler moves to networks of another size. Until a resumed search has a trial of its own, those of the
        earlier command tell. As long as few are told, what is usual with a pruner counts.
        """
        if self._ended is not None:
            return max(0.0, self._after() - (self.clock() - self._ended))
        if not self._spent:
            return None
        moments = [self._begun, *self._told]
        told, half = len(self._told), len(self._told) // 2
        took, newer = moments[told] - moments[half], told - half
        if not self._told:
            earlier = self._spent[len(self._spent) // 2 :]
            took, newer = sum(earlier) / self.workers, len(earlier)
        if self.pruner:
            took += AS_MANY * PRUNED * self._spent[0] / self.workers
            newer += AS_MANY
        pace = took / newer
        left = pace * (self.trials - told) - (self.clock() - moments[told])
        return max(0.0, left) + self._after()

    def _after(self) -> float:
        default = self._spent[0] if self._spent else 0.0
        best = max(self._spent, default=0.0) if self._best is None else self._best  # the longest was not pruned
        finalists = default + best
        return AFTER * min(self.before, MOST) + FITS * self.members * finalists / min(2, self.workers)


def duration(seconds: float) -> str:
    """Write seconds in a unit that suits them.

    >>> duration(0.7), duration(75), duration(8000)
    ('1 s', '1.2 min', '2.2 h')
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 3600 else f"{seconds / 3600:.1f} h"
