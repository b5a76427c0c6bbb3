"""The main job: a spec becomes a study. `run_study` reads top to bottom like the promises it keeps."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from rich.console import Console

from experiments.candidate import Preprocessing
from experiments.card import card_of, final_metrics, final_tags
from experiments.data.ledger import Ledger
from experiments.data.prepare import StudyData, prepare
from experiments.data.table import Table
from experiments.errors import StudyStateError
from experiments.folder import StudyFolder
from experiments.identity import check_enough_trials, ending_here, same_study, study_identity
from experiments.inputs import share_folds
from experiments.kernel import blas_kernel
from experiments.log import StudyLog
from experiments.progress import StudyProgress
from experiments.records.assemble import assemble, best_of, default_of
from experiments.records.provenance import provenance
from experiments.records.results import LedgerRecord, StudyResult
from experiments.records.tracking import Tracking
from experiments.records.uris import masked
from experiments.search.ending import Budget, possible_trials
from experiments.search.journal import Journal
from experiments.search.processes import Processes
from experiments.search.pruning import quiet_optuna
from experiments.search.samplers import check_installed
from experiments.search.scoring import check_metric
from experiments.search.shared_data import DataReference
from experiments.search.trial import Told, TrialResult, TrialTask
from experiments.search.window import search
from experiments.search.worker import run_trial
from experiments.space import Space
from experiments.spec import StudySpec
from nnet.blas import computing_environment, cpu_flags


@dataclass(frozen=True)
class Options:
    """What a person may choose about a run without changing its outcome.

    folder:            where the study's files go.
    mlruns:            where the ledger lies.
    tracking_uri:      MLflow's store.
    artifacts:         where a local store's artifacts go; None leaves it to the server.
    workers:           processes that evaluate.
    fresh:             start anew instead of going on with what the folder holds.
    look:              take it at the end; leave the test set sealed; or only take it, with the trials there are.
    acknowledge_reuse: take a second look, which the report then shows.
    """

    folder: Path
    mlruns: Path
    tracking_uri: str
    artifacts: Path | None
    workers: int
    fresh: bool = False
    look: Literal["take", "leave", "only"] = "take"
    acknowledge_reuse: bool = False


@dataclass(frozen=True)
class Outcome:
    """A finished study, what this run took, and one line about MLflow where something has not arrived there."""

    result: StudyResult
    folder: Path
    seconds: float
    untracked: str | None


@dataclass
class Clock:
    """Seconds that each part of this run took; outside every digest."""

    seconds: dict[str, float] = field(default_factory=dict)
    started: float = field(default_factory=time.perf_counter)

    def lap(self, part: str) -> None:
        """What passed since the last lap belongs to this part."""
        now = time.perf_counter()
        self.seconds[part] = round(now - self.started - sum(self.seconds.values()), 3)


def run_study(spec: StudySpec, options: Options, console: Console, table: Table | None = None) -> Outcome:
    """Search, refit, look once, and write everything down.

    Args:
        table: the rows, where they are not to be loaded from the spec's source.

    Raises:
        ExperimentError: in one line, what is wrong. What was told is in the journal.
        KeyboardInterrupt: passed on after the workers were stopped and MLflow was told.
    """
    clock = Clock()
    Space(spec)  # refuses at once what no data could make right
    check_installed(spec.search)
    quiet_optuna()
    environment = computing_environment(blas_kernel(), cpu_flags(), os.environ)
    with ExitStack() as stack:
        processes = stack.enter_context(Processes(options.workers, environment))  # they start while we load
        later = stack.enter_context(ThreadPoolExecutor(1)).submit(_load_what_comes_last)
        data = prepare(spec, os.environ, table)
        spec = spec.settled(data.target.task, data.folds.splitter)
        space = Space(spec)
        space.check(data.features, data.target)
        check_metric(spec.cv.metric, data.target, [data.development.y[rows] for _, rows in data.folds.pairs])
        study, ledger = study_identity(spec, data), Ledger(options.mlruns / "looks.jsonl")
        folder = StudyFolder(options.folder)
        log = StudyLog(folder.log)
        if options.look == "only" and not folder.journal.exists():
            raise StudyStateError(f"--score: {folder.path} holds no trial to score.")

        def refuse_a_second_look(told: Sequence[Told], spent: float) -> None:
            if options.look == "take" and not options.acknowledge_reuse:
                ledger.check(study, data.test, possible_trials([one.result for one in told], spec.search, spent))

        if options.fresh or not folder.journal.exists():
            refuse_a_second_look([], 0.0)
        folder.claim()
        stack.callback(folder.release)
        if options.fresh:
            folder.clear()
        journal = Journal(folder.journal)
        told, spent = journal.told(), journal.spent
        refuse_a_second_look(told, spent)
        if options.look == "only":
            spec = ending_here(spec, told, folder)
        uid = same_study(journal, spec, data, folder)
        check_enough_trials(spec, told, folder)
        references = share_folds(space, data, folder.work / "folds")
        kernel = _one_kernel(processes, told)
        tracking = Tracking(
            options.tracking_uri, options.artifacts, card_of(spec, space, data, uid), lambda line: console.print(line)
        )
        tracking.start()
        log.write(f"{len(told)} of {spec.search.trials} trials told before; {options.workers} workers, BLAS {kernel}")
        clock.lap("start")
        try:
            budget = Budget(spec.search.budget_minutes * 60 or None, spent, time.monotonic)
            told = _search(spec, space, told, processes, references, journal, tracking, log, console, kernel, budget)
            if len(told) < spec.search.trials:
                journal.end(budget.spent)
                line = f"the search ended after {len(told)} of {spec.search.trials} trials: {_why(budget, spec)}"
                console.print(line)
                log.write(line)
                spec = ending_here(spec, told, folder)
            clock.lap("search")
            take_look, publish = later.result()
            scored = None
            if options.look != "leave":
                finalists = _finalists(told)
                log.write(f"refit and look: trials {', '.join(str(one.result.number) for one in finalists)}")
                scored = take_look(
                    spec,
                    space,
                    study,
                    data.development,
                    data.test,
                    ledger,
                    finalists,
                    processes,
                    folder.work / "refit",
                    options.acknowledge_reuse,
                )
            clock.lap("refit and look")
            result = assemble(
                spec,
                data,
                told,
                None if scored is None else scored.record,
                None if scored is None else _ledger_record(ledger, study, data),
                provenance(
                    kernel,
                    {"study": spec.study.seed, "split": spec.data.split_seed},
                    options.workers,
                    masked(options.tracking_uri),
                    os.environ | environment,
                ),
                dict(clock.seconds),
            )
            files = publish(folder, result, told, None if scored is None else scored.model)
            clock.lap("report")
            untracked = tracking.finish("FINISHED", final_metrics(result), final_tags(result), files)
            log.write(untracked or f"done: digest {result.digest}")
        except KeyboardInterrupt:
            log.write("interrupted")
            tracking.finish("KILLED", {}, {}, [], timeout=2.0)
            raise
        except BaseException as error:
            log.write(f"ended: {error}")
            tracking.finish("FAILED", {}, {}, [], timeout=2.0)
            raise
    return Outcome(result, options.folder, time.perf_counter() - clock.started, untracked)


def _load_what_comes_last() -> tuple[Any, Any]:
    """SciPy's statistics and matplotlib take a second to import, which is free while the workers start."""
    from experiments.look import take_look
    from experiments.publish import publish

    return take_look, publish


def _search(
    spec: StudySpec,
    space: Space,
    told: Sequence[Told],
    processes: Processes,
    references: Mapping[Preprocessing, DataReference],
    journal: Journal,
    tracking: Tracking,
    log: StudyLog,
    console: Console,
    kernel: str,
    budget: Budget,
) -> list[Told]:
    """The search, each trial journalled before anything else hears of it."""
    everything = list(told)
    with StudyProgress(console, spec.search.trials, spec.cv.metric) as progress:
        for one in told:
            tracking.trial(one.result, one.params)
            progress.update(one, from_journal=True)

        def submit(task: TrialTask) -> Future[TrialResult]:
            return processes.submit(run_trial, task, references[task.candidate.preprocessing])

        for one in search(spec, space, told, submit, budget):
            if one.result.kernel not in ("", kernel):
                raise StudyStateError(f"a worker computed with BLAS kernel {one.result.kernel}, the others {kernel}.")
            journal.append(one, space.distributions, space.contains(one.params), budget.spent)
            everything.append(one)
            tracking.trial(one.result, one.params)
            progress.update(one)
            log.write(f"trial {one.result.number}: {one.result.state} {one.result.reason} {one.result.last}")
    return everything


def _why(budget: Budget, spec: StudySpec) -> str:
    """What ended a search early."""
    if budget.left == 0:
        return f"its budget of {spec.search.budget_minutes:g} minutes is spent"
    return f"{spec.search.patience} in a row brought no improvement greater than the fold standard error"


def _finalists(told: Sequence[Told]) -> list[Told]:
    """The winner, and the default where it is another and came to a score."""
    best, default = best_of(told), default_of(told)
    return [best] if default is None or default.result.number == best.result.number else [best, default]


def _one_kernel(processes: Processes, told: Sequence[Told]) -> str:
    """The kernel of every process that computes for the study, now and before."""
    kernels = {greeting.kernel for greeting in processes.greetings()}
    before = {one.result.kernel for one in told} - {""}
    if len(kernels | before) > 1:
        raise StudyStateError(
            f"the study was computed with BLAS kernel {', '.join(sorted(before))}, this machine offers "
            f"{', '.join(sorted(kernels))}: last bits would differ. Go on where it began, or start anew with --fresh."
        )
    return next(iter(kernels), "")


def _ledger_record(ledger: Ledger, study: str, data: StudyData) -> LedgerRecord:
    past = ledger.past(study, data.test)
    return LedgerRecord(looks=past.looks, largest_overlap=past.largest_overlap, head=past.head)
