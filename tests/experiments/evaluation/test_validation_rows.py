"""The file of the rows: what a study writes is read again, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from experiments.data.prepare import StudyData
from experiments.errors import StudyStateError
from experiments.evaluation.validation_rows import load_validation_rows, validation_file, validation_rows
from nnet.npz import npz


def test_the_rows_come_back_with_their_numbers_in_the_data(data: StudyData, tmp_path: Path) -> None:
    path, folds = tmp_path / "rows.npz", data.folds.fingerprint
    path.write_bytes(validation_file(data.development, data.folds))
    assert path.read_bytes() == validation_file(data.development, data.folds)
    found, numbers = load_validation_rows(path, folds)
    made = validation_rows(data.development, data.folds)
    for name in ("rows", "folds", "y", "units"):
        assert np.array_equal(getattr(found, name), getattr(made, name)), name
    of_table = data.development.table.numbers
    assert of_table is not None
    assert np.array_equal(numbers, of_table[made.rows])
    assert len(numbers) == len(data.development.y)


def test_a_file_of_other_folds_is_refused(data: StudyData, tmp_path: Path) -> None:
    path = tmp_path / "rows.npz"
    path.write_bytes(validation_file(data.development, data.folds))
    with pytest.raises(StudyStateError, match="is of other rows or folds"):
        load_validation_rows(path, "ab" * 32)


def test_a_damaged_file_is_one_line(data: StudyData, tmp_path: Path) -> None:
    path, folds = tmp_path / "rows.npz", data.folds.fingerprint
    whole = validation_file(data.development, data.folds)
    uneven = {name: np.zeros(3, np.int64) for name in ("rows", "folds", "y", "units")}
    uneven |= {"numbers": np.zeros(4, np.int64), "fingerprint": np.frombuffer(bytes.fromhex(folds), np.uint8)}
    for content in (b"", whole[: len(whole) // 2], whole.replace(b"NUMPY", b"PICKL"), npz({"rows": np.zeros(3)})):
        path.write_bytes(content)
        with pytest.raises(StudyStateError, match="was damaged or is another file"):
            load_validation_rows(path, folds)
    path.write_bytes(npz(uneven))
    with pytest.raises(StudyStateError, match="is of other rows or folds"):
        load_validation_rows(path, folds)
    path.unlink()
    with pytest.raises(StudyStateError, match="is not there"):
        load_validation_rows(path, folds)
