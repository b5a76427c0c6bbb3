"""A study that is finished already: recognised by its record, so that the command says so and stops."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack

from experiments.errors import ExperimentError, StudyStateError
from experiments.evaluation.ledger_place import open_ledger
from experiments.evaluation.results import StudyResult
from experiments.search.context import StudyContext
from experiments.search.journal import Journal
from experiments.search.stopping import possible_trials
from experiments.search.storage import OutOfFoldFiles
from experiments.search.trial import FinishedTrial
from experiments.study.admission import check_folder, ledger_reading
from experiments.study.folder import StudyFolder
from experiments.study.ledger_check import check_look_is_known, standing_of
from experiments.study.options import Options, Outcome, RunContext
from experiments.study.results_file import read_own_results
from experiments.study.resume import start_or_resume
from experiments.tracking.metadata import run_metadata
from experiments.tracking.outbox import read_outbox


def may_be_finished(folder: StudyFolder, options: Options) -> bool:
    """Tell, before any data is loaded, whether the folder holds results of this version that the run could end with."""
    path = folder.path / "results.json"
    if options.fresh or not path.exists() or not folder.journal.exists():
        return False
    try:
        return read_own_results(path).result.test is not None or options.look == "leave"
    except (ExperimentError, OSError):
        return False  # the study says what is wrong where it matters


def finish_again(study: StudyContext, run: RunContext) -> Outcome | None:
    """Write the pages of a finished study again, with the ledger as it is now; None if it is not finished."""
    from experiments.study.outputs import write_report

    options, folder, clock, tracking = run.options, run.folder, run.clock, run.tracking
    clock.lap("data")
    folder.check_free()
    study = check_folder(study, folder, options)
    ledger = open_ledger(options.ledger, run.say)
    recorded = read_own_results(folder.path / "results.json")
    with ExitStack() as stack:
        stack.enter_context(folder.claimed())
        journal = Journal(folder.journal)
        trials = journal.trials()
        if recorded.result.test is None and options.look != "leave":
            return None
        if not is_finished(recorded.result, study, folder, trials, journal.spent):
            return None
        check_look_is_known(ledger, folder, range(len(trials), len(trials) + 1), options.acknowledge_reuse)
        if standing_of(ledger, recorded) == "different":
            return None  # the test evaluation is entered anew
        seen = ledger_reading(ledger, study.identity, study.data.test.known_by)
        write_report(folder, recorded.result, trials, seen)
        clock.lap("report")
        untracked = None
        if options.register_as is not None or not tracking.has_everything(recorded.result.digest):
            tracking.load()
            stack.callback(tracking.dismiss)
            uid = start_or_resume(journal, study, folder.path)
            tracking.start(run_metadata(study.spec, study.space, study.data, uid))
            if options.register_as is not None:
                tracking.register(options.register_as)
            untracked = tracking.finish()
        clock.lap("left to tell MLflow")
    return Outcome(
        recorded.result, seen, options.folder, clock, tracking.seconds, untracked, tracking.goes_on, finished=True
    )


def is_finished(
    result: StudyResult, study: StudyContext, folder: StudyFolder, trials: Sequence[FinishedTrial], spent: float
) -> bool:
    """Tell whether the study has nothing left to compute but, perhaps, its test evaluation.

    Args:
        result: the results on record.
        trials: those in its journal.
        spent:  seconds that its search took, over all runs.
    """
    count, data, split = len(trials), study.data, result.split
    possible = possible_trials([trial.result for trial in trials], study.spec.search, spent)
    if not trials or possible != range(count, count + 1) or len(result.trials) != count:
        return False
    same = (
        result.spec == study.with_trials(count).spec.to_document()
        and result.data.fingerprint == data.fingerprint
        and (split.test_fingerprint, split.folds_fingerprint) == (data.test.fingerprint, data.folds.fingerprint)
    )
    return same and _files_are_there(trials, result, folder)


def _files_are_there(trials: Sequence[FinishedTrial], result: StudyResult, folder: StudyFolder) -> bool:
    """Tell whether the files are there that only the computation could bring back."""
    outputs = OutOfFoldFiles(folder.out_of_fold)
    complete = [trial.result for trial in trials if trial.result.state == "COMPLETE"]
    kept = all(one.out_of_fold and outputs.content(one) is not None for one in complete)
    try:
        outbox = read_outbox(folder.path)
    except StudyStateError:  # a damaged one is written anew by a whole run
        return False
    concluded = outbox is not None and outbox.outcome is not None and outbox.outcome.digest == result.digest
    return kept and concluded and (result.test is None or (folder.path / "model").is_dir())
