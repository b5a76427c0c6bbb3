"""The rows of the folds: drawn for the search alone, with the share of each class, and copies beside their row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.config.default_study import own_study
from experiments.data.prepare import StudyData, prepare
from experiments.errors import DataError


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    x = rng.normal(size=400).round(4)
    y = np.where(np.arange(400) % 4 == 0, "rare", "often")
    frame = pd.DataFrame({"x": x, "z": rng.normal(size=400).round(4), "day": np.arange(400), "y": y})
    frame.to_csv(tmp_path / "table.csv", index=False)
    return tmp_path / "table.csv"


def data_of(table: Path, *settings: str) -> StudyData:
    return prepare(own_study(str(table), "y", settings)[0], {})


def rows_in_folds(data: StudyData) -> np.ndarray:
    return np.unique(np.concatenate([rows for pair in data.folds.pairs for rows in pair]))


def test_the_folds_have_the_drawn_rows_and_the_share_of_each_class(table: Path) -> None:
    everything, drawn = data_of(table), data_of(table, "cv.fold_rows=100")
    rows = rows_in_folds(drawn)
    assert (len(rows_in_folds(everything)), len(rows)) == (320, 100)
    assert (drawn.development.y[rows] == drawn.target.classes.index("rare")).sum() == 25
    validated = np.concatenate([validation for _, validation in drawn.folds.pairs])
    assert np.array_equal(np.sort(validated), rows)  # each once
    assert drawn.development.fingerprint == everything.development.fingerprint  # the final model has them all
    assert drawn.test.fingerprint == everything.test.fingerprint
    assert drawn.folds.fingerprint != everything.folds.fingerprint


def test_the_split_seed_decides(table: Path) -> None:
    once, again = data_of(table, "cv.fold_rows=100"), data_of(table, "cv.fold_rows=100", "study.seed=7")
    assert once.folds.fingerprint == again.folds.fingerprint
    other = data_of(table, "cv.fold_rows=100", "data.split_seed=1")
    assert not np.array_equal(rows_in_folds(once), rows_in_folds(other))


def test_all_rows_are_those_without_the_key(table: Path) -> None:
    assert data_of(table, "cv.fold_rows=320").folds.fingerprint == data_of(table).folds.fingerprint


def test_a_small_class_lowers_the_folds_by_its_drawn_rows(table: Path) -> None:
    data = data_of(table, "cv.fold_rows=12")
    assert data.n_splits == 3
    assert any("3 folds instead of 5, as class 'rare' has only 3 development rows" in note for note in data.notes)


def test_what_cannot_be_drawn_is_refused(table: Path) -> None:
    for settings, message in (
        (["cv.fold_rows=321"], r"cv\.fold_rows: must be at most 320, the development rows, but got 321"),
        (["cv.fold_rows=100", 'data.groups="day"'], r"cv\.fold_rows: rows of data\.groups cannot be drawn one by one"),
        (["cv.fold_rows=100", 'data.time="day"'], r"cv\.fold_rows: rows of data\.time cannot be drawn one by one"),
        (["cv.fold_rows=319"], r"cv\.fold_rows: 319 of 320 rows cannot be drawn so that each class"),
    ):
        with pytest.raises(DataError, match=message):
            data_of(table, *settings)


def test_copies_follow_their_row(table: Path) -> None:
    frame = pd.read_csv(table)
    pd.concat([frame, frame.iloc[:40]]).to_csv(table, index=False)
    data = data_of(table, "cv.fold_rows=100")
    numbers = data.development.table.numbers
    assert numbers is not None
    inside = set(numbers[rows_in_folds(data)].tolist())
    for number in range(40):
        assert (number in inside) == (400 + number in inside)
    assert 100 <= len(inside) <= 140
