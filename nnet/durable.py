"""Files that outlast a loss of power: all that is promised to be on the disk is written here.

A file is whole or not there: its data is flushed under another name before it takes its own. Flushing a file does not
flush its name, so that the folder is flushed, too. When a function returns, power may fail.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

NOT_FLUSHED = (errno.EINVAL, errno.ENOTSUP, errno.EACCES)  # errors of folders that cannot be opened or flushed


class FileGrownError(Exception):
    """A file that has got lines since it was read."""


def write(path: Path, content: bytes | memoryview, lasting: bool = True) -> None:
    """Write a file whole or not at all; its folder must exist.

    Args:
        lasting: False leaves the time of flushing to the system; after a loss of power the file may be damaged.

    Raises:
        OSError: the file cannot be written; its earlier content is still there.
    """
    with replacing(path, lasting) as part:
        _write_new(part, content)


@contextmanager
def replacing(path: Path, lasting: bool = True) -> Iterator[Path]:
    """Give the name of a file to make within the block, which then takes the place of `path`, or of a link there.

    Raises:
        OSError: the file cannot be written; its earlier content is still there.
    """
    part = _part(path)
    part.unlink(missing_ok=True)  # of a kill, or somebody's link
    try:
        yield part
        if lasting:
            flush(part)
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    if lasting:
        flush_folder(path.parent)


def write_together(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write files of a folder; all are on the disk under other names before the first takes its own.

    Args:
        folder:   the folder, which must exist.
        contents: content of each file by its name, which may name a folder in this one, too, that exists.

    Raises:
        OSError: the files cannot be written.
    """
    parts = {name: _part(folder / name) for name in contents}
    try:
        for name, content in contents.items():
            parts[name].unlink(missing_ok=True)
            _write_new(parts[name], content)
            flush(parts[name])
        for name, part in parts.items():
            part.replace(folder / name)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)
    for parent in dict.fromkeys(part.parent for part in parts.values()):
        flush_folder(parent)


def append(path: Path, line: bytes, size: int) -> None:
    """Append a line to a file, which is made if it is not there.

    Args:
        size: size of the file when it was read, in bytes.

    Raises:
        FileGrownError: the file has another size now; nothing was written.
        OSError:        the line cannot be written, or only a part of it was.
    """
    with path.open("ab") as file:
        if os.fstat(file.fileno()).st_size != size:
            raise FileGrownError
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
    flush_folder(path.parent)  # always: who made the file may have been killed before this


def create(path: Path) -> None:
    """Make a file, if it is not there, that others append to and flush themselves.

    Raises:
        OSError: it cannot be made.
    """
    path.open("ab").close()
    flush(path)
    flush_folder(path.parent)


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, if they are not there.

    Raises:
        OSError: one cannot be made.
    """
    missing = [one for one in (path, *path.parents) if not one.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for one in [*reversed(missing), path]:  # always its own: who made it may have been killed before this
        flush_folder(one.parent)


def rename(path: Path, target: Path) -> None:
    """Give a file or folder, whose content is flushed, another name in place of what has it.

    Raises:
        OSError: it cannot be renamed.
    """
    path.replace(target)
    flush_folder(target.parent)


def cut_torn_tail(path: Path, copy: Path) -> None:
    """Cut a file of lines back to its last whole line, if there is more; the file as it was becomes the copy.

    Raises:
        OSError: the file cannot be read, copied or cut.
    """
    content = path.read_bytes() if path.is_file() else b""
    end = end_of_lines(content)
    if end < len(content):
        write(copy, content)
        os.truncate(path, end)
        flush(path)


def end_of_lines(content: bytes) -> int:
    """Return the position after the last whole line of a file of text, to which lines are appended.

    A loss of power may leave zeros in place of parts of a line that was not flushed. Such a line is not whole.

    >>> end_of_lines(b"one\\ntwo\\nthr"), end_of_lines(b"one\\nt\\0\\0\\n"), end_of_lines(b"o\\0e\\ntwo\\n")
    (8, 4, 8)
    """
    end = content.rfind(b"\n") + 1
    start = content.rfind(b"\n", 0, max(0, end - 1)) + 1
    return start if b"\0" in content[start:end] else end


def flush(path: Path) -> None:
    """Wait until a file's data is on the disk.

    Raises:
        OSError: it cannot be written there.
    """
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def flush_folder(path: Path) -> None:
    """Wait until the names in a folder are on the disk, where its file system can do so.

    Raises:
        OSError: they cannot be written there.
    """
    try:
        number = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
    except OSError as error:
        if error.errno not in NOT_FLUSHED:
            raise


def _write_new(path: Path, content: bytes | memoryview) -> None:
    with path.open("xb") as file:  # which follows no link
        file.write(content)


def _part(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")
