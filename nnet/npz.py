"""Arrays in an npz file, written to the same bytes and read without trust: nothing is evaluated or unpickled.

Arrays are stored uncompressed, so that a file holds no more than its own size. Every array's header is compared with
the bytes that it has before anything is allocated.
"""

from __future__ import annotations

import io
import re
import reprlib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from nnet.errors import SavingError

NAME = re.compile(r"[A-Za-z0-9_]{1,64}")
NUMBERS = re.compile(r"<f[248]|<[iu][248]|\|[iu]1|\|b1")  # the element types that an extra array may have
LONGEST_HEADER = 1024
HEADER = re.compile(
    rb"\{'descr': '([^']{1,16})', 'fortran_order': False, 'shape': \(((?:[0-9]{1,19}, ?)*[0-9]{0,19})\), \} *\n"
)


@dataclass(frozen=True)
class Member:
    """An array in the zip file, with the type and shape of its header, which agree with its number of bytes."""

    info: zipfile.ZipInfo
    dtype: str
    shape: tuple[int, ...]


def npz(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return the content of an npz file; equal arrays give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(arrays):
            member = io.BytesIO()
            np.lib.format.write_array(member, little(arrays[name]), version=(1, 0), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o644 << 16
            archive.writestr(info, member.getvalue())
    return buffer.getvalue()


def little(array: NDArray[Any]) -> NDArray[Any]:
    """Return the same numbers, row by row and little-endian."""
    return np.asarray(array, array.dtype.newbyteorder("<"), order="C")


def members_of(path: Path, archive: zipfile.ZipFile, size: int) -> dict[str, Member]:
    """List the arrays of an archive by name, from its directory and their headers, which are checked.

    Args:
        path: of the file, for messages.
        size: bytes of the file.

    Raises:
        SavingError: the archive holds something else, or claims more than it has.
    """
    infos = archive.infolist()
    if sum(info.file_size for info in infos) > size:
        raise SavingError(f"{path}: must declare at most the {size} bytes that it has, but declares more.")
    members: dict[str, Member] = {}
    for info in infos:
        name = info.filename.removesuffix(".npy")
        if not NAME.fullmatch(name) or info.filename == name or name in members:
            raise SavingError(f"{path}: {shown(info.filename)} must be the name of an array, and unique.")
        if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size or info.flag_bits & 1:
            raise SavingError(f"{path}: {name} must be stored as it is, but is compressed or encrypted.")
        with archive.open(info) as stream:
            members[name] = Member(info, *_header(path, name, stream, info.file_size))
    return members


def _header(path: Path, name: str, stream: IO[bytes], size: int) -> tuple[str, tuple[int, ...]]:
    """Read the type and shape of an array in npy format 1.0, and check the number of bytes. Nothing is evaluated.

    Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
    """
    start = stream.read(10)
    length = int.from_bytes(start[8:], "little")
    if start[:8] != b"\x93NUMPY\x01\x00" or not 0 < length <= LONGEST_HEADER:
        raise SavingError(f"{path}: {name} must begin with a header of npy format 1.0, but begins {shown(start)}.")
    text = stream.read(length)
    match = HEADER.fullmatch(text)
    if match is None:
        raise SavingError(f"{path}: {name} must have the header of an array of numbers, but has {shown(text)}.")
    descr = match[1].decode("latin-1")
    shape = tuple(int(number) for number in match[2].decode().replace(",", " ").split())
    if not NUMBERS.fullmatch(descr):
        raise SavingError(f"{path}: {name} must hold numbers, but its type is {shown(descr)}.")
    claimed, held = prod(shape) * np.dtype(descr).itemsize, size - 10 - length
    if claimed != held:
        raise SavingError(
            f"{path}: {name} of shape {shown(shape)} and type {descr} must have {claimed} bytes, but has {held}."
        )
    return descr, shape


def content_of(archive: zipfile.ZipFile, member: Member) -> NDArray[Any]:
    """Read an array, which is read-only; the archive verifies its checksum."""
    data = archive.read(member.info)
    count = prod(member.shape)
    dtype = np.dtype(member.dtype)
    array = np.frombuffer(data, dtype, count, offset=len(data) - count * dtype.itemsize)
    return array.reshape(member.shape)


def shown(value: object) -> str:
    """Return a value as a short line for a message."""
    return clipped(reprlib.repr(value))


def clipped(text: str) -> str:
    """Return a text as a line of at most 200 characters."""
    line = " ".join(text.split())
    return line if len(line) <= 200 else f"{line[:197]}..."
