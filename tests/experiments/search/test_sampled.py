"""What the samplers' study holds: floats for integers, rounded numbers, nothing outside its range."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import optuna
import pytest
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers import BaseSampler, RandomSampler

from experiments.search.proposals import quiet
from experiments.search.sampled import Rounded, sampled_distributions, sampled_params, study_params

AXES: dict[str, BaseDistribution] = {
    "rate": FloatDistribution(1e-4, 1e-1, log=True),
    "stepped": FloatDistribution(0.1, 0.7, step=0.2),
    "units": IntDistribution(1, 300, log=True),
    "layers": IntDistribution(0, 3),
    "even": IntDistribution(2, 8, step=2),
    "only": IntDistribution(4, 4),
    "name": CategoricalDistribution(("a", "b")),
}


class Nudged(RandomSampler):
    """A random sampler on a machine whose mathematical library differs in the last bits."""

    def __init__(self, towards: float):
        super().__init__(seed=5)
        self._towards = towards

    def sample_independent(self, *arguments: Any) -> Any:
        drawn = super().sample_independent(*arguments)
        axis = arguments[3]
        continuous = isinstance(axis, FloatDistribution) and axis.step is None
        return min(max(math.nextafter(drawn, self._towards), axis.low), axis.high) if continuous else drawn


def drawn(sampler: BaseSampler, trials: int = 60) -> list[dict[str, Any]]:
    study = optuna.create_study(sampler=Rounded(sampler, AXES))
    with quiet():
        return [study.ask(fixed_distributions=sampled_distributions(AXES)).params for _ in range(trials)]


def test_the_order_of_a_study_file_does_not_matter() -> None:
    assert list(sampled_distributions(AXES)) == sorted(AXES)
    assert sampled_distributions(dict(reversed(AXES.items()))) == sampled_distributions(AXES)


def test_last_bits_change_no_proposal() -> None:
    assert drawn(Nudged(-math.inf)) == drawn(Nudged(math.inf)) == drawn(RandomSampler(seed=5))


def test_what_is_held_is_rounded_and_inside() -> None:
    for params in drawn(RandomSampler(seed=1)):
        assert float(f"{params['rate']:.7g}") == params["rate"]
        for name in ("units", "layers"):
            assert type(params[name]) is float
            assert params[name].is_integer()
        assert round(params["stepped"], 12) in (0.1, 0.3, 0.5, 0.7)
        ours = study_params(params, AXES)
        assert list(ours) == list(AXES)
        assert [type(ours[name]) for name in ("units", "layers", "even", "only")] == [int] * 4
        assert 1 <= ours["units"] <= 300
        assert 0 <= ours["layers"] <= 3
        assert sampled_params(ours, sampled_distributions(AXES)) == params


class Edge(RandomSampler):
    """A sampler that draws an end of each range."""

    def __init__(self, end: str):
        super().__init__(seed=0)
        self._end = end

    def sample_independent(self, *arguments: Any) -> Any:
        return getattr(arguments[3], self._end) if hasattr(arguments[3], "low") else "a"


@pytest.mark.parametrize(("end", "units", "layers"), [("low", 1, 0), ("high", 300, 3)])
def test_the_ends_of_a_range_stay_inside(end: str, units: int, layers: int) -> None:
    (params,) = drawn(Edge(end), trials=1)
    ours = study_params(params, AXES)
    assert (ours["units"], ours["layers"]) == (units, layers)


def test_integers_are_drawn_as_often_as_optuna_draws_them() -> None:
    axis = IntDistribution(1, 4, log=True)
    study = optuna.create_study(sampler=Rounded(RandomSampler(seed=2), {"n": axis}))
    with quiet():
        ours = [study.ask(fixed_distributions=sampled_distributions({"n": axis})).params["n"] for _ in range(3000)]
        plain = optuna.create_study(sampler=RandomSampler(seed=2))
        theirs = [plain.ask(fixed_distributions={"n": axis}).params["n"] for _ in range(3000)]
    shares = [np.bincount(np.array(each, int), minlength=5) / 3000 for each in (ours, theirs)]
    assert np.abs(shares[0] - shares[1]).max() < 0.04
