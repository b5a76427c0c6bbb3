"""The identity of test rows: hashes that tell rows apart and reveal no values."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from experiments.data.hashes import HASH_BYTES
from experiments.errors import StudyStateError
from nnet.npz import content_of, members_of


@dataclass(frozen=True)
class RowHashes:
    """The identity of test rows, in their order.

    fingerprint: SHA-256 of all rows as read.
    cells:       hash of each row's cells in the source, in all columns.
    read:        hash of each row's features and target as read, for ledgers of version 0.1.0.
    """

    fingerprint: str
    cells: tuple[bytes, ...]
    read: tuple[bytes, ...]


def save_row_hashes(rows: RowHashes) -> bytes:
    """Write the identity of test rows as an .npz file: the same rows give the same bytes."""
    file = io.BytesIO()
    contents = (bytes.fromhex(rows.fingerprint), b"".join(rows.cells), b"".join(rows.read))
    fingerprint, cells, read = (np.frombuffer(content, np.uint8) for content in contents)
    np.savez(file, fingerprint=fingerprint, cells=cells, read=read)
    return file.getvalue()


def load_row_hashes(raw: bytes, where: str = "the file of the test rows") -> RowHashes:
    """Read an .npz file of `save_row_hashes`.

    Args:
        where: the file, for messages.

    Raises:
        StudyStateError: the file is damaged or another file.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = members_of(Path(where), archive, len(raw))
            fingerprint = content_of(archive, members["fingerprint"]).tobytes()
            hashes = [content_of(archive, members[name]).reshape(-1, HASH_BYTES) for name in ("cells", "read")]
            cells, read = (tuple(row.tobytes() for row in rows) for rows in hashes)
    except Exception:  # zipfile and NumPy raise many types for a damaged file
        fingerprint, cells, read = b"", (), ()
    if len(fingerprint) != 32 or not 0 < len(cells) == len(read):
        raise StudyStateError(f"{where}: does not hold the hashes of test rows; it was damaged or is another file.")
    return RowHashes(fingerprint.hex(), cells, read)
