"""A disk that loses its power: it records what programs do to the files of a folder, and keeps what was flushed.

A file's data is kept as of its last flush, its name once its folder was flushed. Of what was not flushed, any part may
have reached the disk all the same: names one by one, data in blocks, with zeros in place of the blocks that did not.
Renaming within a folder is one step.
"""

from __future__ import annotations

import builtins
import io
import os
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

BLOCK = 512  # bytes that reach a disk together
CHANGES = ("replace", "rename", "unlink", "remove", "mkdir", "rmdir", "truncate", "open")  # functions of os
FOLDER = None  # content of a folder, in place of bytes

Step = tuple[str, int, Any]  # what happened, to which file or folder, and how


@dataclass
class Kept:
    """A file or folder as the disk has it.

    flushed: data at the last flush; names of a folder with what they stand for.
    later:   data since then, in order; steps of a folder.
    """

    flushed: Any
    later: list[Any] = field(default_factory=list)


class RecordedDisk:
    """The files below a folder that a test writes to, and all steps in which they came to be.

    Attributes:
        steps: what has happened so far.
    """

    def __init__(self, root: Path) -> None:
        self.root, self.steps = root, list[Step]()
        self._seen: dict[Path, tuple[int, int, int, int]] = {}  # path -> number of ours, inode, mtime, size
        self._count = 1  # 0 is the root
        self._one_at_a_time = threading.RLock()

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Record what this process does within the block; what is there before has been flushed.

        Nothing is flushed to the real disk.
        """
        with pytest.MonkeyPatch.context() as patch:
            for name in CHANGES:
                patch.setattr(os, name, self._watched(getattr(os, name)))
            opened = self._watched(io.open)
            patch.setattr(io, "open", opened)
            patch.setattr(builtins, "open", opened)
            patch.setattr(os, "fsync", self._flush)
            self._look()
            self.steps += [("flush", number, None) for number in (0, *(known[0] for known in self._seen.values()))]
            yield
            self._look()

    def lose_power(self, at: int, target: Path, chance: random.Random | None) -> None:
        """Write the folder as it is when power fails after so many steps.

        Args:
            target: a folder, which is made.
            chance: decides what reached the disk without being flushed; None: nothing did.
        """
        disk: dict[int, Kept] = {0: Kept({})}
        for what, number, how in self.steps[:at]:
            if what == "new":
                disk[number] = Kept({} if how is FOLDER else b"")
            elif what == "flush":
                kept = disk[number]
                if isinstance(kept.flushed, dict):
                    kept.flushed = _named(kept, None)
                elif kept.later:
                    kept.flushed = kept.later[-1]
                kept.later = []
            else:
                disk[number].later.append(how)
        self._write(disk, 0, target, chance)

    def _write(self, disk: dict[int, Kept], number: int, path: Path, chance: random.Random | None) -> None:
        kept = disk[number]
        if not isinstance(kept.flushed, dict):
            path.write_bytes(_data(kept, chance))
            return
        path.mkdir()
        names = _named(kept, chance) if chance is not None else kept.flushed
        for name, inner in names.items():
            self._write(disk, inner, path / name, chance)

    def _watched(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*arguments: Any, **named: Any) -> Any:
            with self._one_at_a_time:
                done = function(*arguments, **named)
                self._look()
            return done

        return watched

    def _flush(self, descriptor: int) -> None:
        with self._one_at_a_time:
            self._look()
            path = Path(f"/proc/self/fd/{descriptor}").readlink()
            if path == self.root or path in self._seen:
                self.steps.append(("flush", 0 if path == self.root else self._seen[path][0], None))

    def _look(self) -> None:
        """Add steps for all that has changed since the last look."""
        now: dict[Path, os.DirEntry[str]] = {}
        self._scan(str(self.root), now)
        gone = [path for path in self._seen if path not in now or now[path].inode() != self._seen[path][1]]
        left = {self._seen[path][1]: path for path in gone}
        new = [path for path in now if path not in self._seen or now[path].inode() != self._seen[path][1]]
        before, moved = dict(self._seen), set[Path]()
        for path in gone:
            del self._seen[path]
        for path in new:
            inode, folder = now[path].inode(), self._folder(path)
            source = left.get(inode)
            if source is not None and source.parent == path.parent and source != path:
                number = before[source][0]
                moved.add(source)
                self.steps.append(("name", folder, ("move", source.name, path.name, number)))
                self._seen[path] = (number, inode, *before[source][2:])
            else:
                number, self._count = self._count, self._count + 1
                self.steps.append(("new", number, FOLDER if now[path].is_dir() else b""))
                self.steps.append(("name", folder, ("add", path.name, number)))
                self._seen[path] = number, inode, 0, 0
        for path in gone:
            if path not in moved and path not in now and (path.parent in now or path.parent == self.root):
                self.steps.append(("name", self._folder(path), ("remove", path.name)))
        for path, entry in now.items():
            status = entry.stat()
            number, inode, *state = self._seen[path]
            if not entry.is_dir() and state != [status.st_mtime_ns, status.st_size]:
                self._seen[path] = number, inode, status.st_mtime_ns, status.st_size
                self.steps.append(("data", number, _content(path)))

    def _scan(self, folder: str, found: dict[Path, os.DirEntry[str]]) -> None:
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda one: one.name):
                found[Path(entry.path)] = entry
                if entry.is_dir():
                    self._scan(entry.path, found)

    def _folder(self, path: Path) -> int:
        return 0 if path.parent == self.root else self._seen[path.parent][0]


def _content(path: Path) -> bytes:
    """Read a file by functions that are not watched."""
    with io.FileIO(path) as file:
        return file.readall() or b""


def _named(kept: Kept, chance: random.Random | None) -> dict[str, int]:
    """Return the names of a folder after all later steps, or after some of them by chance."""
    names = dict(kept.flushed)
    for kind, *how in kept.later:
        if chance is not None and chance.random() < 0.5:
            continue
        if kind == "add":
            names[how[0]] = how[1]
        elif kind == "remove":
            names.pop(how[0], None)
        else:
            names.pop(how[0], None)
            names[how[1]] = how[2]
    return names


def _data(kept: Kept, chance: random.Random | None) -> bytes:
    """Return the flushed data of a file, or by chance what later data may have left of it."""
    flushed: bytes = kept.flushed
    if chance is None or not kept.later or chance.random() < 0.25:
        return flushed
    newest: bytes = chance.choice(kept.later)
    if chance.random() < 0.25:
        return newest
    if chance.random() < 0.5:  # it is longer, but not all of the blocks are there
        first = len(flushed) if newest.startswith(flushed) else 0  # an append does not cut what was there
        newest = newest[: chance.randint(first, len(newest))]
    mixed = bytearray(newest)
    for start in range(0, len(newest), BLOCK):
        if chance.random() < 0.5:
            block = newest[start : start + BLOCK]
            old = flushed[start : start + BLOCK]
            mixed[start : start + BLOCK] = (old + bytes(BLOCK))[: len(block)]
    return bytes(mixed)
