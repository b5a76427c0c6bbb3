"""Seeds: every random number of a study comes from a SeedSequence keyed by its purpose."""

from __future__ import annotations

import numpy as np

TRIAL, REFIT, SAMPLER, COLUMN = range(4)


def fold_seed(seed: int, purpose: int, trial: int, fold: int) -> np.random.SeedSequence:
    """Return the seed of a fold's training: initial weights, shuffling and dropout."""
    return np.random.SeedSequence(seed, spawn_key=(purpose, trial, fold))


def sampler_seed(seed: int, trial: int) -> int:
    """Return the seed, below 2**32, of the sampler that proposes a trial.

    >>> sampler_seed(0, 1) == sampler_seed(0, 1), sampler_seed(0, 1) == sampler_seed(0, 2)
    (True, False)
    """
    return int(np.random.SeedSequence(seed, spawn_key=(SAMPLER, trial)).generate_state(1)[0])
