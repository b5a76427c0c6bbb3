"""The mirror: an Optuna study in memory that the sampler sees, always in the state that the lookahead rule says.

Trial i is asked when trials 0..i-L are told and i-L+1..i-1 are running, whoever computes them and however often the
study was killed; and by a sampler of its own, seeded from i. So what it proposes depends on nothing else.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import optuna
from optuna.samplers import RandomSampler
from optuna.trial import Trial, TrialState, create_trial
from threadpoolctl import ThreadpoolController

from experiments.config.candidate import Hyperparameters
from experiments.config.space import Space
from experiments.config.spec import SearchSection
from experiments.errors import StudyStateError
from experiments.search.samplers import REMEMBERING, WITH_MATRICES, make_samplers
from experiments.search.trial import TrialResult


class SamplerStudy:
    """The study as the sampler sees it.

    Args:
        space:  what is searched, and what is tried first.
        search: which sampler, and its options.
        seed:   the study's.
    """

    def __init__(self, space: Space, search: SearchSection, seed: int):
        self._space, self._sampler = space, search.sampler
        with quiet():
            self._sampler_of = make_samplers(space, search, seed)
        self._threads = ThreadpoolController() if search.sampler in WITH_MATRICES else None
        self._study = optuna.create_study(direction="maximize", sampler=RandomSampler(seed=0))

    def restore(self, asked: Sequence[Hyperparameters], told: Sequence[TrialResult]) -> None:
        """Take in the trials of an earlier run: all that were asked, and as many as were told by then.

        A sampler that remembers lives through it all again, each trial told when it was told then: nothing that it
        remembers is read from a file.

        Raises:
            StudyStateError: it does not propose what it proposed then.
        """
        if self._sampler not in REMEMBERING:
            for parameters in asked:
                self._add(parameters)
            for result in told:
                self.tell(result)
            return
        running = len(asked) - len(told)
        for number, parameters in enumerate(asked):
            if number >= running:
                self.tell(told[number - running])
            if self.ask(number) != parameters:
                raise StudyStateError(
                    f"trial {number}: {self._sampler} does not propose here what the journal says that it proposed: "
                    "another version of it or of NumPy, or another processor. Go on where the study began, or start "
                    "anew with --fresh."
                )

    def ask(self, number: int) -> Hyperparameters:
        """The parameters of the next trial: the default for trial 0, then what is enqueued, then proposals."""
        if number < len(self._space.known):
            self._add(self._space.known[number])
            return dict(self._space.known[number])
        distributions = self._space.distributions
        with quiet(), self._one_thread():
            self._study.sampler = self._sampler_of(number)
            # drawn in the order of their names: the order of the lines in a file must not matter
            drawn = self._study.ask(fixed_distributions=dict(sorted(distributions.items()))).params
        return {name: drawn[name] for name in distributions}

    def tell(self, result: TrialResult) -> None:
        """Tell the outcome of a running trial; call it in number order."""
        number = result.number
        if number < len(self._space.known) and not self._space.contains(self._space.known[number]):
            return  # it entered as failed
        if result.state == "FAIL":
            self._study.tell(number, state=TrialState.FAIL)
        elif result.state == "COMPLETE":
            self._study.tell(number, result.value)
        else:
            if result.reason == "pruned" and result.last is not None:
                # TPE ranks pruned trials by their last value; a diverged one reports none and ranks last
                Trial(self._study, number).report(result.last, result.epochs)
            self._study.tell(number, state=TrialState.PRUNED)

    def _one_thread(self) -> AbstractContextManager[Any]:
        """How many cores there are must not change the last bits of a product of matrices."""
        return self._threads.limit(limits=1) if self._threads else nullcontext()

    def _add(self, parameters: Hyperparameters) -> None:
        """A running trial; or from the beginning a failed one, so that the sampler sees no point outside the space."""
        inside = self._space.contains(parameters)
        self._study.add_trial(
            create_trial(
                state=TrialState.RUNNING if inside else TrialState.FAIL,
                params=dict(sorted(parameters.items())) if inside else {},
                distributions=dict(sorted(self._space.distributions.items())) if inside else {},
            )
        )


@contextmanager
def quiet() -> Iterator[None]:
    """Optuna warns of what is experimental in it: that is for us to know, not for users."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
