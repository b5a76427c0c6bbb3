"""The search of a study as it runs: each trial is journalled before anything else hears of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from rich.console import Console

from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.errors import StudyStateError
from experiments.search.executors.base import Executor, map_future
from experiments.search.executors.worker import run_trial
from experiments.search.inputs import Inputs
from experiments.search.journal import Journal
from experiments.search.loop import search
from experiments.search.stopping import Budget
from experiments.search.storage import OutOfFoldFiles
from experiments.search.trial import FinishedTrial, InterventionKind, TrialResult, TrialTask
from experiments.study.folder import StudyLog
from experiments.study.forecast.forecast import Pace
from experiments.study.progress import StudyProgress
from experiments.study.timing import Clock


@dataclass(frozen=True)
class SearchRun:
    """A search, and who is told of its trials.

    kernel:        of BLAS, which every worker must have.
    interventions: of the study that is repeated: trial -> what ended it. These trials are not computed.
    outputs:       where out-of-fold outputs are kept.
    """

    spec: StudySpec
    space: Space
    kernel: str
    interventions: Mapping[int, InterventionKind]
    budget: Budget
    journal: Journal
    outputs: OutOfFoldFiles
    log: StudyLog
    console: Console
    clock: Clock
    pace: Pace

    def run(self, told: Sequence[FinishedTrial], executor: Executor, inputs: Inputs) -> list[FinishedTrial]:
        """Go on from the trials told before, until the study has its trials or ends early; returns all of them."""
        everything = list(told)

        def evaluated(task: TrialTask) -> Future[TrialResult]:
            # kept as soon as it is there, so before it is told
            return map_future(executor.submit(run_trial, task, inputs[task.candidate.preprocessing]), self.outputs.keep)

        submit = self.clock.watched(evaluated)
        coming = search(self.spec, self.space, told, submit, self.budget, self.interventions)
        with StudyProgress(self.console, self.spec.search.trials, self.spec.cv.metric) as progress:
            for one in told:
                progress.update(one, from_journal=True)
            for one in self.clock.waited(coming):
                self._tell(one)
                everything.append(one)
                with self.clock.part("progress and log"):
                    progress.update(one)
        if len(everything) < self.spec.search.trials:
            self.journal.end(self.budget.spent)
            line = f"the search ended after {len(everything)} of {self.spec.search.trials} trials: {self._why}"
            self.console.print(line)
            self.log.write(line)
        return everything

    def _tell(self, one: FinishedTrial) -> None:
        result = one.result
        if result.kernel not in ("", self.kernel):
            raise StudyStateError(f"a worker computed with BLAS kernel {result.kernel}, the others {self.kernel}.")
        with self.clock.part("journal"):
            self.journal.append(
                one,
                self.space.distributions,
                self.space.contains(one.params),
                self.budget.spent,
                self.clock.total(current="search"),
            )
        self.pace.told(result.seconds, self.clock.elapsed)
        score = result.last if result.value is None else result.value
        self.log.write(f"trial {result.number}: {result.state} {result.reason} {score}")

    @property
    def _why(self) -> str:
        """What ended the search early."""
        settings = self.spec.search
        if self.budget.left == 0:
            return f"its budget of {settings.budget_minutes:g} minutes is spent"
        return f"{settings.patience} in a row brought no improvement greater than the fold standard error"
