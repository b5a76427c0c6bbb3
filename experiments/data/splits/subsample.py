"""A seeded sample of rows: the same share of each class, or spread over the numbers."""

from __future__ import annotations

import numpy as np

from nnet.arrays import Rows, Targets


def subsample(y: Targets, count: int, classes: bool, seed: np.random.SeedSequence) -> Rows:
    """Draw about `count` rows, or all where there are no more; return their increasing row numbers.

    Args:
        y:       (N,) class indices or numbers.
        classes: whether y is class indices; each class is kept at least once, beyond `count` if need be.

    >>> subsample(np.array([0, 0, 0, 0, 1, 1, 1, 1, 2]), 4, True, np.random.SeedSequence(0)).size
    5
    """
    if count >= len(y):
        return np.arange(len(y))
    shuffled = np.random.default_rng(seed).permutation(len(y))
    ordered = shuffled[np.argsort(y[shuffled], kind="stable")]
    chosen = ordered[np.arange(count) * len(y) // count]
    if classes:
        chosen = np.union1d(chosen, np.unique(y, return_index=True)[1])
    return np.sort(chosen)
