"""Early stopping, and a learning rate that falls on plateaus; both follow the mean curve over the folds."""

from __future__ import annotations

import numpy as np


class EarlyStopping:
    """A watch on a curve that should rise, which ends it after `patience` values without a better one; 0 never ends it.

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
        """Add the next score, and return True when it is time to stop."""
        if score > self.best:
            self.best, self.best_epoch, self._since = score, epoch, 0
        else:
            self._since += 1
        return 0 < self._patience <= self._since


class Plateau:
    """A factor of the learning rate that is multiplied by `decay` whenever a curve stops rising.

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
        """Add the next score, and return the factor from now on."""
        if self._stopping.update(0, score):
            best, self._stopping = self._stopping.best, EarlyStopping(self._patience)
            self._stopping.best = best
            self.factor *= self._decay
        return self.factor
