"""One holder, whatever machine it is on: a living one is left alone, and one that is gone is followed."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from experiments.search import shared_lock
from experiments.search.shared_lock import BEAT, PATIENCE, HeldError, Holder, LostError, Machine, SharedLock, is_locked
from support.machines import ONE, THREE, TWO, Clock, lock_on, record_of, share_no_locks
from support.waiting import wait_until


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    share_no_locks(monkeypatch)
    return tmp_path / ".lock"


def test_a_free_lock_is_taken_at_once_and_leaves_no_record(path: Path) -> None:
    clock = Clock()
    lock = lock_on(ONE, path, clock)
    with lock:
        assert (record_of(path).machine, record_of(path).pid) == (ONE, os.getpid())
        assert lock.is_held
        lock.check()
    assert (clock.now, lock.is_held) == (100.0, False)
    assert [file.name for file in path.parent.iterdir()] == [".lock"]
    lock.check()  # of a lock that is not held


def test_a_living_holder_on_another_machine_is_left_alone(path: Path) -> None:
    clock, said = Clock(), list[str]()
    holder, other = lock_on(ONE, path, clock), lock_on(TWO, path, clock, said)
    with holder:
        ours = record_of(path)
        clock.while_asleep = lambda now: holder.move(replace(ours, beat=int((now - 100) // BEAT)))
        with pytest.raises(HeldError, match=f"^process {os.getpid()} on one$"):
            other.acquire(0.3)
        assert BEAT <= clock.now - 100 < BEAT + 1  # its first move is enough
        assert said == [
            f"{path.parent}: process {os.getpid()} on one has a lock here; waiting up to 12 s for a sign of life"
        ]
        holder.check()
        other.check()
    assert not path.with_name(".lock.holder").exists()


def test_a_holder_that_stands_still_is_followed(path: Path) -> None:
    clock, said = Clock(), list[str]()
    dead, other = lock_on(ONE, path, clock), lock_on(TWO, path, clock, said)
    dead.acquire()
    other.acquire(0.3)
    assert PATIENCE + BEAT <= clock.now - 100 < PATIENCE + BEAT + 1
    assert (
        said[-1] == f"{path.parent}: taken over from process {os.getpid()} on one, which gave no sign of life for 12 s"
    )
    assert record_of(path).machine == TWO
    other.check()
    with pytest.raises(LostError, match="on two"):
        dead.check()
    assert not dead.move(replace(record_of(path), token="one's", beat=9))  # it leaves the record of the other alone
    dead.release()
    assert record_of(path).machine == TWO
    other.check()
    other.release()


def test_a_move_in_the_last_moment_counts(path: Path) -> None:
    clock = Clock()
    holder, other = lock_on(ONE, path, clock), lock_on(TWO, path, clock)
    with holder:
        ours = record_of(path)
        clock.while_asleep = lambda now: now > 100 + PATIENCE - 0.5 and holder.move(replace(ours, beat=1))
        with pytest.raises(HeldError):
            other.acquire(0.3)
        holder.check()


def test_a_holder_that_ends_meanwhile_gives_the_lock(path: Path) -> None:
    clock = Clock()
    holder, other = lock_on(ONE, path, clock), lock_on(TWO, path, clock)
    holder.acquire()
    clock.while_asleep = lambda now: now > 105 and holder.release()
    other.acquire(30)
    assert clock.now < 106
    other.release()


def test_of_two_that_follow_the_same_holder_one_is_refused(path: Path) -> None:
    clock = Clock()
    dead, second, third = (lock_on(machine, path, clock) for machine in (ONE, TWO, THREE))
    dead.acquire()
    once: list[float] = []

    def too(now: float) -> None:
        if record_of(path).machine == TWO and not once:  # the third has watched as long, and writes after the second
            once.append(now)
            third._ours = Holder(THREE, 3, "third's")
            third._replace(third._ours)

    clock.while_asleep = too
    with pytest.raises(HeldError, match="process 3 on three"):
        second.acquire(0.3)
    third.check()


def test_a_damaged_record_is_watched(path: Path) -> None:
    clock, said = Clock(), list[str]()
    path.with_name(".lock.holder").write_bytes(b'{"host": "o')
    with lock_on(ONE, path, clock, said):
        assert record_of(path).machine == ONE
    assert said[-1] == f"{path.parent}: taken over from another command, which gave no sign of life for 12 s"


@pytest.mark.parametrize("leads_to", ["nowhere", "notes.txt"])
def test_a_link_in_place_of_a_record_is_watched_and_replaced(
    path: Path, monkeypatch: pytest.MonkeyPatch, leads_to: str
) -> None:
    """A link to nowhere is there when a record is made, and is not there when it is read."""
    made, tries = SharedLock._made, count()

    def counted(lock: SharedLock, ours: Holder) -> bool:
        assert next(tries) < 1000, "it tries without an end"
        return made(lock, ours)

    monkeypatch.setattr(SharedLock, "_made", counted)
    clock, record = Clock(), path.with_name(".lock.holder")
    (path.parent / "notes.txt").write_bytes(Holder(ONE, 7, "forged").to_bytes())
    record.symlink_to(leads_to)
    with lock_on(ONE, path, clock) as lock:
        assert PATIENCE <= clock.now - 100 < PATIENCE + BEAT + 1
        assert (record.is_symlink(), record_of(path).pid, lock.is_held) == (False, os.getpid(), True)
    assert Holder.of_bytes((path.parent / "notes.txt").read_bytes()) == Holder(ONE, 7, "forged")
    assert sorted(file.name for file in path.parent.iterdir()) == [".lock", "notes.txt"]


def test_a_link_in_place_of_the_lock_is_not_followed(path: Path) -> None:
    (path.parent / "notes.txt").write_text("somebody's")
    path.symlink_to("notes.txt")
    with pytest.raises(OSError, match="Too many levels of symbolic links"):
        lock_on(ONE, path, Clock()).acquire(0.3)
    assert (path.parent / "notes.txt").read_text() == "somebody's"


def test_a_machine_that_was_started_anew_is_another(path: Path) -> None:
    clock = Clock()
    lock_on(ONE, path, clock).acquire()
    again = lock_on(replace(ONE, boot="later"), path, clock)
    again.acquire(0.3)
    assert clock.now > 100 + PATIENCE
    again.release()


def test_machines_without_an_id_are_told_by_their_names() -> None:
    nameless = Machine("a", "")
    assert nameless.shares_locks_with(Machine("a", ""))
    assert not nameless.shares_locks_with(Machine("b", ""))
    assert not nameless.shares_locks_with(Machine("a", "boot"))
    assert Machine("container", "boot").shares_locks_with(Machine("other", "boot"))  # one system


HOLD = """
import sys, pathlib
from experiments.search.shared_lock import SharedLock
SharedLock(pathlib.Path(sys.argv[1])).acquire()
print("held", flush=True)
sys.stdin.read()
"""


@pytest.mark.slow
def test_on_one_machine_the_system_decides_without_a_wait(tmp_path: Path) -> None:
    path, clock = tmp_path / ".lock", Clock()
    ours = SharedLock(path, clock=clock.read, sleep=clock.sleep)
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(HeldError, match=f"process {holder.pid} on "):
            ours.acquire(0)
        holder.kill()
        holder.wait()
    ours.acquire(0)
    assert (record_of(path).pid, clock.now) == (os.getpid(), 100.0)
    ours.release()


def test_the_counter_moves_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_lock, "BEAT", 0.01)
    with SharedLock(tmp_path / ".lock") as lock:
        wait_until(lambda: record_of(lock.path).beat > 2)
        assert lock.is_held


def test_on_a_file_system_without_locks_nobody_is_known_to_have_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    (tmp_path / ".lock").touch()
    assert not is_locked(tmp_path / ".lock")
    monkeypatch.setattr("fcntl.flock", lacking)
    assert not is_locked(tmp_path / ".lock")
