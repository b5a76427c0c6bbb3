"""Seeds: every random number of a study comes from a SeedSequence keyed by its purpose."""

from __future__ import annotations

import numpy as np

TRIAL, REFIT, SAMPLER, COLUMN, MEMBER, REPETITION = range(6)


def fold_seed(seed: int, purpose: int, trial: int, fold: int) -> np.random.SeedSequence:
    """Return the seed of a fold's training: initial weights, shuffling and dropout."""
    return np.random.SeedSequence(seed, spawn_key=(purpose, trial, fold))


def member_seed(seed: int, trial: int, fold: int, member: int) -> np.random.SeedSequence:
    """Return the seed of one of several networks that are trained on a fold; the first has the seed of the trial's.

    >>> member_seed(0, 7, 1, 0).spawn_key == fold_seed(0, TRIAL, 7, 1).spawn_key, member_seed(0, 7, 1, 2).spawn_key
    (True, (4, 7, 1, 2))
    """
    if member == 0:
        return fold_seed(seed, TRIAL, trial, fold)
    return np.random.SeedSequence(seed, spawn_key=(MEMBER, trial, fold, member))


def sampler_seed(seed: int, trial: int) -> int:
    """Return the seed, below 2**32, of the sampler that proposes a trial.

    >>> sampler_seed(0, 1) == sampler_seed(0, 1), sampler_seed(0, 1) == sampler_seed(0, 2)
    (True, False)
    """
    return int(np.random.SeedSequence(seed, spawn_key=(SAMPLER, trial)).generate_state(1)[0])


def repetition_seed(repetition: int) -> int:
    """Return the seed, below 2**32, of the splits and trainings of finalists, the same for all studies.

    >>> len({repetition_seed(repetition) for repetition in range(100)})
    100
    """
    return int(np.random.SeedSequence(0, spawn_key=(REPETITION, repetition)).generate_state(1)[0])
