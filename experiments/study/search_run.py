"""The search of a study as it runs: each trial is in the journal before anything else hears of it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from experiments.errors import StudyStateError
from experiments.evaluation.final_fits import FinalFits
from experiments.search.context import StudyContext
from experiments.search.executors.base import Executor, map_future
from experiments.search.executors.worker import run_trial
from experiments.search.inputs import Inputs
from experiments.search.journal import Journal
from experiments.search.loop import search
from experiments.search.stopping import Budget
from experiments.search.storage import OutOfFoldFiles
from experiments.search.trial import FinishedTrial, InterventionKind, TrialResult, TrialTask
from experiments.study.options import RunContext
from experiments.study.time_left import TimeLeft


@dataclass(frozen=True)
class SearchRun:
    """The search of a study in one run of the command.

    outputs:       the files of out-of-fold outputs.
    kernel:        the BLAS kernel that every worker must have.
    interventions: the trials that are not computed, each with what ended it in the study that is repeated.
    fits:          fits on all development rows, for which workers have time once the last trial runs; None in a try.
    """

    study: StudyContext
    run: RunContext
    journal: Journal
    outputs: OutOfFoldFiles
    kernel: str
    interventions: Mapping[int, InterventionKind]
    fits: FinalFits | None

    def finish(self, before: Sequence[FinishedTrial], executor: Executor, inputs: Inputs) -> list[FinishedTrial]:
        """Go on from the trials finished before until the study has its trials or ends early; return all of them."""
        spec, space, clock = self.study.spec, self.study.space, self.run.clock
        budget = Budget(spec.search.budget_minutes * 60 or None, self.journal.spent, time.monotonic)
        trials = list(before)

        def evaluated(task: TrialTask) -> Future[TrialResult]:
            # the outputs are kept as soon as they are there, so before the trial is in the journal
            if task.number == spec.search.trials - 1 and self.fits is not None:
                # before the last trial, so that a worker is not left to fit the longest of them alone at the end
                self.fits.begin([trial for trial in trials[:1] if trial.result.state == "COMPLETE"])
            return map_future(executor.submit(run_trial, task, inputs[task.candidate.preprocessing]), self.outputs.keep)

        submit = clock.watched(evaluated)
        coming = search(spec, space, before, submit, budget, self.interventions)
        progress = self.run.progress
        to_come, workers = spec.search.trials - len(trials), self.run.options.workers
        pruner, members = spec.search.pruner != "none", spec.final.members
        left = TimeLeft(to_come, workers, time.process_time(), members=members, pruner=pruner)
        progress.search(spec.search.trials, spec.cv.metric, left)
        for trial in before:
            progress.update(trial, from_journal=True)
        for trial in clock.waited(coming):
            self._record(trial, budget)
            trials.append(trial)
            with clock.part("progress and log"):
                progress.update(trial)
        progress.end_search()
        if len(trials) < spec.search.trials:
            self.journal.end(budget.spent)
            line = f"the search ended after {len(trials)} of {spec.search.trials} trials: {self._reason(budget)}"
            self.run.say(line)
            self.run.log.write(line)
        return trials

    def _record(self, trial: FinishedTrial, budget: Budget) -> None:
        result, clock = trial.result, self.run.clock
        if result.kernel not in ("", self.kernel):
            raise StudyStateError(f"a worker computed with BLAS kernel {result.kernel}, the others {self.kernel}.")
        with clock.part("journal"):
            space, timing = self.study.space, clock.total(current="search")
            self.journal.append(trial, space.distributions, space.contains(trial.params), budget.spent, timing)
        score = result.last if result.value is None else result.value
        self.run.log.write(f"trial {result.number}: {result.state} {result.reason} {score}")

    def _reason(self, budget: Budget) -> str:
        """Say what ended the search early."""
        settings = self.study.spec.search
        if budget.left == 0:
            return f"its budget of {settings.budget_minutes:g} minutes is spent"
        return f"{settings.patience} in a row brought no improvement greater than the fold standard error"
