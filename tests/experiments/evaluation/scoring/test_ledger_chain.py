"""The chain of the ledger does not fork, whatever two machines do, and wherever power fails."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.data.splits.holdout import Look, SealedTestSet
from experiments.errors import LedgerError, StudyStateError
from experiments.evaluation.scoring.ledger import Ledger
from experiments.search import shared_lock
from support.machines import ONE, TWO, share_no_locks

TEST = SealedTestSet(np.arange(20.0).reshape(10, 2), np.arange(10, dtype=np.intp) % 3).known_by
LOOK = Look(TEST.fingerprint, "m", "a")


def test_two_machines_cannot_fork_the_ledger(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    share_no_locks(monkeypatch)
    monkeypatch.setattr(shared_lock, "this_machine", lambda: TWO)
    other = Ledger(ledger.path)
    with ledger._locked() as entries:  # and then its machine stands still
        monkeypatch.setattr(shared_lock, "this_machine", lambda: ONE)
        for name, seconds in (("PATIENCE", 0.05), ("BEAT", 0.01)):
            monkeypatch.setattr(shared_lock, name, seconds)
        other.reserve(LOOK, TEST, "one", 5)
        with pytest.raises(LedgerError, match="another command wrote to the ledger at the same time"):
            ledger._append({"kind": "completed", "look": LOOK.id, "scores": {}, "time": ""}, entries)
    assert ledger.path.read_bytes().count(b"\n") == 1
    assert ledger.read("a", TEST).looks == 1
    other.complete(LOOK, {"accuracy": 1.0})


def test_a_command_that_lost_its_study_adds_nothing(ledger: Ledger) -> None:
    def lost() -> None:
        raise StudyStateError("lost")

    with pytest.raises(StudyStateError, match="lost"):
        Ledger(ledger.path, lost).reserve(LOOK, TEST, "one", 5)
    assert not ledger.path.exists()


def test_a_last_line_of_which_the_disk_got_a_part_is_cut(ledger: Ledger) -> None:
    ledger.reserve(LOOK, TEST, "one", 5)
    whole = ledger.path.read_bytes()
    ledger.complete(LOOK, {"accuracy": 1.0})
    torn = ledger.path.read_bytes()[:-30] + bytes(20) + ledger.path.read_bytes()[-10:]
    ledger.path.write_bytes(torn)
    assert ledger.read("a", TEST).looks == 1
    ledger.complete(LOOK, {"accuracy": 1.0})
    assert ledger.path.read_bytes().startswith(whole)
    assert ledger.path.read_bytes().count(b"\n") == 2
    assert ledger.path.with_suffix(".torn").read_bytes() == torn
