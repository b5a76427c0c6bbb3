"""The main job: a study file becomes a study. `run_study` is the list of its steps."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rich.console import Console

from experiments.config.default_study import study_text
from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.data.row_hashes import save_row_hashes
from experiments.data.table import Table
from experiments.errors import StudyStateError
from experiments.evaluation.analysis import analyse
from experiments.evaluation.assemble import assemble
from experiments.evaluation.choice import Choice
from experiments.evaluation.final_fits import FinalFits
from experiments.evaluation.ledger import Ledger
from experiments.evaluation.ledger_place import open_ledger
from experiments.evaluation.model import write_model
from experiments.evaluation.provenance import provenance
from experiments.evaluation.records import UncertaintyRecord
from experiments.evaluation.results import StudyResult
from experiments.evaluation.validation_rows import validation_file
from experiments.search.arithmetic import processor, resolved
from experiments.search.compiled.fill import fill
from experiments.search.context import StudyContext, prepare_study
from experiments.search.executors.base import Executor
from experiments.search.executors.create import described, one_kernel
from experiments.search.inputs import Inputs, share_inputs
from experiments.search.journal import Journal
from experiments.search.loop import NONE
from experiments.search.pruning import quiet_optuna
from experiments.search.samplers import check_installed
from experiments.search.storage import OutOfFoldFiles, write_atomically
from experiments.search.trial import FinishedTrial, InterventionKind
from experiments.study.admission import check_folder, check_ledger, ledger_reading
from experiments.study.columns import columns_line, with_decided
from experiments.study.console import printable
from experiments.study.finished import INPUT, finish_again, has_input, input_digests, recorded_end
from experiments.study.memory import shortage, still_to_come
from experiments.study.nested import Nested, OuterInput
from experiments.study.options import (
    Options,
    Outcome,
    RunContext,
    has_arithmetic,
    new_run,
    open_executor_of,
    study_environment,
)
from experiments.study.process import call
from experiments.study.resume import check_enough_trials, restore, start_or_resume, with_trials_so_far
from experiments.study.search_run import SearchRun
from experiments.study.written_file import is_later, write_study_file
from experiments.tracking.metadata import run_metadata, study_outcome
from experiments.tracking.uris import shown

if TYPE_CHECKING:
    from experiments.evaluation.last_fit import LastFit


def run_study(
    spec: StudySpec,
    options: Options,
    console: Console,
    interventions: Mapping[int, InterventionKind] = NONE,
    table: Table | None = None,
    outer: Sequence[OuterInput] = (),
) -> Outcome:
    """Search, refit, score once, and write everything down. Of a study that is finished, only its pages are written.

    The studies of outer folds come first.

    Args:
        interventions: the trials that are not computed, each with what ended it in the study that is repeated.
        table:         the rows, if they are not to be loaded from the spec's source.
        outer:         what is known beforehand of the study of each outer fold; nothing, if it is empty.

    Raises:
        ExperimentError: in one line, what is wrong. Every finished trial is in the journal.
        KeyboardInterrupt: passed on after the workers were stopped and MLflow was informed.
    """
    Space(spec)  # refuses at once what no data could make right
    check_installed(spec.search)
    arithmetic, obstacle = resolved(spec.study.arithmetic, spec.search.sampler, processor())
    if obstacle is not None:
        line = f"study.arithmetic: native, as {obstacle}; the last bits may differ on another machine."
        console.print(line, markup=False, soft_wrap=True)
    spec = spec.with_arithmetic(arithmetic)
    if not has_arithmetic(spec, options):
        arguments = (spec, options, console, dict(interventions), table, tuple(outer))
        return call(study_environment(spec, options), run_study, *arguments)
    run = new_run(options, console)
    quiet_optuna()
    if (nested := Nested.of(spec, run, table, outer)) is not None:
        with nested.runs() as studies:
            for of_fold, ours, ended, rows in studies:
                run_study(of_fold, ours, console, ended, rows)
        options = replace(options, fresh=False)  # everything was cleared before the first of them
        run = replace(run, options=options)
        run.clock.lap("outer studies")
    with ExitStack() as stack:
        progress = stack.enter_context(run.progress)
        progress.stage("loading the data")
        digests, study = input_digests(spec, given=table is not None), None
        if (recorded := recorded_end(run.folder, options)) is not None:
            is_known = has_input(recorded, digests) and not (options.document and is_later(run.folder))
            study = None if is_known else prepare_study(spec, table)
            if (outcome := finish_again(recorded, run, study, spec.texts)) is not None:
                return outcome
        fill(run.log.write)
        executor = stack.enter_context(open_executor_of(options, run.folder))  # workers start while the data is loaded
        study, ledger = _admit(study or prepare_study(spec, table), run, spec.search.trials)
        stack.enter_context(run.folder.claimed(run.say))
        inputs = share_inputs(study.space, study.data, executor.share)  # what it refuses clears nothing
        journal, outputs, trials, uid = _open_record(study, run)
        kernel = _wait_for_workers(executor, run, study, trials)
        if options.executor == "local" and (short := shortage(still_to_come(inputs, options.workers))):
            run.say(f"memory: refits and baselines may take {short}.")
        run.tracking.start(run_metadata(study.spec, study.space, study.data, uid))
        run.clock.lap("start of tracking")
        with _end_on_record(run, journal):
            fits = None if options.look == "leave" or nested else FinalFits(study, executor)
            search = SearchRun(study, run, journal, outputs, kernel, interventions, fits)
            trials = search.finish(trials, executor, inputs)
            trials, lost = restore(study, trials, outputs, inputs, executor)
            if lost:
                run.log.write(f"out-of-fold outputs of {lost} trials were computed again")
            if len(trials) < study.spec.search.trials:
                executor.close()  # what is in flight is dropped, and so is what was shared
                outputs.remove_others([trial.result.number for trial in trials])
                study, executor, inputs = _restart(study, run, trials, stack)
                fits = None if fits is None else FinalFits(study, executor)
            run.clock.lap("search")
            progress.stage("analysing the search" if fits is None else "analysing the search, and refitting meanwhile")
            choice = Choice(study, trials, outputs, executor)
            if fits is not None:
                fits.begin(choice.finalists)  # they are fitted beside the analysis
            meanwhile = None if fits is None else fits.begin_baselines
            analysis = analyse(study, trials, choice, inputs, executor, meanwhile)
            run.clock.lap("analysis")
            scored = None if fits is None else _score(fits, run, choice.finalists, ledger, analysis.uncertainty)
            if nested is not None and options.look != "leave":
                scored = nested.score(study, choice.finalists, analysis.uncertainty, ledger, executor)
            run.clock.lap("refit and look")
            if options.look == "only" and study.spec.search.trials < spec.search.trials:
                digests = {}  # the same input goes on to the trials that the study file asks for
            seen = ledger_reading(ledger, study.identity, study.data.test.known_by)
            test, made_by = None if scored is None else scored.record, _provenance(study, options, kernel, digests)
            result = assemble(study, trials, test, seen, made_by, run.clock.total(), analysis)
            if nested is not None:
                result = replace(result, outer=nested.record(study) if scored is None else scored.outer)
            untracked = _publish(run, result, trials, scored)
            journal.keep_timing(run.clock.total())
    run.clock.lap("end of workers")
    return Outcome(
        result,
        seen,
        options.folder,
        run.clock,
        run.tracking.seconds,
        untracked,
        run.tracking.goes_on,
        registered=run.tracking.registered,
    )


def _admit(study: StudyContext, run: RunContext, asked: int) -> tuple[StudyContext, Ledger]:
    """Check that the folder and the ledger allow the study; return it with the trials that it will have."""
    if study.spec.search.trials < asked:
        run.say(f"the grid has no more than {study.spec.search.trials} trials: the study is complete with them.")
    if not run.options.label:  # of an outer study the whole study says nearly the same
        for note in study.data.notes:
            run.say(printable(note))
    run.clock.lap("data")
    if study.data.reading is not None and not run.options.label:
        run.say(columns_line(study.data, study.data.reading))
    run.folder.check_free()
    study = check_folder(study, run.folder, run.options)
    # last: what is wrong with the study is said first
    ledger = open_ledger(run.options.ledger, run.say, run.folder.check_held)
    check_ledger(study, run.folder, run.options, ledger)
    return study, ledger


def _open_record(study: StudyContext, run: RunContext) -> tuple[Journal, OutOfFoldFiles, list[FinishedTrial], str]:
    """Open the journal and the outputs in the folder; return them with the finished trials and the study's uid."""
    folder, options = run.folder, run.options
    if options.fresh:
        with run.tracking.alone():
            folder.clear()
    write_atomically(folder.row_hashes, save_row_hashes(study.data.test.known_by))
    write_atomically(folder.validated, validation_file(study.data.development, study.data.folds))
    journal = Journal(folder.journal, study.spec.study.name, folder.check_held)
    trials, run.clock.earlier = journal.trials(), journal.timing
    uid = start_or_resume(journal, study, folder.path)
    check_enough_trials(study.spec, trials, folder.path)
    if options.document is not None:
        document = with_decided(options.document, study.data.decided)
        write_study_file(folder, study_text(document, folder.path), run.say)
    run.clock.lap("folder, journal, folds")
    run.log.write(f"{len(trials)} of {study.spec.search.trials} trials finished before")
    predicted = sum(len(validation) for _, validation in study.data.folds.pairs)
    outputs = OutOfFoldFiles(folder.out_of_fold, (predicted, study.data.development.target))
    return journal, outputs, trials, uid


def _wait_for_workers(executor: Executor, run: RunContext, study: StudyContext, trials: Sequence[FinishedTrial]) -> str:
    """Wait until the workers have started; return the BLAS kernel that all of them, and these trials, have."""
    run.progress.stage("starting the workers")
    workers = executor.wait_for_workers()
    kernel = one_kernel(workers, trials, study.spec.study.arithmetic)
    run.clock.lap("waiting for workers to start")
    run.log.write(f"{run.options.executor}: {described(workers)}")
    return kernel


def _restart(
    study: StudyContext, run: RunContext, trials: Sequence[FinishedTrial], stack: ExitStack
) -> tuple[StudyContext, Executor, Inputs]:
    """Start other workers for the study with the trials that it has, and share the folds with them."""
    study = with_trials_so_far(study, trials, run.options.folder)
    executor = stack.enter_context(open_executor_of(run.options, run.folder))
    one_kernel(executor.wait_for_workers(), trials, study.spec.study.arithmetic)
    return study, executor, share_inputs(study.space, study.data, executor.share)


@contextmanager
def _end_on_record(run: RunContext, journal: Journal) -> Iterator[None]:
    """Write down, in the log, MLflow and the journal, that an error or an interruption ended the run."""
    try:
        yield
    except BaseException as error:
        interrupted = isinstance(error, KeyboardInterrupt)
        run.log.write("interrupted" if interrupted else f"ended: {error}")
        run.tracking.abandon("KILLED" if interrupted else "FAILED")
        with suppress(StudyStateError):  # the disk may be full, which is what ended it
            journal.keep_timing(run.clock.total(current="what was interrupted"))
        raise


def _score(
    fits: FinalFits,
    run: RunContext,
    finalists: Sequence[FinishedTrial],
    ledger: Ledger,
    uncertainty: UncertaintyRecord | None,
) -> LastFit:
    """Score the final models on the test rows."""
    from experiments.evaluation.last_fit import last_fit

    run.progress.stage("refitting the best configuration")
    fits.wait()
    run.progress.stage("scoring the test rows")
    run.log.write(f"refit and test: trials {', '.join(str(trial.result.number) for trial in finalists)}")
    return last_fit(fits, finalists, ledger, run.options.acknowledge_reuse, uncertainty)


def _provenance(study: StudyContext, options: Options, kernel: str, digests: Mapping[str, str]) -> dict[str, Any]:
    made = provenance(
        kernel,
        {"study": study.spec.study.seed, "split": study.spec.data.split_seed},
        options.workers,
        shown(options.tracking_uri),
        os.environ,
        options.executor,
        options.planned,
    )
    return {**made, INPUT: dict(digests)} if digests else made


def _publish(
    run: RunContext, result: StudyResult, trials: Sequence[FinishedTrial], scored: LastFit | None
) -> str | None:
    """Write the model, the pages and MLflow's records; return a line about what MLflow lacks."""
    from experiments.study.outputs import publish

    run.progress.stage("writing the report")
    run.folder.check_held()
    OutOfFoldFiles(run.folder.out_of_fold).flush()
    if scored is not None:
        write_model(scored.model, run.folder.path / "model")
    losses = () if scored is None else scored.losses
    run.tracking.conclude(study_outcome(result, losses, run.options.register_as, time.time()))
    publish(run.folder, result, trials)
    run.clock.lap("report")
    untracked = run.tracking.finish()
    run.clock.lap("left to tell MLflow")
    run.log.write(untracked or f"done: digest {result.digest}")
    return untracked
