"""Files that have an end. A pipe or a device, perhaps behind a symbolic link, may block a command or never end."""

from __future__ import annotations

import errno
from pathlib import Path


def check_regular(path: Path) -> None:
    """Refuse what is there but is neither a regular file nor a folder; a missing file is not refused.

    Raises:
        OSError: it is a pipe, a socket or a device, or cannot be looked at.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        raise OSError(errno.EINVAL, "it must be a regular file", str(path))


def read_regular(path: Path) -> bytes:
    """Return the content of a regular file.

    Raises:
        OSError: it cannot be read, or is no regular file.
    """
    check_regular(path)
    return path.read_bytes()
