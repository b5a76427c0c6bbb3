"""The checks before a study begins: first those of its folder, last those of the ledger. Nothing is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from experiments.config.default_study import STUDY_FILE
from experiments.data.identity.row_hashes import RowHashes
from experiments.errors import StudyStateError
from experiments.evaluation.records.results import LedgerRecord
from experiments.evaluation.scoring.ledger import Ledger
from experiments.search.context import StudyContext
from experiments.search.journal import study_errors
from experiments.search.journal_reader import JournalView, view_journal
from experiments.search.stopping import possible_trials
from experiments.study.folders.folder import StudyFolder
from experiments.study.folders.ledger_check import check_ledger_is_whole, check_look_is_known
from experiments.study.folders.results_file import Recorded, known_rows
from experiments.study.running.options import Options
from experiments.study.running.resume import (
    check_enough_trials,
    check_same_study,
    recorded_identity,
    with_trials_so_far,
)


def view_of(folder: StudyFolder, options: Options) -> JournalView:
    """Read the journal that the run goes on with; an empty one if it starts anew.

    Raises:
        StudyStateError: the file is no journal of ours, which --fresh must not remove either.
    """
    view = view_journal(folder.journal)
    return JournalView() if options.fresh else view


def check_folder(study: StudyContext, folder: StudyFolder, options: Options) -> StudyContext:
    """Check that the folder can hold this study and that what it holds is this study.

    Returns:
        the study with the trials that it will have: of a try or of `--score`, those that are there already count.

    Raises:
        StudyStateError: the folder holds something else, or no trial that could be scored.
    """
    folder.check_place()
    folder.check_no_stranger()
    view = view_of(folder, options)
    if view.identity is not None:
        has_file = options.document is not None and (folder.path / STUDY_FILE).is_file()
        check_same_study(view.identity, study, folder.path, has_file)
        with study_errors(folder.journal, "read"):
            for trial in view.trials:
                study.space.candidate(trial.params)  # which refuses parameters that no trial can have
    if options.look == "only":
        if not view.trials:
            raise StudyStateError(f"--score: {folder.path} holds no trial to score.")
        study = with_trials_so_far(study, view.trials, folder.path)
    if options.planned is not None and study.spec.search.trials < len(view.trials) <= options.planned:
        study = with_trials_so_far(study, view.trials, folder.path)
    check_enough_trials(study.spec, view.trials, folder.path)
    return study


def check_ledger(study: StudyContext, folder: StudyFolder, options: Options, ledger: Ledger) -> None:
    """Refuse what the ledger does not allow, once everything else is known to be right.

    Raises:
        LedgerError: the study's test rows may not be scored again, or the ledger is damaged, lacks an entry or cannot
            be written.
    """
    if options.look != "leave":
        ledger.check_place()
    view, rows = view_of(folder, options), study.data.test.known_by
    possible = possible_trials(view, study.spec.search)
    if options.look != "leave" and not options.acknowledge_reuse:
        ledger.check(study.identity, rows, possible)
    if options.fresh:
        check_ledger_is_whole(ledger, folder)
    else:
        check_look_is_known(ledger, folder, possible, options.acknowledge_reuse)
    ledger_reading(ledger, study.identity, rows)  # which refuses a damaged one


def ledger_reading(ledger: Ledger, study: str, rows: RowHashes) -> LedgerRecord:
    """Read what the ledger says of test rows at this moment.

    Args:
        study: identity of the study that they are the test rows of.
    """
    here = Path.cwd()
    file = ledger.path.relative_to(here) if ledger.path.is_relative_to(here) else ledger.path
    return replace(ledger.read(study, rows), file=str(file))


def recorded_reading(ledger: Ledger, recorded: Recorded) -> LedgerRecord:
    """Read what the ledger says of the test rows of a recorded study at this moment."""
    return ledger_reading(ledger, recorded_identity(recorded.document), known_rows(recorded))
