"""A study that has begun: it is admitted, its record is open, and its workers have its inputs."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

from experiments.config.readable import printable
from experiments.config.regular_file import write_atomically
from experiments.config.spec import StudySpec
from experiments.data.identity.row_hashes import save_row_hashes
from experiments.data.table import Table
from experiments.evaluation.scoring.final_fits import FinalFits
from experiments.evaluation.scoring.ledger import Ledger
from experiments.evaluation.scoring.ledger_place import open_ledger
from experiments.evaluation.validation_rows import validation_file
from experiments.search.compiled.fill import fill
from experiments.search.context import StudyContext, prepare_study
from experiments.search.executors.base import Executor
from experiments.search.executors.one_kernel import described, one_kernel
from experiments.search.inputs import Inputs, share_inputs
from experiments.search.journal import Journal
from experiments.search.out_of_fold import OutOfFoldFiles
from experiments.search.trial import FinishedTrial
from experiments.study.running.admission import check_folder, check_ledger
from experiments.study.running.columns_line import columns_line
from experiments.study.running.default_rows import DefaultRows, default_rows, keep_default_rows, with_note
from experiments.study.running.memory import shortage, still_to_come
from experiments.study.running.options import RunContext, open_executor_of
from experiments.study.running.resume import check_enough_trials, start_or_resume, with_trials_so_far
from experiments.study.running.written_file import keep_study_file
from experiments.tracking.metadata import run_metadata


@dataclass(frozen=True)
class BegunStudy:
    """A study whose search can go on.

    ledger:   the record of all test evaluations.
    journal:  the record of its trials.
    outputs:  the files of out-of-fold outputs.
    trials:   the trials that are finished.
    executor: the workers.
    inputs:   the workers' inputs by each preprocessing.
    kernel:   the BLAS kernel that every worker has.
    fits:     the fits on all development rows; None if none is wanted.
    """

    study: StudyContext
    ledger: Ledger
    journal: Journal
    outputs: OutOfFoldFiles
    trials: Sequence[FinishedTrial]
    executor: Executor
    inputs: Inputs
    kernel: str
    fits: FinalFits | None

    def with_other_workers(self, run: RunContext, stack: ExitStack) -> BegunStudy:
        """Return the study with no more trials than it has, and with workers that have nothing else to compute."""
        self.executor.close()  # what is in flight is dropped, and so is what was shared
        self.outputs.remove_others([trial.result.number for trial in self.trials])
        study = with_trials_so_far(self.study, self.trials, run.options.folder)
        executor = stack.enter_context(open_executor_of(run.options, run.folder))
        one_kernel(executor.wait_for_workers(), self.trials, study.spec.study.arithmetic)
        inputs = share_inputs(study.space, study.data, executor.share)
        fits = None if self.fits is None else FinalFits(study, executor)
        return replace(self, study=study, executor=executor, inputs=inputs, fits=fits)


def begin_study(
    prepared: StudyContext | None, spec: StudySpec, table: Table | None, run: RunContext, stack: ExitStack
) -> BegunStudy:
    """Load the data, check that the study may run, open its record and start its workers.

    Args:
        prepared: the study, if its data is loaded already.
        table:    the rows, if they are not to be loaded from the spec's source.
        stack:    closes what is opened here.

    Raises:
        ExperimentError: the study cannot run.
    """
    fill(run.log.write)
    executor = stack.enter_context(open_executor_of(run.options, run.folder))  # workers start while the data is loaded
    study, ledger, rows = _admit(prepared or prepare_study(spec, table), run, spec.search.trials)
    stack.enter_context(run.folder.claimed(run.say))
    keep_default_rows(rows, run.folder)
    inputs = share_inputs(study.space, study.data, executor.share)  # what it refuses clears nothing
    journal, outputs, trials, uid = _open_record(study, run)
    kernel = _wait_for_workers(executor, run, study, trials)
    if run.options.executor == "local" and (short := shortage(still_to_come(inputs, run.options.workers))):
        run.say(f"memory: refits and baselines may take {short}.")
    run.tracking.start(run_metadata(study.spec, study.space, study.data, uid))
    run.clock.lap("start of tracking")
    # of a nested study all final models are fitted together, once it is analysed
    fits = None if run.options.look == "leave" or run.is_nested(spec) else FinalFits(study, executor)
    return BegunStudy(study, ledger, journal, outputs, trials, executor, inputs, kernel, fits)


def _admit(study: StudyContext, run: RunContext, asked: int) -> tuple[StudyContext, Ledger, DefaultRows | None]:
    """Check that the folder and the ledger allow the study; return it with the trials that it will have.

    What chose its default is returned as well.
    """
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
    rows = default_rows(study, run.folder, run.options)
    if (noted := with_note(study, rows)) is not study:
        run.say(printable(noted.data.notes[-1]))
    # last: what is wrong with the study is said first
    ledger = open_ledger(run.options.ledger, run.say, run.folder.check_held)
    check_ledger(study, run.folder, run.options, ledger)
    return noted, ledger, rows


def _open_record(study: StudyContext, run: RunContext) -> tuple[Journal, OutOfFoldFiles, list[FinishedTrial], str]:
    """Open the journal and the outputs in the folder; return them with the finished trials and the study's uid."""
    folder = run.folder
    if run.options.fresh:
        with run.tracking.alone():
            folder.clear()
    write_atomically(folder.row_hashes, save_row_hashes(study.data.test.known_by))
    write_atomically(folder.validated, validation_file(study.data.development, study.data.folds))
    journal = Journal(folder.journal, study.spec.study.name, folder.check_held)
    trials, run.clock.earlier = journal.trials(), journal.timing
    uid = start_or_resume(journal, study, folder.path)
    check_enough_trials(study.spec, trials, folder.path)
    keep_study_file(study, run)
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
