"""Optuna's samplers by name, made deterministic: for each trial a new one, which is a function of seed and number.

What a sampler proposes then depends on that and on the trials that it sees, and on nothing that a process remembers.
"""

from __future__ import annotations

from collections.abc import Callable
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
from experiments.search.seeds import sampler_seed

SamplerOf = Callable[[int], BaseSampler]

REMEMBERING = frozenset({"cmaes"})  # keeps its state in attributes of the trials that it proposed
WITH_MATRICES = frozenset({"cmaes", "gp"})
PACKAGES = {"gp": ("torch", "greenlet")}  # extras of their sampler's name; without greenlet Optuna's GP does otherwise


def check_installed(search: SearchSection) -> None:
    """Whether the sampler's packages are there.

    Raises:
        SpecError: one is not; the message says how to install it.
    """
    missing = [package for package in PACKAGES.get(search.sampler, ()) if find_spec(package) is None]
    if missing:
        raise SpecError(
            f"search.sampler: {search.sampler} needs {' and '.join(missing)}, not installed here: install the extra "
            f"{search.sampler}, as in pip install -e '.[{search.sampler}]'."
        )


def make_samplers(space: Space, search: SearchSection, seed: int) -> SamplerOf:
    """The sampler of each trial by its number.

    Args:
        seed: the study's.
    """
    options = search.sampler_options.model_dump()
    first = len(space.known)
    of_study = sampler_seed(seed, 0)  # trial 0 is the default, for which nothing is drawn
    if search.sampler == "grid":
        points = grid(space, of_study)
        return lambda number: _fixed(points[number - first])
    if search.sampler == "qmc":
        sequence = QuasiRandom(space, of_study, options)
        return lambda number: _fixed(sequence.point(number - first))
    if search.sampler == "gp":
        for library in ("torch", "scipy.optimize"):
            import_module(library)  # now, so that whoever limits their threads finds them
    make = partial(TPE, space) if search.sampler == "tpe" else SEEDED[search.sampler]
    return lambda number: make(seed=sampler_seed(seed, number), **options)


class TPE(TPESampler):
    """Optuna's TPE over a space known beforehand, which its own would read from all trials again for each new sampler.

    Args:
        options: of Optuna's TPESampler.
    """

    def __init__(self, space: Space, multivariate: bool, **options: Any):
        super().__init__(multivariate=multivariate, **options)
        joint = sorted(space.distributions.items()) if multivariate else []
        self._joint = {name: one for name, one in joint if not one.single()}

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        """What is modelled jointly."""
        return self._joint


class QuasiRandom:
    """The points of a quasi-random sequence over a space; a point is a function of its index.

    Args:
        options: of Optuna's QMCSampler.
    """

    def __init__(self, space: Space, seed: int, options: dict[str, Any]):
        self._distributions = dict(sorted(space.distributions.items()))
        self._sampler = QMCSampler(scramble=True, seed=seed, **options)
        self._study = optuna.create_study(sampler=self._sampler)  # of its own: there the sampler counts its points
        self._points: list[Hyperparameters] = []

    def point(self, index: int) -> Hyperparameters:
        """The point of this index, from 0."""
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
