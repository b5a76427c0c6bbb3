"""Optuna's samplers, made deterministic: each trial has a new sampler, seeded from the study's seed and its number.

So a proposal depends on that and on the trials that the sampler sees, and on no state of a process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import optuna
from optuna.distributions import BaseDistribution
from optuna.samplers import (
    BaseSampler,
    CmaEsSampler,
    GPSampler,
    PartialFixedSampler,
    QMCSampler,
    RandomSampler,
    TPESampler,
)
from optuna.study import Study
from optuna.trial import FrozenTrial, TrialState, create_trial

from experiments.config.candidate import Hyperparameters
from experiments.config.grid import grid
from experiments.config.space import Space
from experiments.config.spec import SearchSection
from experiments.errors import SpecError
from experiments.search.sampled import Rounded, sampled_distributions, sampled_params
from experiments.search.seeds import sampler_seed

SamplerOf = Callable[[int], BaseSampler]

STATEFUL = frozenset({"cmaes"})  # samplers that keep a state, in attributes of the trials that they proposed
PACKAGES = {"gp": ("torch", "greenlet")}  # in the extra of the sampler's name; without greenlet, GP proposes otherwise


def check_installed(search: SearchSection) -> None:
    """Check that the sampler's packages are installed.

    Raises:
        SpecError: a package is missing.
    """
    missing = [package for package in PACKAGES.get(search.sampler, ()) if find_spec(package) is None]
    if missing:
        raise SpecError(
            f"search.sampler: {search.sampler} needs {' and '.join(missing)}, which is not installed. "
            f"Type pip install {' '.join(missing)}."
        )


def make_samplers(space: Space, search: SearchSection, seed: int) -> SamplerOf:
    """Return a function from a trial's number to its sampler.

    Args:
        seed: the study's seed.
    """
    options = search.sampler_options.model_dump()
    first, distributions = len(space.known), sampled_distributions(space.distributions)
    of_study = sampler_seed(seed, 0)  # trial 0 is the default, for which nothing is drawn
    if search.sampler == "grid":
        points = [sampled_params(point, distributions) for point in grid(space, of_study)]
        return lambda number: _fixed(points[number - first])
    if search.sampler == "qmc":
        sequence = QuasiRandom(space.distributions, of_study, options)
        return lambda number: _fixed(sequence.point(number - first))
    if search.sampler == "gp":
        for library in ("torch", "scipy.optimize"):
            import_module(library)
    make = partial(TPE, distributions) if search.sampler == "tpe" else SEEDED[search.sampler]
    return lambda number: Rounded(make(seed=sampler_seed(seed, number), **options), space.distributions)


class TPE(TPESampler):
    """Optuna's TPE over a known space, which Optuna would infer from all trials again for each new sampler.

    Args:
        distributions: of all parameters, in the order in which they are drawn.
        options:       options of Optuna's TPESampler.
    """

    def __init__(self, distributions: Mapping[str, BaseDistribution], multivariate: bool, **options: Any):
        super().__init__(multivariate=multivariate, **options)
        joint = distributions if multivariate else {}
        self._joint = {name: distribution for name, distribution in joint.items() if not distribution.single()}

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        """Return the distributions that are modelled jointly."""
        return self._joint


class QuasiRandom:
    """The points of a quasi-random sequence over a space; a point is a function of its index.

    Args:
        distributions: the study's.
        options:       options of Optuna's QMCSampler.
    """

    def __init__(self, distributions: Mapping[str, BaseDistribution], seed: int, options: dict[str, Any]):
        self._distributions = sampled_distributions(distributions)
        self._sampler = Rounded(QMCSampler(scramble=True, seed=seed, **options), distributions)
        self._study = optuna.create_study(sampler=self._sampler)  # the sampler counts its points in this study
        self._points: list[Hyperparameters] = []

    def point(self, index: int) -> Hyperparameters:
        """Return the point of this index, counted from 0."""
        while len(self._points) <= index:
            trial = create_trial(state=TrialState.RUNNING)
            self._points.append(self._sampler.sample_relative(self._study, trial, self._distributions))
        return self._points[index]


def _fixed(point: Hyperparameters) -> BaseSampler:
    return PartialFixedSampler(point, RandomSampler(seed=0))


SEEDED: dict[str, Callable[..., BaseSampler]] = {
    "random": RandomSampler,
    "gp": partial(GPSampler, warn_independent_sampling=False),
    "cmaes": partial(CmaEsSampler, warn_independent_sampling=False),
}
