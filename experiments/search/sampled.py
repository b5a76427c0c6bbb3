"""The parameters as a sampler sees them: integers as floats, and every float rounded to 7 significant digits.

Samplers model an integer as a float over [low - 0.5, high + 0.5), and TPE does so faster if it is one from the start.
A sampler's last bits depend on the mathematical library of the machine; the rounded number does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optuna.distributions import BaseDistribution, FloatDistribution, IntDistribution
from optuna.samplers import BaseSampler
from optuna.study import Study
from optuna.trial import FrozenTrial, TrialState

from experiments.config.candidate import Hyperparameters

DIGITS = 7  # significant digits of a proposed number
HALF = 0.5


def sampled_distributions(distributions: Mapping[str, BaseDistribution]) -> dict[str, BaseDistribution]:
    """Return the distributions from which a sampler draws.

    They are in the order of their names, because the order of the lines in a study file must not matter.

    >>> sampled_distributions({"units": IntDistribution(1, 9, log=True)})
    {'units': FloatDistribution(high=9.5, log=True, low=0.5, step=None)}
    """
    return {name: _sampled(axis) for name, axis in sorted(distributions.items())}


def sampled_params(params: Mapping[str, Any], sampled: Mapping[str, BaseDistribution]) -> dict[str, Any]:
    """Return a study's parameters as the sampler's, in the order of its distributions."""
    return {
        name: float(params[name]) if isinstance(axis, FloatDistribution) else params[name]
        for name, axis in sampled.items()
    }


def study_params(drawn: Mapping[str, Any], distributions: Mapping[str, BaseDistribution]) -> Hyperparameters:
    """Return a sampler's parameters as the study's, in the order of the study's distributions."""
    return {
        name: int(drawn[name]) if isinstance(axis, IntDistribution) else drawn[name]
        for name, axis in distributions.items()
    }


class Rounded(BaseSampler):
    """A sampler whose numbers are rounded before the sampler's study holds them.

    Args:
        distributions: the study's own, which tell the integers.
    """

    def __init__(self, sampler: BaseSampler, distributions: Mapping[str, BaseDistribution]):
        self._sampler, self._axes = sampler, distributions

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        return self._sampler.infer_relative_search_space(study, trial)

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        drawn = self._sampler.sample_relative(study, trial, search_space)
        return {name: _rounded(value, self._axes[name]) for name, value in drawn.items()}

    def sample_independent(
        self, study: Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        drawn = self._sampler.sample_independent(study, trial, param_name, param_distribution)
        return _rounded(drawn, self._axes[param_name])

    def before_trial(self, study: Study, trial: FrozenTrial) -> None:
        self._sampler.before_trial(study, trial)

    def after_trial(self, study: Study, trial: FrozenTrial, state: TrialState, values: Any) -> None:
        self._sampler.after_trial(study, trial, state, values)


def _sampled(axis: BaseDistribution) -> BaseDistribution:
    if isinstance(axis, IntDistribution) and axis.step == 1 and not axis.single():
        return FloatDistribution(axis.low - HALF, axis.high + HALF, log=axis.log)
    return axis


def _rounded(value: Any, axis: BaseDistribution) -> Any:
    """Round a number that has no step, and keep it within its range. An integer stays a float; 2.5 becomes 2.

    >>> _rounded(0.012345678, FloatDistribution(1e-3, 1e-1)), _rounded(0.30000004, FloatDistribution(0.1, 0.3))
    (0.01234568, 0.3)
    >>> _rounded(2.5, IntDistribution(1, 9)), _rounded(9.5, IntDistribution(1, 9))
    (2.0, 9.0)
    """
    if isinstance(axis, IntDistribution) and axis.step == 1:
        return float(min(max(round(value), axis.low), axis.high))
    if isinstance(axis, FloatDistribution) and axis.step is None:
        return min(max(float(f"{value:.{DIGITS}g}"), axis.low), axis.high)
    return value
