"""What acts on the mean curve over the folds: early stopping, and a learning rate that falls on plateaus."""

from __future__ import annotations

import numpy as np


class EarlyStopping:
    """Follows a curve that should rise, and says when it has not for `patience` values; never when patience is 0.

    Source: Prechelt (1998), Early Stopping - But When?

    >>> stopping = EarlyStopping(patience=2)
    >>> [stopping.update(epoch, score) for epoch, score in enumerate([0.1, 0.5, 0.4, 0.5], start=1)]
    [False, False, False, True]
    >>> stopping.best_epoch, stopping.best
    (2, 0.5)
    """

    def __init__(self, patience: int):
        self._patience = patience
        self._since = 0
        self.best = -np.inf
        self.best_epoch = 0

    def update(self, epoch: int, score: float) -> bool:
        """Take in the next score; True when it is time to stop."""
        if score > self.best:
            self.best, self.best_epoch, self._since = score, epoch, 0
        else:
            self._since += 1
        return 0 < self._patience <= self._since


class Plateau:
    """A factor for the learning rate that falls to `decay` times itself whenever a curve stops rising.

    >>> plateau = Plateau(decay=0.5, patience=1)
    >>> [plateau.update(score) for score in (0.5, 0.4, 0.6, 0.6, 0.6)]
    [1.0, 0.5, 0.5, 0.25, 0.125]
    """

    def __init__(self, decay: float, patience: int):
        self._decay = decay
        self._stopping = EarlyStopping(patience)
        self._patience = patience
        self.factor = 1.0

    def update(self, score: float) -> float:
        """Take in the next score; the factor from now on."""
        if self._stopping.update(0, score):
            best, self._stopping = self._stopping.best, EarlyStopping(self._patience)
            self._stopping.best = best
            self.factor *= self._decay
        return self.factor
