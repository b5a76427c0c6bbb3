"""The file of the rows: what a study writes is read again, and nothing else is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from experiments.config.target import Target
from experiments.data.prepare import StudyData
from experiments.errors import StudyStateError
from experiments.evaluation.validation_rows import load_validation_rows, validation_file, validation_rows
from nnet.npz import npz


def test_the_rows_come_back_with_their_numbers_in_the_data(data: StudyData, tmp_path: Path) -> None:
    path, folds = tmp_path / "rows.npz", data.folds.fingerprint
    path.write_bytes(validation_file(data.development, data.folds))
    assert path.read_bytes() == validation_file(data.development, data.folds)
    found, numbers = load_validation_rows(path, folds, data.target)
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
        load_validation_rows(path, "ab" * 32, data.target)


def test_a_damaged_file_is_one_line(data: StudyData, tmp_path: Path) -> None:
    path, folds = tmp_path / "rows.npz", data.folds.fingerprint
    whole = validation_file(data.development, data.folds)
    uneven = {name: np.zeros(3, np.int64) for name in ("rows", "folds", "y", "units")}
    uneven |= {"numbers": np.zeros(4, np.int64), "fingerprint": np.frombuffer(bytes.fromhex(folds), np.uint8)}
    for content in (b"", whole[: len(whole) // 2], whole.replace(b"NUMPY", b"PICKL"), npz({"rows": np.zeros(3)})):
        path.write_bytes(content)
        with pytest.raises(StudyStateError, match="was damaged or is another file"):
            load_validation_rows(path, folds, data.target)
    path.write_bytes(npz(uneven))
    with pytest.raises(StudyStateError, match="is of other rows or folds"):
        load_validation_rows(path, folds, data.target)
    path.unlink()
    with pytest.raises(StudyStateError, match="is not there"):
        load_validation_rows(path, folds, data.target)


def test_arrays_that_no_study_wrote_are_refused(data: StudyData, tmp_path: Path) -> None:
    path, folds = tmp_path / "rows.npz", data.folds.fingerprint
    path.write_bytes(validation_file(data.development, data.folds))
    with np.load(path) as file:
        whole = {name: file[name] for name in file.files}
    wrong: dict[str, list[NDArray[Any]]] = {
        name: [whole[name].astype(np.float64), whole[name] - 10_000, whole[name][:0]]
        for name in ("rows", "folds", "units", "numbers")
    }
    wrong["units"].append(whole["units"] + len(whole["units"]))
    wrong["y"] = [whole["y"] + 3, whole["y"] - 1, whole["y"] + 0.5]
    for name, changed in ((name, array) for name, arrays in wrong.items() for array in arrays):
        path.write_bytes(npz({**whole, name: changed}))
        with pytest.raises(StudyStateError, match="is of other rows or folds"):
            load_validation_rows(path, folds, data.target)


def test_numbers_to_predict_are_finite(data: StudyData, tmp_path: Path) -> None:
    path, folds = tmp_path / "rows.npz", data.folds.fingerprint
    path.write_bytes(validation_file(data.development, data.folds))
    with np.load(path) as file:
        whole = {name: file[name] for name in file.files}
    path.write_bytes(npz({**whole, "y": whole["y"] + 0.5}))
    assert load_validation_rows(path, folds, Target())[0].y.dtype == np.float64
    path.write_bytes(npz({**whole, "y": np.full(len(whole["y"]), np.nan)}))
    with pytest.raises(StudyStateError, match="is of other rows or folds"):
        load_validation_rows(path, folds, Target())
