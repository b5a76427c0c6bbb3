"""A study that is finished already: recognised by its record, so that the command says so and stops."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack

from experiments.config.space import Space
from experiments.config.spec import StudySpec
from experiments.data.prepare import StudyData
from experiments.errors import ExperimentError, StudyStateError
from experiments.evaluation.ledger_place import open_ledger
from experiments.evaluation.results import StudyResult
from experiments.search.journal import Journal
from experiments.search.stopping import possible_trials
from experiments.search.storage import OutOfFoldFiles
from experiments.search.trial import FinishedTrial
from experiments.study.admission import check_folder, ledger_reading
from experiments.study.folder import StudyFolder
from experiments.study.ledger_check import check_look_is_known, standing_of
from experiments.study.options import Options, Outcome
from experiments.study.results_file import read_own_results
from experiments.study.resume import start_or_resume, study_identity
from experiments.study.timing import Clock
from experiments.tracking.metadata import run_metadata
from experiments.tracking.outbox import read_outbox
from experiments.tracking.tracker import Tracking


def may_be_finished(folder: StudyFolder, options: Options) -> bool:
    """Tell, before any data is loaded, whether the folder holds results that the run could end with."""
    result = None if options.fresh else recorded_result(folder)
    return result is not None and (result.test is not None or options.look == "leave")


def finish_again(
    spec: StudySpec,
    space: Space,
    data: StudyData,
    folder: StudyFolder,
    options: Options,
    tracking: Tracking,
    clock: Clock,
    say: Callable[[str], object],
) -> Outcome | None:
    """Write the pages of a study that is finished with the ledger as it is now; None where it is not finished."""
    from experiments.study.outputs import write_report

    clock.lap("data")
    study = study_identity(spec, data)
    folder.check_free()
    spec = check_folder(spec, data, folder, options)
    ledger = open_ledger(options.ledger, say)
    recorded = read_own_results(folder.path / "results.json")
    with ExitStack() as stack:
        folder.claim()
        stack.callback(folder.release)
        journal = Journal(folder.journal)
        if not is_finished(recorded.result, spec, data, folder, journal, options.look != "leave"):
            return None
        count = len(recorded.result.trials)
        check_look_is_known(ledger, folder, range(count, count + 1), options.acknowledge_reuse)
        if standing_of(ledger, recorded) == "different":
            return None  # the same look is entered anew
        seen = ledger_reading(ledger, study, data.test.known_by)
        write_report(folder, recorded.result, journal.trials(), seen)
        clock.lap("report")
        tracking.load()
        stack.callback(tracking.dismiss)
        tracking.start(run_metadata(spec, space, data, start_or_resume(journal, spec, data, folder.path)))
        if options.register_as is not None:
            tracking.register(options.register_as)
        untracked = tracking.finish()
        clock.lap("left to tell MLflow")
    return Outcome(recorded.result, seen, options.folder, clock, tracking.seconds, None, untracked, finished=True)


def recorded_result(folder: StudyFolder) -> StudyResult | None:
    """Read the results in the folder; None where there are none that this version wrote."""
    path = folder.path / "results.json"
    try:
        return read_own_results(path).result if path.exists() and folder.journal.exists() else None
    except (ExperimentError, OSError):
        return None  # the study says what is wrong where it matters


def is_finished(
    result: StudyResult, spec: StudySpec, data: StudyData, folder: StudyFolder, journal: Journal, test: bool
) -> bool:
    """Tell whether the study has nothing left to compute.

    Args:
        result:  the results on record.
        spec:    the study as it is asked for, settled for its data.
        journal: of the study in the folder, which is known to be this one.
        test:    the final models are to be scored on the test rows.
    """
    told = journal.trials()
    if result.test is None and test:
        return False
    if not _ended(told, spec, journal.spent) or len(result.trials) != len(told):
        return False
    ended = spec.model_copy(update={"search": spec.search.model_copy(update={"trials": len(told)})})
    split = result.split
    same = (
        result.spec == ended.to_document()
        and result.data.fingerprint == data.fingerprint
        and (split.test_fingerprint, split.folds_fingerprint) == (data.test.fingerprint, data.folds.fingerprint)
    )
    return same and _files_are_there(told, result, folder)


def _ended(told: Sequence[FinishedTrial], spec: StudySpec, spent: float) -> bool:
    """Tell whether no trial is left to run."""
    if not told:
        return False
    return possible_trials([one.result for one in told], spec.search, spent) == range(len(told), len(told) + 1)


def _files_are_there(told: Sequence[FinishedTrial], result: StudyResult, folder: StudyFolder) -> bool:
    """Tell whether the files are there that only the computation could bring back."""
    outputs = OutOfFoldFiles(folder.out_of_fold)
    complete = [one.result for one in told if one.result.state == "COMPLETE"]
    kept = all(one.out_of_fold and outputs.content(one) is not None for one in complete)
    try:
        outbox = read_outbox(folder.path)
    except StudyStateError:  # a damaged one is written anew by a whole run
        return False
    concluded = outbox is not None and outbox.outcome is not None and outbox.outcome.digest == result.digest
    return kept and concluded and (result.test is None or (folder.path / "model").is_dir())
