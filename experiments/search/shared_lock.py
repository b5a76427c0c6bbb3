"""A lock on a folder that several machines may share, on a file system whose locks they may not share.

On one machine the system's lock on a file decides, which ends with its process. For others there is a record beside it:
machine, process, and a counter that the holder's thread moves. Another machine watches the counter by a clock of its
own; it compares no times with the holder's. If the counter stands still for PATIENCE, the lock is taken over. A holder
that stood still itself finds another record when it asks `check`, which it does before whatever it writes.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import platform
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

BEAT = 3.0  # seconds after which a holder moves its counter
PATIENCE = 4 * BEAT  # seconds without a move after which a holder on another machine counts as gone
POLL, UNSAID = 0.1, 1.0  # seconds between readings of a record, and of a wait that is not worth a line
LONGEST = 4096  # bytes of a record
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class HeldError(Exception):
    """Another command has the lock; the text names it."""


class LostError(Exception):
    """Another command has taken the lock over; the text names it."""


@dataclass(frozen=True)
class Machine:
    """A machine since it was started.

    host: its name, for people.
    boot: random id that its system draws at each start; empty where there is none.
    """

    host: str
    boot: str

    def shares_locks_with(self, other: Machine) -> bool:
        """Tell whether both run on one system, whose locks on files all its processes share."""
        return self.boot == other.boot and (self.boot != "" or self.host == other.host)


def this_machine() -> Machine:
    """Return the machine of this process."""
    try:
        boot = BOOT_ID.read_text().strip()
    except OSError:
        boot = ""
    return Machine(platform.node(), boot)


@dataclass(frozen=True)
class Holder:
    """The record of a holder.

    token: random id of this holding of the lock.
    beat:  the counter.
    """

    machine: Machine
    pid: int
    token: str
    beat: int = 0

    def to_bytes(self) -> bytes:
        """Return the record as a file has it; its length does not depend on the counter."""
        fields = {**asdict(self.machine), "pid": self.pid, "token": self.token, "beat": f"{self.beat:012d}"}
        return json.dumps(fields).encode() + b"\n"

    @classmethod
    def of_bytes(cls, content: bytes) -> Holder | None:
        """Parse a record; None if it is damaged."""
        try:
            fields = json.loads(content)
            machine = Machine(str(fields["host"]), str(fields["boot"]))
            return cls(machine, int(fields["pid"]), str(fields["token"]), int(fields["beat"]))
        except (ValueError, TypeError, KeyError, RecursionError):
            return None


class SharedLock:
    """A lock in a file; its record is the file NAME.holder beside it.

    Args:
        path:    the file, whose folder must exist when the lock is acquired.
        say:     receives a line about a wait for another machine, and about a lock that is taken over.
        machine: of this process; another one in tests.
        clock:   seconds that only grow, of this machine.
        sleep:   waits so many seconds.
    """

    def __init__(
        self,
        path: Path,
        say: Callable[[str], object] = lambda _: None,
        machine: Machine | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ):
        self.path, self.say = path, say
        self._file, self._record = FileLock(path), path.with_name(f"{path.name}.holder")
        self._machine, self._clock, self._sleep = machine, clock, sleep
        self._ours: Holder | None = None
        self._over = threading.Event()

    @property
    def is_held(self) -> bool:
        """Return whether this object has the lock and nobody has taken it over."""
        return self._ours is not None and self._is_ours(self._read())

    def acquire(self, timeout: float = -1) -> None:
        """Take the lock.

        Args:
            timeout: the longest wait for a living holder, in seconds; negative: as long as it lives.

        Raises:
            HeldError: another command has it.
            OSError:   its files cannot be made or read.
        """
        deadline = float("inf") if timeout < 0 else self._clock() + timeout
        try:
            self._file.acquire(timeout=timeout)
        except Timeout:
            raise HeldError(_named(self._read())) from None
        ours = self._ours = Holder(self._machine or this_machine(), os.getpid(), uuid.uuid4().hex)
        try:
            self._take(ours, deadline)
        except BaseException:
            self._ours = None
            self._file.release()
            raise
        self._over = threading.Event()
        threading.Thread(target=self._keep_moving, args=(ours, self._over), name="lock", daemon=True).start()

    def check(self) -> None:
        """Refuse to go on without the lock; nothing is refused before it is acquired and after it is released.

        Raises:
            LostError: another command has taken it over.
        """
        if self._ours is not None and not self._is_ours(content := self._read()):
            raise LostError(_named(content))

    def release(self) -> None:
        """Give the lock back; what another command has taken over is left alone."""
        self._over.set()
        with suppress(OSError):
            if self.is_held:
                self._record.unlink(missing_ok=True)
        self._ours = None
        self._file.release()

    def move(self, ours: Holder) -> bool:
        """Write a counter into the file that has its record; return False if there is none.

        A record that another command puts in its place meanwhile stays, as it is another file.
        """
        try:
            with self._record.open("r+b") as file:
                holder = Holder.of_bytes(file.read(LONGEST))
                if holder is None or holder.token != ours.token:
                    return False
                file.seek(0)
                file.write(ours.to_bytes())
        except FileNotFoundError:
            return False
        return True

    def __enter__(self) -> SharedLock:
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def _take(self, ours: Holder, deadline: float) -> None:
        """Make the record; one that is there must be of an ended process, or stand still."""
        begun = since = self._clock()
        seen, said = None, False
        while not self._made(ours):
            content = self._read()
            if content is None:  # just released
                continue
            holder = Holder.of_bytes(content)
            if holder is not None and ours.machine.shares_locks_with(holder.machine):
                self._replace(ours)  # the system gave us the lock, so the holder's process has ended
                return
            if content != seen:
                if seen is not None and self._clock() >= deadline:
                    raise HeldError(_named(content))
                seen, since = content, self._clock()
            elif self._clock() - since >= PATIENCE:
                self._replace(ours)
                self._sleep(BEAT)  # another machine that watched as well may have taken it over meanwhile
                if not self._is_ours(self._read()):
                    raise HeldError(_named(self._read()))
                line = f"taken over from {_named(content)}, which gave no sign of life for {PATIENCE:.0f} s"
                self.say(f"{self.path.parent}: {line}")
                return
            if not said and self._clock() - begun >= UNSAID:
                said = True
                line = f"{_named(content)} has a lock here; waiting up to {PATIENCE:.0f} s for a sign of life"
                self.say(f"{self.path.parent}: {line}")
            self._sleep(POLL)

    def _made(self, ours: Holder) -> bool:
        try:
            with self._record.open("xb") as file:
                file.write(ours.to_bytes())
        except FileExistsError:
            return False
        return True

    def _replace(self, ours: Holder) -> None:
        part = self._record.with_name(f"{self._record.name}.{ours.token}.part")
        part.write_bytes(ours.to_bytes())
        part.replace(self._record)

    def _read(self) -> bytes | None:
        try:
            number = os.open(self._record, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
        except FileNotFoundError:
            return None
        except OSError as error:
            if error.errno != errno.ELOOP:
                raise
            return b""  # a link, which no holder makes, counts as a damaged record
        try:  # no file object, of which Ctrl-C could leave a warning
            return os.read(number, LONGEST)
        finally:
            os.close(number)

    def _is_ours(self, content: bytes | None) -> bool:
        holder = None if content is None else Holder.of_bytes(content)
        return holder is not None and self._ours is not None and holder.token == self._ours.token

    def _keep_moving(self, ours: Holder, over: threading.Event) -> None:
        """Move the counter until the lock is released or lost."""
        while not over.wait(BEAT):
            ours = replace(ours, beat=ours.beat + 1)
            with suppress(OSError):  # a shared disk that is away now may come back
                if not self.move(ours):
                    return


def is_locked(path: Path) -> bool:
    """Tell whether a process of this machine has a lock file now; nothing is written."""
    with suppress(OSError):  # there is no such file, or its file system knows no such locks
        number = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        try:
            fcntl.flock(number, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(number)
    return False


def _named(content: bytes | None) -> str:
    holder = None if content is None else Holder.of_bytes(content)
    return "another command" if holder is None else f"process {holder.pid} on {holder.machine.host}"
