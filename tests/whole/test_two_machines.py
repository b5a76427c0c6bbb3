"""Two machines with one folder, on a file system that does not share locks: one study, one ledger, one look."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from experiments.errors import StudyStateError
from experiments.evaluation.scoring.final_fits import FinalFits
from experiments.evaluation.scoring.ledger import Ledger
from experiments.search import shared_lock
from experiments.search.arithmetic import obstacle, processor
from experiments.search.shared_lock import SharedLock
from experiments.search.trial import FinishedTrial
from experiments.study.command.progress import StudyProgress
from experiments.study.folders.folder import StudyFolder
from support.machines import TWO, Clock, lock_on, share_no_locks
from support.powered_study import TRIALS, in_this_process, run_in

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(obstacle(processor()) is not None, reason="this machine has no portable arithmetic"),
]
TOOK = rf"studies/powered: process \d+ on {TWO.host} took this study over while this command stood still"


@pytest.fixture(autouse=True)
def two_machines(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    share_no_locks(monkeypatch)
    with in_this_process():
        yield


@pytest.fixture
def digest(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The digest of the study that nobody disturbs."""
    return run_in(tmp_path_factory.mktemp("undisturbed")).digest


def taken_over(folder: Path) -> SharedLock:
    """The study's lock, which the other machine takes over because its holder stands still."""
    lock = lock_on(TWO, folder / "studies" / "powered" / ".lock", Clock())
    lock.acquire(0.3)
    return lock


def stopped(folder: Path, moment: Callable[[Callable[[], None]], None]) -> SharedLock:
    """Run the study until it is refused, as the other machine took it over at a moment; return the other's lock."""
    others: list[SharedLock] = []
    moment(lambda: others.append(taken_over(folder)))
    with pytest.raises(StudyStateError, match=TOOK):
        run_in(folder)
    (other,) = others
    return other


def test_one_that_comes_back_in_the_search_writes_no_more_trial(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, digest: str
) -> None:
    journal, seen = tmp_path / "studies" / "powered" / "journal.log", list[bytes]()
    update = StudyProgress.update

    def at_the_third(now: Callable[[], None]) -> None:
        def told(self: StudyProgress, trial: FinishedTrial, from_journal: bool = False) -> None:
            update(self, trial, from_journal)
            if trial.result.number == 2:
                now()
                seen.append(journal.read_bytes())

        monkeypatch.setattr(StudyProgress, "update", told)

    other = stopped(tmp_path, at_the_third)
    assert [journal.read_bytes()] == seen
    other.check()  # nor did the first give back what is not its own
    monkeypatch.setattr(StudyProgress, "update", update)
    other.release()
    done = run_in(tmp_path)
    assert (done.digest, len(done.trials)) == (digest, TRIALS)


def test_one_that_comes_back_before_the_look_reserves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, digest: str
) -> None:
    wait = FinalFits.wait

    def before_the_look(now: Callable[[], None]) -> None:
        def waited(self: FinalFits) -> None:
            wait(self)
            now()

        monkeypatch.setattr(FinalFits, "wait", waited)

    other = stopped(tmp_path, before_the_look)
    ledger = tmp_path / "studies" / "ledger.jsonl"
    assert not ledger.exists()
    monkeypatch.setattr(FinalFits, "wait", wait)
    other.release()
    assert run_in(tmp_path).digest == digest
    assert ledger.read_bytes().count(b'"kind":"reserved"') == 1
    assert Ledger(ledger).stands("", "") == "different"  # the chain is whole


def test_while_one_works_the_other_is_refused_in_a_line_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = shared_lock.this_machine
    monkeypatch.setattr(shared_lock, "BEAT", 0.05)
    monkeypatch.setattr(shared_lock, "this_machine", lambda: TWO)
    (tmp_path / "studies").mkdir()
    folder = StudyFolder(tmp_path / "studies" / "powered")
    with folder.claimed():
        monkeypatch.setattr(shared_lock, "this_machine", here)
        with pytest.raises(StudyStateError, match=rf"another command is running this study: process \d+ on {TWO.host}"):
            StudyFolder(folder.path).claim()
        folder.check_held()
