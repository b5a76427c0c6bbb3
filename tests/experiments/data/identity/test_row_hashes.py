"""What test rows are known by goes through a file and comes back, or the file is refused in one line."""

from __future__ import annotations

import io
import pickle
import tracemalloc
from contextlib import suppress

import numpy as np
import pytest

from experiments.data.identity.row_hashes import load_row_hashes, save_row_hashes
from experiments.data.splits.holdout import SealedTestSet
from experiments.errors import StudyStateError

ROWS = SealedTestSet(np.arange(12.0).reshape(6, 2), np.arange(6) % 2).known_by
RAW = save_row_hashes(ROWS)


def written(**arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def test_what_was_saved_is_loaded() -> None:
    assert load_row_hashes(RAW) == ROWS
    assert save_row_hashes(ROWS) == RAW
    assert len(RAW) < 1200 + 16 * len(ROWS.cells)


def test_a_damaged_file_is_refused_or_says_the_same() -> None:
    for at in range(len(RAW)):
        for bit in (1, 128):
            damaged = RAW[:at] + bytes([RAW[at] ^ bit]) + RAW[at + 1 :]
            with suppress(StudyStateError):
                assert load_row_hashes(damaged) == ROWS
    for size in range(0, len(RAW), 7):
        with pytest.raises(StudyStateError):
            load_row_hashes(RAW[:size])


def test_a_file_that_unpacks_to_much_is_refused_before() -> None:
    file, cells = io.BytesIO(), np.zeros(1 << 26, np.uint8)
    np.savez_compressed(file, fingerprint=PRINT, cells=cells, read=cells)
    tracemalloc.start()
    with pytest.raises(StudyStateError):
        load_row_hashes(file.getvalue())
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()


PRINT = np.zeros(32, np.uint8)
EIGHT = np.zeros(8, np.uint8)


def test_a_foreign_file_is_refused() -> None:
    for raw in [
        b"",
        b"{}",
        pickle.dumps(ROWS),
        written(fingerprint=PRINT, cells=EIGHT),
        written(fingerprint=PRINT[:31], cells=EIGHT, read=EIGHT),
        written(fingerprint=PRINT, cells=EIGHT, read=np.zeros(16, np.uint8)),
        written(fingerprint=PRINT, cells=EIGHT[:7], read=EIGHT[:7]),
        written(fingerprint=PRINT, cells=EIGHT[:0], read=EIGHT[:0]),
        written(fingerprint=PRINT, cells=np.zeros(1), read=EIGHT),
        written(fingerprint=PRINT, cells=np.array([None]), read=EIGHT),
    ]:
        with pytest.raises(StudyStateError, match=r"^moons/test_rows: does not hold"):
            load_row_hashes(raw, "moons/test_rows")


def test_it_is_frozen() -> None:
    with pytest.raises(AttributeError):
        ROWS.fingerprint = ""  # type: ignore[misc]
