"""The mirror: an Optuna study in memory that the sampler sees, always in the state that the lookahead rule says.

Trial i is asked when trials 0..i-L are told and i-L+1..i-1 are running, whoever computes them and however often the
study was killed; and by a sampler of its own, seeded from i. So what it proposes depends on nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence

import optuna
from optuna.samplers import BaseSampler, RandomSampler, TPESampler
from optuna.trial import Trial, TrialState, create_trial

from experiments.search.seeds import sampler_seed
from experiments.search.trial import Parameters, TrialResult
from experiments.space import Space


def make_sampler(name: str, seed: int) -> BaseSampler:
    """Optuna's sampler of that name."""
    if name == "tpe":
        return TPESampler(seed=seed, multivariate=True, constant_liar=True)
    return RandomSampler(seed=seed)


class Mirror:
    """The study as the sampler sees it.

    Args:
        space:   what is searched.
        sampler: its name.
        seed:    the study's.
    """

    def __init__(self, space: Space, sampler: str, seed: int):
        self._space, self._sampler, self._seed = space, sampler, seed
        self._study = optuna.create_study(direction="maximize", sampler=RandomSampler(seed=0))

    def restore(self, asked: Sequence[Parameters], told: Sequence[TrialResult]) -> None:
        """Take in the trials of an earlier run: all that were asked, and as many as were told by then."""
        for number, parameters in enumerate(asked):
            self._add_running(number, parameters)
        for result in told:
            self.tell(result)

    def ask(self, number: int) -> Parameters:
        """The parameters of the next trial: the default for trial 0, else the sampler's proposal."""
        if number == 0:
            self._add_running(0, self._space.default)
            return self._space.default
        self._study.sampler = make_sampler(self._sampler, sampler_seed(self._seed, number))
        distributions = self._space.distributions
        # drawn in the order of their names: the order of the lines in a file must not matter
        drawn = self._study.ask(fixed_distributions=dict(sorted(distributions.items()))).params
        return {name: drawn[name] for name in distributions}

    def tell(self, result: TrialResult) -> None:
        """Tell the outcome of a running trial; call it in number order."""
        number = result.number
        if result.state == "FAIL" or not self._is_seen(number):
            self._study.tell(number, state=TrialState.FAIL)
        elif result.state == "COMPLETE":
            self._study.tell(number, result.value)
        else:
            if result.reason == "pruned" and result.last is not None:
                # TPE ranks pruned trials by their last value; a diverged one reports none and ranks last
                Trial(self._study, number).report(result.last, result.epochs)
            self._study.tell(number, state=TrialState.PRUNED)

    def _is_seen(self, number: int) -> bool:
        """A default outside the space is no point of it, so the sampler must not learn from it."""
        return number > 0 or self._space.default_is_inside

    def _add_running(self, number: int, parameters: Parameters) -> None:
        seen = self._is_seen(number)
        self._study.add_trial(
            create_trial(
                state=TrialState.RUNNING,
                params=dict(sorted(parameters.items())) if seen else {},
                distributions=dict(sorted(self._space.distributions.items())) if seen else {},
            )
        )
