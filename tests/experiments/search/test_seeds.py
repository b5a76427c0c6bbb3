from __future__ import annotations

from itertools import product

from experiments.search.seeds import REFIT, TRIAL, fold_seed, member_seed, sampler_seed


def test_every_purpose_trial_and_fold_has_its_own_seed() -> None:
    keys = list(product((0, 1), (TRIAL, REFIT), range(5), range(5)))
    states = {tuple(fold_seed(*key).generate_state(4)) for key in keys}
    assert len(states) == len(keys)
    others = list(product((0, 1), range(5), range(5), range(1, 5)))
    states |= {tuple(member_seed(*key).generate_state(4)) for key in others}
    assert len(states) == len(keys) + len(others)


def test_sampler_seeds_fit_what_optuna_takes() -> None:
    seeds = [sampler_seed(2**62, trial) for trial in range(100)]
    assert len(set(seeds)) == 100
    assert all(0 <= seed < 2**32 for seed in seeds)
