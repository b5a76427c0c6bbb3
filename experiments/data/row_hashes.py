"""What test rows are known by: hashes that say which rows they are, and nothing of what they hold."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.data.cells import HASH_BYTES
from experiments.errors import StudyStateError

FINGERPRINT = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class RowHashes:
    """The identity of test rows, in their order.

    fingerprint: sha256 of all rows as read.
    cells:       hash of each row's cells in the source, all columns.
    read:        hash of each row's features and target as read, by which ledgers of version 0.1.0 know it.
    """

    fingerprint: str
    cells: tuple[bytes, ...]
    read: tuple[bytes, ...]


def save_row_hashes(rows: RowHashes) -> bytes:
    """Write the identity of test rows as an .npz file: the same rows give the same bytes."""
    file = io.BytesIO()
    fingerprint = np.frombuffer(bytes.fromhex(rows.fingerprint), np.uint8)
    np.savez(file, fingerprint=fingerprint, cells=_joined(rows.cells), read=_joined(rows.read))
    return file.getvalue()


def load_row_hashes(raw: bytes, where: str = "the file of the test rows") -> RowHashes:
    """Read what `save_row_hashes` wrote.

    Args:
        where: the file, as messages name it.

    Raises:
        StudyStateError: it is damaged, or another file.
    """
    try:
        with np.load(io.BytesIO(raw), allow_pickle=False) as file:
            fingerprint = file["fingerprint"].tobytes().hex()
            cells, read = (_parted(file[name]) for name in ("cells", "read"))
    except (
        AttributeError,
        EOFError,
        KeyError,
        MemoryError,
        NotImplementedError,  # of zipfile, for a compression that it does not know
        OSError,
        RuntimeError,
        TypeError,
        ValueError,
        zipfile.BadZipFile,
        zlib.error,
    ):
        raise _damaged(where) from None
    if not FINGERPRINT.fullmatch(fingerprint) or not 0 < len(cells) == len(read):
        raise _damaged(where)
    return RowHashes(fingerprint, cells, read)


def _joined(hashes: tuple[bytes, ...]) -> NDArray[np.uint8]:
    return np.frombuffer(b"".join(hashes), np.uint8)


def _parted(array: NDArray[np.uint8]) -> tuple[bytes, ...]:
    raw = array.tobytes()
    if array.dtype != np.uint8 or len(raw) % HASH_BYTES:
        raise ValueError("not hashes")
    return tuple(raw[at : at + HASH_BYTES] for at in range(0, len(raw), HASH_BYTES))


def _damaged(where: str) -> StudyStateError:
    return StudyStateError(f"{where}: does not hold what test rows are known by; it was damaged or is another file.")
