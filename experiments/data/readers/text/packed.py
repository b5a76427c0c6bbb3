"""The one file in a .gz or .zip, whose damage is refused where it is met."""

from __future__ import annotations

import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePath
from typing import IO, Any, cast

from experiments.data.raw_table import LARGEST_FILE, brief, listed
from experiments.errors import DataError

BLOCK = 1 << 18  # bytes unpacked at a time
UNREADABLE = (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError, ValueError, OSError)


@contextmanager
def unpacked(path: Path, member: str | None) -> Iterator[IO[bytes]]:
    """Open the unpacked bytes.

    Args:
        member: name of the file in a .zip; None for a .gz.

    Raises:
        DataError: the archive is damaged; from reading the bytes, too.
    """
    with ExitStack() as stack:
        file: IO[bytes] = stack.enter_context(path.open("rb"))
        try:
            if member is None:
                file = cast("IO[bytes]", stack.enter_context(gzip.GzipFile(fileobj=file)))
            else:
                archive = stack.enter_context(zipfile.ZipFile(file))
                file = stack.enter_context(archive.open(member))
        except UNREADABLE as error:
            raise _damaged(path, error) from None
        yield io.BufferedReader(_Unpacked(file, path), BLOCK)


class _Unpacked(io.RawIOBase):
    """The bytes of a file in an archive."""

    def __init__(self, file: IO[bytes], path: Path):
        self._file, self._path = file, path

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            content = self._file.read(len(buffer))
        except UNREADABLE as error:
            raise _damaged(self._path, error) from None
        buffer[: len(content)] = content
        return len(content)


def _damaged(path: Path, error: Exception) -> DataError:
    return DataError(f"{path}: cannot be unpacked: {brief(error)}.")


def member_of(path: Path) -> str:
    """Return the name of the one file in a .zip.

    Raises:
        DataError: the archive is damaged, holds no file or several, or announces too many bytes.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            files = [one for one in archive.infolist() if not one.is_dir() and not _is_hidden(one.filename)]
    except UNREADABLE as error:
        raise _damaged(path, error) from None
    if len(files) != 1:
        named = f": {listed(sorted(one.filename for one in files))}" if files else ""
        raise DataError(f"{path}: a .zip must hold one table, but this holds {len(files)} files{named}; unpack it.")
    if files[0].file_size > LARGEST_FILE:
        raise DataError(
            f"{path}: a table must have at most {LARGEST_FILE} bytes, but its file announces {files[0].file_size}."
        )
    return files[0].filename


def _is_hidden(name: str) -> bool:
    """Return whether a file in an archive was put there by a system and not by a person."""
    return name.startswith("__MACOSX/") or PurePath(name).name.lower().startswith((".", "thumbs.db", "desktop.ini"))
