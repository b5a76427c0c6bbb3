"""The search of a study as it runs: each trial is in the journal before anything else hears of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import Future

from experiments.errors import StudyStateError
from experiments.reports.metrics import named_score
from experiments.search.executors.base import map_future
from experiments.search.executors.worker import run_trial
from experiments.search.loop import search
from experiments.search.stopping import Budget
from experiments.search.trial import FinishedTrial, InterventionKind, TrialResult, TrialTask
from experiments.study.command.time_left import TimeLeft
from experiments.study.running.begun import BegunStudy
from experiments.study.running.options import RunContext


def finish_search(
    begun: BegunStudy, run: RunContext, interventions: Mapping[int, InterventionKind]
) -> list[FinishedTrial]:
    """Go on from the finished trials until the study has its trials or ends early; return all of them.

    Args:
        interventions: the trials that are not computed, each with what ended it in the study that is repeated.
    """
    spec, clock, progress = begun.study.spec, run.clock, run.progress
    budget = Budget(spec.search.budget_minutes * 60 or None, begun.journal.spent, time.monotonic)
    trials = list(begun.trials)

    def evaluated(task: TrialTask) -> Future[TrialResult]:
        # the outputs are kept as soon as they are there, so before the trial is in the journal
        if task.number == spec.search.trials - 1 and begun.fits is not None:
            # before the last trial, so that a worker is not left to fit the longest of them alone at the end
            begun.fits.begin([trial for trial in trials[:1] if trial.result.state == "COMPLETE"])
        result = begun.executor.submit(run_trial, task, begun.inputs[task.candidate.preprocessing])
        return map_future(result, begun.outputs.keep)

    coming = search(spec, begun.study.space, begun.trials, clock.watched(evaluated), budget, interventions)
    to_come, workers = spec.search.trials - len(trials), run.options.workers
    pruner, members = spec.search.pruner != "none", spec.final.members
    left = TimeLeft(to_come, workers, time.process_time(), members=members, pruner=pruner)
    progress.search(spec.search.trials, spec.cv.metric, left)
    for trial in begun.trials:
        progress.update(trial, from_journal=True)
    for trial in clock.waited(coming):
        _record(begun, run, trial, budget)
        trials.append(trial)
        with clock.part("progress and log"):
            progress.update(trial)
    progress.end_search()
    if len(trials) < spec.search.trials:
        begun.journal.end(budget.spent)
        why = f"{spec.search.patience} in a row brought no improvement greater than the fold standard error"
        if budget.left == 0:
            why = f"its budget of {spec.search.budget_minutes:g} minutes is spent"
        line = f"the search ended after {len(trials)} of {spec.search.trials} trials: {why}"
        run.say(line)
        run.log.write(line)
    return trials


def _record(begun: BegunStudy, run: RunContext, trial: FinishedTrial, budget: Budget) -> None:
    result, space = trial.result, begun.study.space
    if result.kernel not in ("", begun.kernel):
        raise StudyStateError(f"a worker computed with BLAS kernel {result.kernel}, the others {begun.kernel}.")
    with run.clock.part("journal"):
        timing = run.clock.total(current="search")
        begun.journal.append(trial, space.distributions, space.contains(trial.params), budget.spent, timing)
    run.log.write(logged(result, begun.study.spec.cv.metric))


def logged(result: TrialResult, metric: str) -> str:
    """Return the log's line on a finished trial: its outcome, and its score or the last one before it ended."""
    score = result.last if result.value is None else result.value
    shown = "" if score is None else f", {named_score(metric, score)}"
    return f"trial {result.number}: {result.reason or 'complete'}{shown}"
