"""The main job: a spec becomes a study. `run_study` reads top to bottom like the promises it keeps."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rich.console import Console

from experiments.card import card_of, final_metrics, final_tags
from experiments.clock import Clock
from experiments.data.ledger import Ledger
from experiments.data.prepare import StudyData, prepare, preprocessed_folds
from experiments.errors import StudyStateError
from experiments.folder import StudyFolder
from experiments.identity import check_enough_trials, ending_here, study_identity, uid_of
from experiments.kernel import blas_kernel
from experiments.log import StudyLog
from experiments.pace import Pace
from experiments.progress import StudyProgress
from experiments.records.assemble import assemble, best_of, default_of
from experiments.records.provenance import provenance
from experiments.records.results import LedgerRecord, StudyResult
from experiments.records.tracking import Tracking
from experiments.records.uris import masked
from experiments.search.ending import Budget, possible_trials
from experiments.search.histories import Share, share_in
from experiments.search.journal import Journal
from experiments.search.processes import Processes
from experiments.search.pruning import quiet_optuna
from experiments.search.samplers import check_installed
from experiments.search.scoring import check_metric
from experiments.search.shared_data import DataReference, write_folds
from experiments.search.trial import Told
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
    """A finished study, and how this run went.

    clock:     what it took.
    tracking:  seconds that the writer to MLflow worked, beside the rest.
    forecast:  seconds that it was to take, by its first trials; None where there were too few.
    untracked: one line about MLflow where something has not arrived there.
    """

    result: StudyResult
    folder: Path
    clock: Clock
    tracking: float
    forecast: float | None
    untracked: str | None

    @property
    def seconds(self) -> float:
        """Of the whole run."""
        return sum(self.clock.seconds.values())


def run_study(spec: StudySpec, options: Options, console: Console) -> Outcome:
    """Search, refit, look once, and write everything down.

    Raises:
        ExperimentError: in one line, what is wrong. What was told is in the journal.
        KeyboardInterrupt: passed on after the workers were stopped and MLflow was told.
    """
    clock, space = Clock(), Space(spec)
    check_installed(spec.search)
    quiet_optuna()
    environment = computing_environment(blas_kernel(), cpu_flags(), os.environ)
    with ExitStack() as stack:
        processes = stack.enter_context(Processes(options.workers, environment))  # they start while we load
        later = stack.enter_context(ThreadPoolExecutor(1)).submit(_load_what_comes_last)
        data = checked_data(spec, space)
        clock.lap("data")
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
            spec = ending_here(spec, told, folder.path)
        uid = uid_of(journal, spec, data, folder.path)
        check_enough_trials(spec, told, folder.path)
        reference = write_folds(
            folder.work / "folds", preprocessed_folds(data.development, data.folds), len(data.classes)
        )
        clock.lap("folder, journal, folds")
        kernel = _one_kernel(processes, told)
        clock.lap("waiting for workers to start")
        tracking = Tracking(
            options.tracking_uri, options.artifacts, card_of(spec, space, data, uid), lambda line: console.print(line)
        )
        tracking.start()
        log.write(f"{len(told)} of {spec.search.trials} trials told before; {options.workers} workers, BLAS {kernel}")
        pace = Pace(spec.search.trials - len(told), options.workers, spec.search.lookahead)
        clock.lap("start of tracking")
        try:
            share = share_in(folder.work / "histories")
            budget = Budget(spec.search.budget_minutes * 60 or None, spent, time.monotonic)
            told = _search(
                spec,
                space,
                told,
                processes,
                share,
                reference,
                journal,
                tracking,
                log,
                console,
                kernel,
                budget,
                clock,
                pace,
            )
            if len(told) < spec.search.trials:
                journal.end(budget.spent)
                line = f"the search ended after {len(told)} of {spec.search.trials} trials: {_why(budget, spec)}"
                console.print(line)
                log.write(line)
                spec = ending_here(spec, told, folder.path)
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
            clock.lap("left to tell MLflow")
            log.write(untracked or f"done: digest {result.digest}")
        except KeyboardInterrupt:
            log.write("interrupted")
            tracking.finish("KILLED", {}, {}, [], timeout=2.0)
            raise
        except BaseException as error:
            log.write(f"ended: {error}")
            tracking.finish("FAILED", {}, {}, [], timeout=2.0)
            raise
    clock.lap("end of workers")
    return Outcome(result, options.folder, clock, tracking.seconds, pace.forecast, untracked)


def checked_data(spec: StudySpec, space: Space) -> StudyData:
    """The data of a study whose space and metric fit it.

    Raises:
        ExperimentError: the data breaks a rule, or they do not fit.
    """
    data = prepare(spec, os.environ)
    space.check(data.features, len(data.classes))
    validations = [data.development.labels[validation] for _, validation in data.folds.pairs]
    check_metric(spec.cv.metric, len(data.classes), validations)
    return data


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
    share: Share,
    reference: DataReference,
    journal: Journal,
    tracking: Tracking,
    log: StudyLog,
    console: Console,
    kernel: str,
    budget: Budget,
    clock: Clock,
    pace: Pace,
) -> list[Told]:
    """The search, each trial journalled before anything else hears of it."""
    everything = list(told)
    with StudyProgress(console, spec.search.trials, spec.cv.metric) as progress:
        for one in told:
            tracking.trial(one.result, one.params)
            progress.update(one, from_journal=True)
        submit = clock.watched(lambda task: processes.submit(run_trial, task, reference))
        for one in clock.waited(search(spec, space, told, submit, share, budget)):
            if one.result.kernel not in ("", kernel):
                raise StudyStateError(f"a worker computed with BLAS kernel {one.result.kernel}, the others {kernel}.")
            with clock.part("journal"):
                journal.append(one, space.distributions, space.contains(one.params), budget.spent)
            everything.append(one)
            pace.told(one.result.seconds, clock.elapsed)
            with clock.part("hand-over to tracking"):
                tracking.trial(one.result, one.params)
            with clock.part("progress and log"):
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
