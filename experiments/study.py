"""The main job: a spec becomes a study. `run_study` reads top to bottom like the promises it keeps."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from rich.console import Console

from experiments.after_search import after_search
from experiments.analysis import analyse
from experiments.card import card_of, end_of
from experiments.clock import Clock
from experiments.computing import ExecutorKind, described, one_kernel, open_executor
from experiments.data.ledger import Ledger
from experiments.data.ledger_place import open_ledger
from experiments.data.prepare import StudyData, prepare
from experiments.data.table import Table
from experiments.errors import StudyStateError
from experiments.folder import StudyFolder
from experiments.identity import check_enough_trials, ending_here, study_identity, uid_of
from experiments.inputs import share_inputs
from experiments.kernel import blas_kernel
from experiments.log import StudyLog
from experiments.pace import Pace
from experiments.past_look import check_ledger_is_whole, check_look_is_known
from experiments.records.assemble import assemble, best_of, default_of
from experiments.records.model import write_model
from experiments.records.out_of_fold import OutOfFoldFiles
from experiments.records.provenance import provenance
from experiments.records.results import LedgerRecord, StudyResult
from experiments.records.tracking import Tracking
from experiments.records.uris import masked
from experiments.restoring import restore
from experiments.search.ending import Budget, possible_trials
from experiments.search.executor import Executor
from experiments.search.journal import Journal
from experiments.search.processes import SILENCE
from experiments.search.pruning import quiet_optuna
from experiments.search.samplers import check_installed
from experiments.search.scoring import check_metric
from experiments.search.trial import InterventionKind, Told
from experiments.search.window import NONE
from experiments.searching import Searching
from experiments.space import Space
from experiments.spec import StudySpec
from nnet.blas import computing_environment, cpu_flags


@dataclass(frozen=True)
class Options:
    """What a person may choose about a run without changing its outcome.

    folder:            where the study's files go.
    ledger:            place of the ledger; see `ledger_path`.
    tracking_uri:      MLflow's store; OFF where it is to hear nothing.
    artifacts:         where a local store's artifacts go; None leaves it to the server.
    workers:           processes that evaluate.
    executor:          processes of this machine, or a Ray cluster.
    ray_address:       of a running cluster; None starts one on this machine.
    silence:           seconds without a sign of life after which a local worker is replaced.
    fresh:             start anew instead of going on with what the folder holds.
    look:              take it at the end; leave the test set sealed; or only take it, with the trials there are.
    acknowledge_reuse: take a second look, which the report then shows.
    register_as:       name under which the model becomes a version in MLflow's registry.
    study_file:        text of the study file to keep in the folder, where there was none.
    kernel:            of BLAS, to compute with where this processor can run it; None leaves the choice to us.
    """

    folder: Path
    ledger: Path
    tracking_uri: str
    artifacts: Path | None
    workers: int
    executor: ExecutorKind = "local"
    ray_address: str | None = None
    silence: float = SILENCE
    fresh: bool = False
    look: Literal["take", "leave", "only"] = "take"
    acknowledge_reuse: bool = False
    register_as: str | None = None
    study_file: str | None = None
    kernel: str | None = None


@dataclass(frozen=True)
class Outcome:
    """A finished study, and how this run went.

    clock:     what it took.
    tracking:  seconds of processor time that the writer to MLflow took, beside the rest.
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


def run_study(
    spec: StudySpec,
    options: Options,
    console: Console,
    interventions: Mapping[int, InterventionKind] = NONE,
    table: Table | None = None,
) -> Outcome:
    """Search, refit, look once, and write everything down.

    Args:
        interventions: of the study that is repeated: trial -> what ended it. These trials are not computed.
        table:         the rows, where they are not to be loaded from the spec's source.

    Raises:
        ExperimentError: in one line, what is wrong. What was told is in the journal.
        KeyboardInterrupt: passed on after the workers were stopped and MLflow was told.
    """
    clock = Clock()
    Space(spec)  # refuses at once what no data could make right
    check_installed(spec.search)
    quiet_optuna()
    environment = computing_environment(blas_kernel(), cpu_flags(), os.environ, options.kernel)
    with ExitStack() as stack:
        later = stack.enter_context(ThreadPoolExecutor(1)).submit(_load_what_comes_last)
        folder = StudyFolder(options.folder)
        tracking = Tracking(folder.path, options.tracking_uri, options.artifacts, partial(console.print, markup=False))
        tracking.load()  # it starts while we load, and so do the workers
        stack.callback(tracking.dismiss)
        executor = stack.enter_context(open_executor_of(options, environment, folder))
        spec, space, data = checked_data(spec, table)
        clock.lap("data")
        study = study_identity(spec, data)
        ledger = open_ledger(options.ledger, partial(console.print, markup=False))
        log = StudyLog(folder.log)
        if options.look == "only" and not folder.journal.exists():
            raise StudyStateError(f"--score: {folder.path} holds no trial to score.")

        def refuse_a_second_look(told: Sequence[Told], spent: float) -> None:
            if options.look == "take" and not options.acknowledge_reuse:
                trials = possible_trials([one.result for one in told], spec.search, spent)
                ledger.check(study, data.test.known_by(), trials)

        if options.fresh or not folder.journal.exists():
            refuse_a_second_look([], 0.0)
        folder.claim()
        stack.callback(folder.release)
        inputs = share_inputs(space, data, executor.share)  # what it refuses clears nothing
        if options.fresh:
            check_ledger_is_whole(ledger, folder)
            folder.clear()
        journal, outputs = Journal(folder.journal), OutOfFoldFiles(folder.out_of_fold)
        told, spent = journal.told(), journal.spent
        refuse_a_second_look(told, spent)
        possible = possible_trials([one.result for one in told], spec.search, spent)
        check_look_is_known(ledger, folder, possible, options.acknowledge_reuse)
        if options.look == "only":
            spec = ending_here(spec, told, folder.path)
        uid = uid_of(journal, spec, data, folder.path)
        check_enough_trials(spec, told, folder.path)
        if options.study_file is not None:
            folder.keep("study.toml", options.study_file)
        clock.lap("folder, journal, folds")
        greetings = executor.greetings()
        kernel = one_kernel(greetings, told)
        clock.lap("waiting for workers to start")
        tracking.start(card_of(spec, space, data, uid))
        log.write(f"{len(told)} of {spec.search.trials} trials told before; {options.executor}: {described(greetings)}")
        width = max(x.shape[1] for way in inputs.values() for x in way.features)
        after = after_search(spec, space, data, width, options.workers, options.look != "leave")
        pace = Pace(spec.search.trials - len(told), options.workers, spec.search.lookahead, after)
        budget = Budget(spec.search.budget_minutes * 60 or None, spent, time.monotonic)
        searching = Searching(spec, space, kernel, interventions, budget, journal, outputs, log, console, clock, pace)
        clock.lap("start of tracking")
        try:
            told = searching.run(told, executor, inputs)
            told, lost = restore(spec, space, told, outputs, inputs, executor)
            if lost:
                log.write(f"out-of-fold outputs of {lost} trials were computed again")
            if len(told) < spec.search.trials:
                spec = ending_here(spec, told, folder.path)
                executor.close()  # what is in flight is dropped
                outputs.remove_others([one.result.number for one in told])
                executor = stack.enter_context(open_executor_of(options, environment, folder))
                one_kernel(executor.greetings(), told)
                inputs = share_inputs(space, data, executor.share)  # what was shared went with who shared it
            clock.lap("search")
            analysis = analyse(spec, space, data, told, outputs, inputs, executor)
            clock.lap("analysis")
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
                    executor,
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
                    options.executor,
                ),
                dict(clock.seconds),
                analysis,
            )
            if scored is not None:
                write_model(scored.model, folder.path / "model")
            losses = () if scored is None else scored.losses
            tracking.conclude(end_of(result, losses, options.register_as, time.time()))
            publish(folder, result, told)
            clock.lap("report")
            untracked = tracking.finish()
            clock.lap("left to tell MLflow")
            log.write(untracked or f"done: digest {result.digest}")
        except KeyboardInterrupt:
            log.write("interrupted")
            tracking.abandon("KILLED")
            raise
        except BaseException as error:
            log.write(f"ended: {error}")
            tracking.abandon("FAILED")
            raise
    clock.lap("end of workers")
    return Outcome(result, options.folder, clock, tracking.seconds, pace.forecast, untracked)


def checked_data(spec: StudySpec, table: Table | None = None) -> tuple[StudySpec, Space, StudyData]:
    """The data of a study, with its spec and space settled for it, once they are known to fit.

    Args:
        table: the rows, where they are not to be loaded from the spec's source.

    Raises:
        ExperimentError: the data breaks a rule, or they do not fit.
    """
    data = prepare(spec, os.environ, table)
    spec = spec.settled(data.target.task, data.folds.splitter)
    space = Space(spec)
    space.check(data.features, data.target)
    check_metric(spec.cv.metric, data.target, [data.development.y[validation] for _, validation in data.folds.pairs])
    return spec, space, data


def open_executor_of(options: Options, environment: Mapping[str, str], folder: StudyFolder) -> Executor:
    """Who computes, as the options say."""
    return open_executor(
        options.executor, options.workers, environment, folder.work, options.silence, options.ray_address
    )


def _load_what_comes_last() -> tuple[Any, Any]:
    """SciPy's statistics and matplotlib take a second to import, which is free while the workers start."""
    from experiments.look import take_look
    from experiments.publish import publish

    return take_look, publish


def _finalists(told: Sequence[Told]) -> list[Told]:
    """The winner, and the default where it is another and came to a score."""
    best, default = best_of(told), default_of(told)
    return [best] if default is None or default.result.number == best.result.number else [best, default]


def _ledger_record(ledger: Ledger, study: str, data: StudyData) -> LedgerRecord:
    past = ledger.past(study, data.test.known_by())
    return LedgerRecord(
        file=str(ledger.path),
        looks=past.looks,
        own=past.own,
        largest_overlap=past.largest_overlap,
        head=past.head,
        first=past.first,
    )
