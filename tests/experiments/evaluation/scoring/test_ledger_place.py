"""The ledger is in one place; an old one gets there once, whole, whatever happens on the way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from experiments.data.splits.holdout import Look, SealedTestSet
from experiments.errors import LedgerError
from experiments.evaluation.scoring import ledger_place as module
from experiments.evaluation.scoring.ledger import Ledger
from experiments.evaluation.scoring.ledger_place import LEDGER, find_ledger, open_ledger

TEST = SealedTestSet(np.arange(6.0).reshape(3, 2), np.zeros(3, np.intp)).known_by


def looks_of(path: Path, *studies: str) -> bytes:
    """Write a ledger with a look of each study."""
    for study in studies:
        Ledger(path).reserve(Look(TEST.fingerprint, study, study), TEST, study, 5)
    return path.read_bytes()


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return tmp_path / "mlruns" / "looks.jsonl"


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return tmp_path / LEDGER


def opened(path: Path) -> list[str]:
    """Open the ledger, and return the lines that were shown."""
    said: list[str] = []
    assert open_ledger(path, said.append).path == path
    return said


def test_where_nothing_is_nothing_is_made(new: Path, tmp_path: Path) -> None:
    assert opened(new) == []
    assert find_ledger(new).path == new
    assert list(tmp_path.iterdir()) == []


def test_an_old_one_is_moved_once_and_it_is_said(old: Path, new: Path) -> None:
    content = looks_of(old, "a", "b")
    assert opened(new) == [f"{old} is now {new}: deleting mlruns/ no longer deletes the ledger"]
    assert (old.exists(), new.read_bytes()) == (False, content)
    assert Ledger(new).read("a", TEST).looks == 2
    assert opened(new) == []
    looks_of(new, "c")
    assert opened(new) == []


def test_a_plan_reads_it_where_it_is(old: Path, new: Path) -> None:
    content = looks_of(old, "a")
    old.with_suffix(".lock").unlink()
    assert find_ledger(new).path == old
    assert find_ledger(new).read("a", TEST).own == 1
    assert [one.name for one in old.parent.iterdir()] == ["looks.jsonl"]
    assert (old.read_bytes(), new.parent.exists()) == (content, False)


def test_a_ledger_elsewhere_has_no_old_place(old: Path, tmp_path: Path) -> None:
    looks_of(old, "a")
    for elsewhere in (tmp_path / "other" / "ledger.jsonl", tmp_path / "studies" / "looks.jsonl"):
        assert opened(elsewhere) == []
        assert find_ledger(elsewhere).path == elsewhere
    assert old.exists()


def test_two_ledgers_are_refused_and_untouched_until_one_is_put_aside(old: Path, new: Path) -> None:
    before, now = looks_of(old, "a", "b"), looks_of(new, "c")
    message = (
        rf"^{new} \(test evaluations: 1\) and {old} \(test evaluations: 2\) are two ledgers, .*`mv {old} {old}\.kept` "
        rf"keeps {new}; `mv {new} {new}\.kept` keeps {old}\.$"
    )
    for _ in range(2):
        with pytest.raises(LedgerError, match=message):
            opened(new)
        with pytest.raises(LedgerError, match=message):
            find_ledger(new)
        assert (old.read_bytes(), new.read_bytes()) == (before, now)
    kept = new.with_name("ledger.jsonl.kept")
    new.rename(kept)
    assert len(opened(new)) == 1
    assert (new.read_bytes(), kept.read_bytes(), old.exists()) == (before, now, False)


def test_two_ledgers_of_which_the_old_one_is_a_part_are_one(old: Path, new: Path) -> None:
    before = looks_of(old, "a", "b")
    new.parent.mkdir()
    new.write_bytes(before)
    looks_of(new, "c")
    now = new.read_bytes()
    old.write_bytes(before + b'{"kind":"res')  # a torn line was no entry
    assert find_ledger(new).path == new
    assert old.exists()
    assert opened(new) == []
    assert (old.exists(), new.read_bytes()) == (False, now)


def test_a_new_one_that_lacks_entries_of_the_old_one_is_refused(old: Path, new: Path) -> None:
    before = looks_of(old, "a", "b")
    new.parent.mkdir()
    new.write_bytes(before.splitlines(keepends=True)[0])
    with pytest.raises(LedgerError, match="two ledgers"):
        opened(new)
    assert old.read_bytes() == before


KILLED = """
import os, pathlib, signal, sys
from pathlib import Path
from experiments.evaluation.scoring import ledger_place
when, name, new = sys.argv[1], sys.argv[2], Path(sys.argv[3])
owner = os if name == "fsync" else Path
function = getattr(owner, name)
def last(*arguments, **named):
    if when == "after":
        function(*arguments, **named)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(owner, name, last)
ledger_place.open_ledger(new, print)
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["fsync", "replace", "unlink"])
def test_a_killed_move_loses_nothing(old: Path, new: Path, name: str) -> None:
    content = looks_of(old, "a", "b")
    for when in ("before", "after"):
        command = [sys.executable, "-c", KILLED, when, name, str(new)]
        if old.exists():
            assert subprocess.run(command, capture_output=True, check=False).returncode == -9
        assert find_ledger(new).read("a", TEST).looks == 2
    opened(new)
    assert (old.exists(), new.read_bytes()) == (False, content)


MOVER = """
import sys
from pathlib import Path
from experiments.evaluation.scoring.ledger_place import open_ledger
print("ready", flush=True)
sys.stdin.readline()
open_ledger(Path(sys.argv[1]), print)
"""


@pytest.mark.slow
def test_two_commands_at_once_move_it_once(old: Path, new: Path) -> None:
    content = looks_of(old, "a", "b")
    movers = [
        subprocess.Popen(
            [sys.executable, "-c", MOVER, str(new)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    for mover in movers:
        assert mover.stdout.readline() == "ready\n"
    outputs = []
    for mover in movers:
        mover.stdin.write("go\n")
        mover.stdin.flush()
    outputs = [mover.communicate()[0] for mover in movers]
    assert [mover.returncode for mover in movers] == [0, 0, 0]
    assert sorted(map(len, outputs))[:2] == [0, 0]
    assert sum("is now" in one for one in outputs) == 1
    assert (old.exists(), new.read_bytes()) == (False, content)


@pytest.mark.parametrize("which", ["new", "old"])
def test_a_command_that_holds_either_is_waited_for(
    old: Path, new: Path, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    looks_of(old, "a")
    monkeypatch.setattr(module, "WAIT", 0.1)
    held = (new if which == "new" else old).with_suffix(".lock")
    held.parent.mkdir(exist_ok=True)
    with FileLock(held), pytest.raises(LedgerError, match="another command has held the ledger"):
        opened(new)
    assert old.exists()
    assert len(opened(new)) == 1


def test_what_cannot_be_moved_is_one_line(old: Path, new: Path) -> None:
    looks_of(old, "a")
    new.parent.touch()
    with pytest.raises(LedgerError, match=r"looks\.jsonl: the ledger cannot be moved to .*ledger\.jsonl: "):
        opened(new)
    assert old.exists()


def test_a_place_where_nothing_can_be_written_is_refused_beforehand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Ledger(tmp_path / "new" / "studies" / "ledger.jsonl").check_place()
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").touch()
    with pytest.raises(LedgerError, match=r"ledger cannot be written, .* or use --no-test"):
        Ledger(tmp_path / "file" / "ledger.jsonl").check_place()
    (tmp_path / "ledger.jsonl").mkdir()
    with pytest.raises(LedgerError, match=r"the ledger is a file, but a folder lies in its place; move it away\.$"):
        Ledger(tmp_path / "ledger.jsonl").check_place()
    for locked in (tmp_path, tmp_path / "file"):
        monkeypatch.setattr(os, "access", lambda path, _, locked=locked: path != locked)
        with pytest.raises(LedgerError, match=r"file: the ledger cannot be written"):
            Ledger(tmp_path / "file").check_place()
