"""Machines that share a folder, but no locks on its files, with a clock that a test moves."""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from pathlib import Path

import pytest

from experiments.search.shared_lock import Holder, Machine, SharedLock

ONE, TWO, THREE = Machine("one", "boot-1"), Machine("two", "boot-2"), Machine("three", "boot-3")


def share_no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every lock on a file succeed, as on a file system that does not share locks between machines."""
    monkeypatch.setattr(fcntl, "flock", lambda *_: None)


class Clock:
    """A clock that moves while somebody sleeps.

    Attributes:
        now:   seconds.
        while_asleep: called after each sleep, with the time.
    """

    def __init__(self) -> None:
        self.now = 100.0
        self.while_asleep: Callable[[float], object] = lambda _: None

    def read(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.while_asleep(self.now)


def lock_on(machine: Machine, path: Path, clock: Clock, said: list[str] | None = None) -> SharedLock:
    """The lock in a file as a process of this machine has it."""
    return SharedLock(path, [].append if said is None else said.append, machine, clock.read, clock.sleep)


def record_of(path: Path) -> Holder:
    """The record beside the lock."""
    holder = Holder.of_bytes(path.with_name(f"{path.name}.holder").read_bytes())
    assert holder is not None
    return holder
