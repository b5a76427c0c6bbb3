"""Whether the ledger here knows the look that a study's results tell of: it may be cut, removed, or another one."""

from __future__ import annotations

from contextlib import suppress

from experiments.errors import LedgerError, StudyStateError
from experiments.evaluation.ledger import Ledger, LedgerMatch
from experiments.study.folder import StudyFolder
from experiments.study.results_file import Recorded, read_results


def standing_of(ledger: Ledger, recorded: Recorded) -> LedgerMatch:
    """How the ledger here stands to that of the results; a study without a look is known everywhere.

    Raises:
        LedgerError: it begins as that one did, but has lost entries; or it was changed.
    """
    before = recorded.result.ledger
    if before is None or recorded.result.test is None:
        return "same"
    standing = ledger.stands(before.first, before.head)
    if standing == "truncated":
        raise LedgerError(
            f"{ledger.path}: has lost entries: it begins as the ledger of {recorded.path} did, but has no entry "
            f"{before.head[:12]}, which was its head then. Bring back the whole file."
        )
    return standing


def check_ledger_is_whole(ledger: Ledger, folder: StudyFolder) -> None:
    """Refuse to start anew with a ledger that lost what it had by the results in the folder, readable ones at least.

    Raises:
        LedgerError: it has.
    """
    with suppress(StudyStateError):
        standing_of(ledger, read_results(folder.path / "results.json"))


def check_look_is_known(ledger: Ledger, folder: StudyFolder, trials: range, acknowledged: bool) -> None:
    """Refuse to go on with a study that had its look, where the ledger does not know of it.

    Args:
        trials:       how many the study can come to.
        acknowledged: the look may be entered anew, if it is the same.

    Raises:
        LedgerError: it had, by the results in its folder.
    """
    path = folder.path / "results.json"
    if not path.exists():
        return
    recorded = read_results(path)
    count = len(recorded.result.trials)
    same = acknowledged and trials == range(count, count + 1)
    if standing_of(ledger, recorded) == "different" and not same:
        raise LedgerError(
            f"{ledger.path}: does not know of the look that {path} tells of. Go on where its ledger is, or bring it "
            f"back; --acknowledge-reuse with --set search.trials={count} enters the same look here anew."
        )
