"""Proposals: an Optuna study in memory for the sampler, always in the state that the lookahead rule prescribes.

Trial i is proposed when trials 0 to i - lookahead have finished and the trials after them up to i - 1 are running,
whoever computes them and however often the study was killed. Each trial has a new sampler, seeded from the study's seed
and i. So proposals do not depend on timing.

Nor do they depend on the last bits of a mathematical library: a number that is proposed is rounded before the sampler's
study holds it.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import optuna
from optuna.samplers import RandomSampler
from optuna.trial import Trial, TrialState, create_trial

from experiments.config.candidate import Hyperparameters
from experiments.config.space import Space
from experiments.config.spec import SearchSection
from experiments.errors import StudyStateError
from experiments.search.sampled import sampled_distributions, sampled_params, study_params
from experiments.search.samplers import STATEFUL, make_samplers
from experiments.search.trial import TrialResult


class SamplerStudy:
    """The study as the sampler sees it.

    Args:
        space:  the search space, and the trials that come before the sampler's.
        search: the sampler and its options.
        seed:   the study's seed.
    """

    def __init__(self, space: Space, search: SearchSection, seed: int):
        self._space, self._sampler = space, search.sampler
        with quiet():
            self._sampler_of = make_samplers(space, search, seed)
        self._sampled = sampled_distributions(space.distributions)
        self._study = optuna.create_study(direction="maximize", sampler=RandomSampler(seed=0))

    def restore(self, proposed: Sequence[Hyperparameters], results: Sequence[TrialResult]) -> None:
        """Restore the trials of an earlier run.

        A sampler that keeps a state proposes all of them again, because that state is not in the journal.

        Args:
            proposed: parameters of all trials.
            results:  results that the sampler had seen, of the first trials.

        Raises:
            StudyStateError: the sampler proposes other parameters than it did then.
        """
        running = len(proposed) - len(results)
        for number, parameters in enumerate(proposed):
            if number >= running:
                self.tell(results[number - running])
            if self._sampler not in STATEFUL:
                self._add(parameters)
            elif self.ask(number) != parameters:
                raise StudyStateError(
                    f"trial {number}: {self._sampler} proposes other parameters here than the journal has. Its "
                    "version, NumPy's version or the processor differs. Continue where the study began, or start "
                    "anew with --fresh."
                )

    def ask(self, number: int) -> Hyperparameters:
        """Return the parameters of the next trial: the default for trial 0, then enqueued trials, then proposals."""
        if number < len(self._space.known):
            self._add(self._space.known[number])
            return dict(self._space.known[number])
        with quiet():
            self._study.sampler = self._sampler_of(number)
            drawn = self._study.ask(fixed_distributions=dict(self._sampled)).params
        return study_params(drawn, self._space.distributions)

    def tell(self, result: TrialResult) -> None:
        """Give the sampler the result of a running trial; results come in number order."""
        number = result.number
        if number < len(self._space.known) and not self._space.contains(self._space.known[number]):
            return  # the trial was added as failed
        if result.state == "COMPLETE":
            self._study.tell(number, result.value)
            return
        if result.reason == "pruned" and result.last is not None:
            # TPE ranks pruned trials by their last value; a diverged trial reports none and ranks last
            Trial(self._study, number).report(result.last, result.epochs)
        self._study.tell(number, state=TrialState[result.state])

    def _add(self, parameters: Hyperparameters) -> None:
        """Add a running trial; a point outside the space is added as failed, so that the sampler never sees it."""
        inside = self._space.contains(parameters)
        self._study.add_trial(
            create_trial(
                state=TrialState.RUNNING if inside else TrialState.FAIL,
                params=sampled_params(parameters, self._sampled) if inside else {},
                distributions=self._sampled if inside else {},
            )
        )


@contextmanager
def quiet() -> Iterator[None]:
    """Silence Optuna's warnings of experimental features, which concern developers and not users."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
