"""The main job: a spec becomes a study. `run_study` reads top to bottom like the promises it keeps."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from functools import partial
from typing import Any

from rich.console import Console

from experiments.config.grid import within_grid
from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.data.prepare import StudyData, prepare
from experiments.data.row_hashes import save_row_hashes
from experiments.data.table import Table
from experiments.errors import StudyStateError
from experiments.evaluation.analysis import analyse
from experiments.evaluation.assemble import assemble, best_of, default_of
from experiments.evaluation.ledger_place import open_ledger
from experiments.evaluation.model import write_model
from experiments.evaluation.provenance import provenance
from experiments.search.executors.base import Executor, blas_kernel
from experiments.search.executors.create import described, one_kernel, open_executor
from experiments.search.inputs import share_inputs
from experiments.search.journal import Journal
from experiments.search.loop import NONE
from experiments.search.pruning import quiet_optuna
from experiments.search.samplers import check_installed
from experiments.search.scorers import check_metric
from experiments.search.stopping import Budget
from experiments.search.storage import OutOfFoldFiles, write_atomically
from experiments.search.trial import FinishedTrial, InterventionKind
from experiments.study.admission import check_folder, check_ledger, ledger_reading
from experiments.study.finished import finish_again, may_be_finished
from experiments.study.folder import StudyFolder, StudyLog
from experiments.study.forecast.after_search import after_search
from experiments.study.forecast.forecast import Pace
from experiments.study.options import Options, Outcome
from experiments.study.resume import check_enough_trials, restore, start_or_resume, study_identity, with_trials_so_far
from experiments.study.search_run import SearchRun
from experiments.study.timing import Clock
from experiments.tracking.metadata import run_metadata, study_outcome
from experiments.tracking.tracker import Tracking
from experiments.tracking.uris import masked
from nnet.blas import computing_environment, cpu_flags


def run_study(
    spec: StudySpec,
    options: Options,
    console: Console,
    interventions: Mapping[int, InterventionKind] = NONE,
    table: Table | None = None,
) -> Outcome:
    """Search, refit, look once, and write everything down. Of a study that is finished, only its pages are written.

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
    folder, prepared = StudyFolder(options.folder), None
    say = partial(console.print, markup=False)
    tracking = Tracking(folder.path, options.tracking_uri, options.artifacts, say)
    if may_be_finished(folder, options):
        prepared = checked_data(spec, table)
        if (outcome := finish_again(*prepared, folder, options, tracking, clock, say)) is not None:
            return outcome
    with ExitStack() as stack:
        later = stack.enter_context(ThreadPoolExecutor(1)).submit(_load_what_comes_last)
        tracking.load()  # it starts while we load, and so do the workers
        stack.callback(tracking.dismiss)
        executor = stack.enter_context(open_executor_of(options, environment, folder))
        asked = spec.search.trials
        spec, space, data = prepared or checked_data(spec, table)
        if spec.search.trials < asked:
            console.print(f"the grid has no more than {spec.search.trials} trials: the study is complete with them.")
        clock.lap("data")
        study = study_identity(spec, data)
        log = StudyLog(folder.log)
        folder.check_free()
        spec = check_folder(spec, data, folder, options)
        ledger = open_ledger(options.ledger, say)  # last: what is wrong with the study is said first
        check_ledger(spec, data, folder, options, study, ledger)
        folder.claim()
        stack.callback(folder.release)
        inputs = share_inputs(space, data, executor.share)  # what it refuses clears nothing
        if options.fresh:
            folder.clear()
        write_atomically(folder.row_hashes, save_row_hashes(data.test.known_by))
        journal, outputs = Journal(folder.journal), OutOfFoldFiles(folder.out_of_fold)
        told, spent, clock.earlier = journal.trials(), journal.spent, journal.timing
        uid = start_or_resume(journal, spec, data, folder.path)
        check_enough_trials(spec, told, folder.path)
        if options.study_file is not None:
            folder.keep("study.toml", options.study_file)
        clock.lap("folder, journal, folds")
        greetings = executor.wait_for_workers()
        kernel = one_kernel(greetings, told)
        clock.lap("waiting for workers to start")
        tracking.start(run_metadata(spec, space, data, uid))
        log.write(f"{len(told)} of {spec.search.trials} trials told before; {options.executor}: {described(greetings)}")
        width = max(x.shape[1] for way in inputs.values() for x in way.features)
        after = after_search(spec, space, data, width, options.workers, options.look != "leave")
        pace = Pace(spec.search.trials - len(told), options.workers, spec.search.lookahead, after)
        budget = Budget(spec.search.budget_minutes * 60 or None, spent, time.monotonic)
        searching = SearchRun(spec, space, kernel, interventions, budget, journal, outputs, log, console, clock, pace)
        clock.lap("start of tracking")
        try:
            told = searching.run(told, executor, inputs)
            told, lost = restore(spec, space, told, outputs, inputs, executor)
            if lost:
                log.write(f"out-of-fold outputs of {lost} trials were computed again")
            if len(told) < spec.search.trials:
                spec = with_trials_so_far(spec, told, folder.path)
                executor.close()  # what is in flight is dropped
                outputs.remove_others([one.result.number for one in told])
                executor = stack.enter_context(open_executor_of(options, environment, folder))
                one_kernel(executor.wait_for_workers(), told)
                inputs = share_inputs(space, data, executor.share)  # what was shared went with who shared it
            clock.lap("search")
            analysis = analyse(spec, space, data, told, outputs, inputs, executor)
            clock.lap("analysis")
            last_fit, publish = later.result()
            scored = None
            if options.look != "leave":
                finalists = _finalists(told)
                log.write(f"refit and look: trials {', '.join(str(one.result.number) for one in finalists)}")
                scored = last_fit(
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
            seen = ledger_reading(ledger, study, data.test.known_by)
            result = assemble(
                spec,
                data,
                told,
                None if scored is None else scored.record,
                seen,
                provenance(
                    kernel,
                    {"study": spec.study.seed, "split": spec.data.split_seed},
                    options.workers,
                    masked(options.tracking_uri),
                    os.environ | environment,
                    options.executor,
                    options.planned,
                ),
                clock.total(),
                analysis,
            )
            if scored is not None:
                write_model(scored.model, folder.path / "model")
            losses = () if scored is None else scored.losses
            tracking.conclude(study_outcome(result, losses, options.register_as, time.time()))
            publish(folder, result, told)
            clock.lap("report")
            untracked = tracking.finish()
            clock.lap("left to tell MLflow")
            log.write(untracked or f"done: digest {result.digest}")
            journal.keep_timing(clock.total())
        except BaseException as error:
            interrupted = isinstance(error, KeyboardInterrupt)
            log.write("interrupted" if interrupted else f"ended: {error}")
            tracking.abandon("KILLED" if interrupted else "FAILED")
            with suppress(StudyStateError):  # the disk may be full, which is what ended it
                journal.keep_timing(clock.total(current="what was interrupted"))
            raise
    clock.lap("end of workers")
    return Outcome(result, seen, options.folder, clock, tracking.seconds, pace.forecast, untracked)


def checked_data(spec: StudySpec, table: Table | None = None) -> tuple[StudySpec, Space, StudyData]:
    """The data of a study, with its spec and space settled for it, once they are known to fit.

    A grid that has fewer points than the study has trials ends the study.

    Args:
        table: the rows, where they are not to be loaded from the spec's source.

    Raises:
        ExperimentError: the data breaks a rule, or they do not fit.
    """
    data = prepare(spec, os.environ, table)
    spec = spec.with_inferred_settings(data.target.task, data.folds.splitter)
    space = Space(spec)
    spec = within_grid(space, spec)
    space.check(data.features, data.target)
    check_metric(spec.cv.metric, data.target, [data.development.y[validation] for _, validation in data.folds.pairs])
    return spec, space, data


def open_executor_of(options: Options, environment: Mapping[str, str], folder: StudyFolder) -> Executor:
    """Who computes, as the options say."""
    return open_executor(
        options.executor, options.workers, environment, folder.work, options.worker_timeout, options.ray_address
    )


def _load_what_comes_last() -> tuple[Any, Any]:
    """SciPy's statistics and matplotlib take a second to import, which is free while the workers start."""
    from experiments.evaluation.last_fit import last_fit
    from experiments.study.outputs import publish

    return last_fit, publish


def _finalists(told: Sequence[FinishedTrial]) -> list[FinishedTrial]:
    """The winner, and the default where it is another and came to a score."""
    best, default = best_of(told), default_of(told)
    return [best] if default is None or default.result.number == best.result.number else [best, default]
