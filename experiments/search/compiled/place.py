"""The folder of the compiled passes: one of this user alone, because machine code that is loaded is run.

It lies in the home folder that the system's list of users names; no environment variable can move it. It is opened step
by step without following symbolic links, and must belong to this user and be closed to all others.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FOLDERS = (".cache", "nnet-experiments")


class NoPlace(Exception):
    """The reason why compiled passes cannot be kept, in words that follow "as"."""


def home() -> Path:
    """Return this user's home folder.

    Raises:
        NoPlace: the system knows of none.
    """
    try:
        import pwd

        return Path(pwd.getpwuid(os.geteuid()).pw_dir)
    except (ImportError, KeyError):
        raise NoPlace("this user has no home folder") from None


@contextmanager
def opened(make: bool = False) -> Iterator[int]:
    """Open the folder, and close it at the end of the block.

    Args:
        make: make the folder if it is not there.

    Yields:
        The folder's file descriptor.

    Raises:
        NoPlace:           the folder cannot be used safely, or cannot be made.
        FileNotFoundError: the folder is not there and is not to be made.
    """
    path = home()
    here = _opened(path)
    try:
        for name in FOLDERS:
            path = path / name
            if make:
                with suppress(FileExistsError):
                    _make(name, path, here)
            inner = _opened(path, here)
            os.close(here)
            here = inner
        if stat.S_IMODE(os.fstat(here).st_mode) != 0o700:
            raise NoPlace(f"{path} is open to other users (chmod 700 makes it safe)")
        yield here
    finally:
        os.close(here)


def read(name: str, folder: int) -> bytes:
    """Return the content of a file in the folder.

    Raises:
        FileNotFoundError: there is no such file.
        NoPlace:           the file cannot be read, or others could have written it.
    """
    try:
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise NoPlace(f"{name} cannot be read: {error.strerror}") from None
    found = os.fstat(file)
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        os.close(file)
        raise NoPlace(f"{name} could be written by other users")
    with os.fdopen(file, "rb") as stream:
        return stream.read()


def write(name: str, content: bytes, folder: int) -> None:
    """Write a file of the folder in one stroke: it is there whole, or not at all.

    Raises:
        NoPlace: the file cannot be written.
    """
    temporary = f"{name}.{os.getpid()}"
    try:
        file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=folder)
        try:
            with os.fdopen(file, "wb") as stream:
                stream.write(content)
            os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:
            os.unlink(temporary, dir_fd=folder)
            raise
    except OSError as error:
        raise NoPlace(f"{name} cannot be written: {error.strerror}") from None


def _make(name: str, path: Path, parent: int) -> None:
    try:
        os.mkdir(name, 0o700, dir_fd=parent)
    except FileExistsError:
        raise
    except OSError as error:
        raise NoPlace(f"{path} cannot be made: {error.strerror}") from None


def _opened(path: Path, parent: int | None = None) -> int:
    """Open a folder of this user; only the home folder may be reached through links."""
    name, links = (str(path), 0) if parent is None else (path.name, os.O_NOFOLLOW)
    try:
        folder = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | links, dir_fd=parent)
    except FileNotFoundError:
        if parent is not None:
            raise
        raise NoPlace(f"the home folder {path} does not exist") from None
    except OSError as error:
        raise NoPlace(f"{path} is no folder of its own: {error.strerror}") from None
    if os.fstat(folder).st_uid != os.geteuid():
        os.close(folder)
        raise NoPlace(f"{path} belongs to another user")
    return folder
