"""Checks that the ledger here has the test evaluation in a study's results: it may be cut, removed, or another one."""

from __future__ import annotations

from contextlib import suppress

from experiments.errors import LedgerError, StudyStateError
from experiments.evaluation.records.results import StudyResult
from experiments.evaluation.scoring.ledger import Ledger, LedgerMatch
from experiments.study.folders.folder import StudyFolder
from experiments.study.folders.results_file import Recorded, read_results


def standing_of(ledger: Ledger, recorded: Recorded) -> LedgerMatch:
    """Compare the ledger here with that of the results; before a test evaluation, every ledger is the same.

    A study that was tested, and then went on without a test, was tested all the same.

    Raises:
        LedgerError: it begins as that one did, but has lost entries; or it was changed.
    """
    before = recorded.result.ledger
    if before is None or (recorded.result.test is None and not before.own):
        return "same"
    standing = ledger.stands(before.first, before.head)
    if standing == "truncated":
        raise LedgerError(
            f"{ledger.path}: has lost entries: it begins as the ledger of {recorded.path} did, but has no entry "
            f"{before.head[:12]}, which was its head then. Bring back the whole file."
        )
    return standing


def was_tested_before(result: StudyResult) -> bool:
    """Tell whether a study was tested, and then went on without a test."""
    return result.test is None and result.ledger is not None and result.ledger.own > 0


def check_ledger_is_whole(ledger: Ledger, folder: StudyFolder) -> None:
    """Refuse to start anew with a ledger that lost entries, as far as readable results in the folder show it.

    Raises:
        LedgerError: it lost some.
    """
    with suppress(StudyStateError):
        standing_of(ledger, read_results(folder.results))


def check_look_is_known(ledger: Ledger, folder: StudyFolder, trials: range, acknowledged: bool) -> None:
    """Refuse to go on with a study that was tested, if the ledger does not know of the test evaluation.

    Args:
        trials:       the numbers of trials that the study can come to.
        acknowledged: the same test evaluation may be entered anew.

    Raises:
        LedgerError: the results in its folder have a test score, and the ledger does not know of it.
    """
    path = folder.results
    if not path.exists():
        return
    recorded = read_results(path)
    count = len(recorded.result.trials)
    same = acknowledged and trials == range(count, count + 1)
    if standing_of(ledger, recorded) == "different" and not same:
        said = (
            f"{ledger.path}: has no entry of the test evaluation in {path}. Continue where its ledger is, or bring the"
        )
        if recorded.result.test is None:
            raise LedgerError(f"{said} ledger back: the study was tested before it went on without a test.")
        raise LedgerError(
            f"{said} ledger back; --acknowledge-reuse with --set search.trials={count} enters the same test evaluation "
            "anew."
        )
