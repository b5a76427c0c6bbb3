"""The identity of test rows: hashes that tell rows apart and reveal no values."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from experiments.data.identity.hashes import HASH_BYTES
from experiments.errors import StudyStateError
from nnet.npz import content_of, members_of


@dataclass(frozen=True)
class RowHashes:
    """The identity of test rows, in their order.

    fingerprint: SHA-256 of all rows as read.
    cells:       hash of each row's cells in the source, in all columns.
    read:        hash of each row's features and target as read, for ledgers of version 0.1.0.
    columns:     hashes of columns beside the target, as `column_hashes` gives them; none in files of earlier versions.
    """

    fingerprint: str
    cells: tuple[bytes, ...]
    read: tuple[bytes, ...]
    columns: tuple[bytes, ...] = ()


def save_row_hashes(rows: RowHashes) -> bytes:
    """Write the identity of test rows as an .npz file: the same rows give the same bytes."""
    file = io.BytesIO()
    parts = {"cells": rows.cells, "read": rows.read, "columns": rows.columns}
    contents = {"fingerprint": bytes.fromhex(rows.fingerprint)} | {name: b"".join(part) for name, part in parts.items()}
    arrays: dict[str, Any] = {name: np.frombuffer(content, np.uint8) for name, content in contents.items()}
    np.savez(file, **arrays)
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
            hashes = [
                content_of(archive, members[name]).reshape(-1, HASH_BYTES) if name in members else ()
                for name in ("cells", "read", "columns")
            ]
            cells, read, columns = (tuple(row.tobytes() for row in rows) for rows in hashes)
    except Exception:  # zipfile and NumPy raise many types for a damaged file
        fingerprint, cells, read, columns = b"", (), (), ()
    if len(fingerprint) != 32 or not 0 < len(cells) == len(read):
        raise StudyStateError(f"{where}: does not hold the hashes of test rows; it was damaged or is another file.")
    return RowHashes(fingerprint.hex(), cells, read, columns)
