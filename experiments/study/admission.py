"""What is refused before a study begins: first what the folder says, last what the ledger says. Nothing is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from experiments.config.spec import StudySpec
from experiments.data.prepare import StudyData
from experiments.data.row_hashes import RowHashes
from experiments.errors import StudyStateError
from experiments.evaluation.ledger import Ledger
from experiments.evaluation.results import LedgerRecord
from experiments.search.journal_reader import view_journal
from experiments.search.stopping import possible_trials
from experiments.study.folder import StudyFolder
from experiments.study.ledger_check import check_ledger_is_whole, check_look_is_known
from experiments.study.options import Options
from experiments.study.resume import check_enough_trials, check_same_study, with_trials_so_far


def check_folder(spec: StudySpec, data: StudyData, folder: StudyFolder, options: Options) -> StudySpec:
    """Check that the folder can hold this study and that what it holds is this study, without writing anything.

    Returns:
        the study with the trials that it will have: of a try or of `--score`, those that are there already count.

    Raises:
        StudyStateError: the folder holds something else, or no trial that could be scored.
    """
    folder.check_place()
    view = view_journal(folder.journal)
    told = () if options.fresh else view.trials
    if view.identity is not None and not options.fresh:
        check_same_study(view.identity, spec, data, folder.path)
    if options.look == "only":
        if not told:
            raise StudyStateError(f"--score: {folder.path} holds no trial to score.")
        spec = with_trials_so_far(spec, told, folder.path)
    if options.planned is not None and spec.search.trials < len(told) <= options.planned:
        spec = with_trials_so_far(spec, told, folder.path)
    check_enough_trials(spec, told, folder.path)
    return spec


def check_ledger(
    spec: StudySpec, data: StudyData, folder: StudyFolder, options: Options, study: str, ledger: Ledger
) -> None:
    """Refuse what the ledger does not allow, once everything else is known to be right.

    Raises:
        LedgerError: it would be a second look of the study, or the ledger is damaged or does not know of the first.
    """
    view = view_journal(folder.journal)
    results = () if options.fresh else tuple(one.result for one in view.trials)
    possible = possible_trials(results, spec.search, 0.0 if options.fresh else view.spent)
    if options.look != "leave" and not options.acknowledge_reuse:
        ledger.check(study, data.test.known_by, possible)
    if options.fresh:
        check_ledger_is_whole(ledger, folder)
    else:
        check_look_is_known(ledger, folder, possible, options.acknowledge_reuse)
    ledger_reading(ledger, study, data.test.known_by)  # which refuses a damaged one


def ledger_reading(ledger: Ledger, study: str, rows: RowHashes) -> LedgerRecord:
    """Read what the ledger says of test rows at this moment.

    Args:
        study: identity of the study that they are the test rows of.
    """
    here = Path.cwd()
    file = ledger.path.relative_to(here) if ledger.path.is_relative_to(here) else ledger.path
    return replace(ledger.read(study, rows), file=str(file))
