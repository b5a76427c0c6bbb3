"""Whole files. A pipe or a device, perhaps behind a symbolic link, may block a command that reads it, or never end."""

from __future__ import annotations

import errno
from pathlib import Path

from experiments.config.near_files import near_files
from experiments.errors import StudyStateError
from nnet import durable


def check_regular(path: Path) -> None:
    """Refuse what is there but is neither a regular file nor a folder; a missing file is not refused.

    Raises:
        OSError: it is a pipe, a socket or a device, or cannot be looked at.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        raise OSError(errno.EINVAL, "it must be a regular file", str(path))


def why_unread(path: Path, error: OSError) -> str:
    """Say why a file cannot be read, and ask for the one that was meant where it is not there."""
    meant = near_files(path) if isinstance(error, FileNotFoundError) else ""
    return f"{error.strerror or error}{meant}"


def read_regular(path: Path) -> bytes:
    """Return the content of a regular file.

    Raises:
        OSError: it cannot be read, or is no regular file.
    """
    check_regular(path)
    return path.read_bytes()


def write_atomically(path: Path, content: bytes) -> Path:
    """Write a file whole or not at all, and its folder if it is not there; it outlasts a loss of power.

    A symbolic link of its name is replaced.

    Raises:
        StudyStateError: the file cannot be written; its earlier content is still there.
    """
    try:
        if not path.parent.is_dir():
            durable.make_folder(path.parent)
        durable.write(path, content)
    except OSError as error:
        raise StudyStateError(f"{path}: cannot be written: {error.strerror}.") from None
    return path
