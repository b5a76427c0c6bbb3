"""The main job: a study file becomes a study. `run_study` is the list of its steps."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.console import Console

from experiments.config.spec import StudySpec
from experiments.data.table import Table
from experiments.errors import StudyStateError
from experiments.evaluation.analysis.analyse import analyse
from experiments.evaluation.analysis.choice import Choice
from experiments.evaluation.assemble import assemble
from experiments.evaluation.final_model.model import write_model
from experiments.evaluation.records.analysis_record import AnalysisRecord, UncertaintyRecord
from experiments.evaluation.records.provenance import provenance
from experiments.evaluation.records.results import LedgerRecord, StudyResult
from experiments.search.arithmetic import processor, resolved
from experiments.search.journal import Journal
from experiments.search.loop import NONE
from experiments.search.out_of_fold import OutOfFoldFiles
from experiments.search.pruning import quiet_optuna
from experiments.search.samplers import check_installed
from experiments.search.trial import FinishedTrial, InterventionKind
from experiments.study.command.console import print_sentence
from experiments.study.command.process import call
from experiments.study.running.admission import ledger_reading
from experiments.study.running.begun import BegunStudy, begin_study
from experiments.study.running.finished import INPUT, input_digests, recorded_digests, recorded_outcome
from experiments.study.running.nested import Nested, OuterInput
from experiments.study.running.options import Options, Outcome, RunContext, has_arithmetic, new_run, study_environment
from experiments.study.running.resume import restore
from experiments.study.running.search_run import finish_search
from experiments.tracking.metadata import study_outcome
from experiments.tracking.uris import shown

if TYPE_CHECKING:
    from experiments.evaluation.scoring.last_fit import LastFit


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
    check_installed(spec.search)
    arithmetic, obstacle = resolved(spec.study.arithmetic, spec.search.sampler, processor())
    if obstacle is not None:
        line = f"study.arithmetic: native, as {obstacle}; the last bits may differ on another machine."
        print_sentence(console, line)
    spec = spec.with_arithmetic(arithmetic)
    if not has_arithmetic(spec, options):
        arguments = (spec, options, console, dict(interventions), table, tuple(outer))
        return call(study_environment(spec, options), run_study, *arguments)
    run = new_run(options, console)
    quiet_optuna()
    nested = Nested(spec, run, table, outer) if run.is_nested(spec) else None
    if nested is not None:
        with nested.runs() as studies:
            for of_fold, ours, ended, rows in studies:
                run_study(of_fold, ours, console, ended, rows)
        run = replace(run, options=replace(options, fresh=False))  # everything was cleared before the first of them
        run.clock.lap("outer studies")
    with ExitStack() as stack:
        stack.enter_context(run.progress).stage("loading the data")
        digests = input_digests(spec, given=table is not None)
        outcome, study = recorded_outcome(spec, run, table, digests)
        if outcome is not None:
            return outcome
        begun = begin_study(study, spec, table, run, stack)
        with _end_on_record(run, begun.journal):
            begun = _searched(begun, run, interventions, stack)
            finalists, analysis = _analysed(begun, run)
            scored = _scored(begun, run, nested, finalists, analysis.uncertainty)
            if options.look == "only" and begun.study.spec.search.trials < spec.search.trials:
                digests = {}  # the same input goes on to the trials that the study file asks for
            digests = recorded_digests(digests, spec, begun.study.data.decided)
            result, seen = _result(begun, run, nested, scored, analysis, digests)
            untracked = _publish(run, result, begun.trials, scored)
            begun.journal.keep_timing(run.clock.total())
    run.clock.lap("end of workers")
    return run.outcome(result, seen, untracked)


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


def _searched(
    begun: BegunStudy, run: RunContext, interventions: Mapping[int, InterventionKind], stack: ExitStack
) -> BegunStudy:
    """Run the trials that are missing; return the study with all of them."""
    trials = finish_search(begun, run, interventions)
    trials, lost = restore(begun.study, trials, begun.outputs, begun.inputs, begun.executor)
    if lost:
        run.log.write(f"out-of-fold outputs of {lost} trials were computed again")
    begun = replace(begun, trials=tuple(trials))
    if len(trials) < begun.study.spec.search.trials:  # it ended early
        begun = begun.with_other_workers(run, stack)
    run.clock.lap("search")
    return begun


def _analysed(begun: BegunStudy, run: RunContext) -> tuple[Sequence[FinishedTrial], AnalysisRecord]:
    """Choose the configurations that are refitted, and analyse the search beside their refits."""
    fits = begun.fits
    run.progress.stage("analysing the search" if fits is None else "analysing the search, and refitting meanwhile")
    choice = Choice(begun.study, begun.trials, begun.outputs, begun.executor)
    if fits is not None:
        fits.begin(choice.finalists)
    meanwhile = None if fits is None else fits.begin_baselines
    analysis = analyse(begun.study, begun.trials, choice, begun.inputs, begun.executor, meanwhile)
    run.clock.lap("analysis")
    return choice.finalists, analysis


def _scored(
    begun: BegunStudy,
    run: RunContext,
    nested: Nested | None,
    finalists: Sequence[FinishedTrial],
    uncertainty: UncertaintyRecord | None,
) -> LastFit | None:
    """Score the final models on the test rows, or the procedure on the outer folds; None if neither is wanted."""
    scored = None
    if begun.fits is not None:
        from experiments.evaluation.scoring.last_fit import last_fit

        run.progress.stage("refitting the best configuration")
        begun.fits.wait()
        run.progress.stage("scoring the test rows")
        run.log.write(f"refit and test: trials {', '.join(str(trial.result.number) for trial in finalists)}")
        scored = last_fit(begun.fits, finalists, begun.ledger, run.options.acknowledge_reuse, uncertainty)
    elif nested is not None and run.options.look != "leave":
        scored = nested.score(begun.study, finalists, uncertainty, begun.ledger, begun.executor)
    run.clock.lap("refit and look")
    return scored


def _result(
    begun: BegunStudy,
    run: RunContext,
    nested: Nested | None,
    scored: LastFit | None,
    analysis: AnalysisRecord,
    digests: Mapping[str, str],
) -> tuple[StudyResult, LedgerRecord]:
    """Put the result together; return it with what the ledger says of its test rows."""
    study, options = begun.study, run.options
    made_by = provenance(
        begun.kernel,
        {"study": study.spec.study.seed, "split": study.spec.data.split_seed},
        options.workers,
        shown(options.tracking_uri),
        os.environ,
        options.executor,
        options.planned,
    )
    if digests:
        made_by[INPUT] = dict(digests)
    seen = ledger_reading(begun.ledger, study.identity, study.data.test.known_by)
    test = None if scored is None else scored.record
    result = assemble(study, begun.trials, test, seen, made_by, run.clock.total(), analysis)
    if nested is not None:
        result = replace(result, outer=nested.record(study) if scored is None else scored.outer)
    return result, seen


def _publish(
    run: RunContext, result: StudyResult, trials: Sequence[FinishedTrial], scored: LastFit | None
) -> str | None:
    """Write the model, the pages and MLflow's records; return a line about what MLflow lacks."""
    from experiments.study.folders.finished_files import write_report, write_results

    run.progress.stage("writing the report")
    run.folder.check_held()
    OutOfFoldFiles(run.folder.out_of_fold).flush()
    if scored is not None:
        write_model(scored.model, run.folder.path / "model")
    losses = () if scored is None else scored.losses
    run.tracking.conclude(study_outcome(result, losses, run.options.register_as, time.time()))
    write_report(run.folder, result, trials, result.ledger)
    write_results(run.folder.results, result)  # last: by it the study is known to be finished
    run.clock.lap("report")
    untracked = run.tracking.finish()
    run.clock.lap("left to tell MLflow")
    run.log.write(untracked or f"done: digest {result.digest}")
    return untracked
