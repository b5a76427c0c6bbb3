"""The outer folds are scikit-learn's, every row is in one of them, and none is shown to its own study."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import model_selection

from experiments.config.data_options import DataSection
from experiments.config.outer import outer_study
from experiments.config.study_file import parse_spec
from experiments.data.columns.target_type import labelled
from experiments.data.load import load_table
from experiments.data.prepare import StudyData, prepare
from experiments.data.readers.builtin import load_builtin
from experiments.data.splits.holdout import Look
from experiments.data.splits.outer_folds import outer_folds, split_by_fold
from experiments.data.table import Table
from experiments.errors import DataError, LedgerError
from support.split_tables import opened
from support.tables import mixed_table


def section(fold: int, folds: int, **more: Any) -> DataSection:
    return DataSection(source="wine", **more).model_copy(update={"test_fold": (fold, folds)})


def folds_of(table: Table, folds: int, seed: int = 0) -> list[tuple[list[int], list[int]]]:
    pairs = outer_folds(labelled(table), folds, seed)
    return [(development.tolist(), test.tolist()) for development, test in pairs]


def prepared(cv: dict[str, Any], table: Table | None = None, fold: int = 0, **data: Any) -> StudyData:
    document = {"study": {"name": "s"}, "data": {"source": "wine", **data}, "cv": cv}
    spec = parse_spec({**document, "space": {"l2": {"low": 0, "high": 1}}}, "s")
    return prepare(outer_study(spec, fold) if fold else spec, {}, table)


def test_classes_are_stratified_as_scikit_learn_does() -> None:
    table = load_builtin("wine")
    splitter = model_selection.StratifiedKFold(5, shuffle=True, random_state=3)
    expected = [(a.tolist(), b.tolist()) for a, b in splitter.split(table.features, table.target)]
    assert folds_of(table, 5, seed=3) == expected
    rows = labelled(table)
    development, test = split_by_fold(rows, section(2, 5, split_seed=3))
    features, labels = opened(test)
    assert np.array_equal(features, table.features[expected[1][1]])
    assert np.array_equal(labels, rows.y[expected[1][1]])
    assert np.array_equal(development.features, table.features[expected[1][0]])
    assert development.table.numbers is not None
    assert development.table.numbers.tolist() == expected[1][0]


def test_the_last_study_has_all_rows_and_seals_all_that_are_tested() -> None:
    table = load_builtin("diabetes")
    rows = labelled(table)
    development, test = split_by_fold(rows, section(0, 4))
    assert np.array_equal(development.features, table.features)
    assert np.array_equal(development.y, rows.y)
    features, numbers = opened(test)
    assert np.array_equal(features, table.features)
    assert np.array_equal(numbers, rows.y)
    tested = sorted(row for _, rows in folds_of(table, 4) for row in rows)
    assert tested == list(range(442))


def test_groups_stay_whole() -> None:
    groups = np.repeat(np.arange(24), 5)
    for development, test in folds_of(mixed_table(120, groups=groups), 4):
        assert not set(groups[development]) & set(groups[test])
        assert len(test) % 5 == 0


def test_rows_in_time_order_are_tested_by_earlier_ones() -> None:
    time = np.random.default_rng(0).permutation(60)
    table = mixed_table(60, "regression", time=time)
    pairs = folds_of(table, 4)
    assert [(len(development), len(test)) for development, test in pairs] == [(12, 12), (24, 12), (36, 12), (48, 12)]
    for development, test in pairs:
        assert time[test].min() == time[development].max() + 1
        assert (np.diff(time[development]) > 0).all()
    rows = labelled(table)
    development, sealed = split_by_fold(rows, section(0, 4))
    assert development.table.time is not None
    assert development.table.time.tolist() == list(range(60))
    tested = np.flatnonzero(time >= 12)
    assert np.array_equal(opened(sealed)[1], rows.y[tested])


def test_copies_are_in_one_fold() -> None:
    table = mixed_table(80, "regression")
    frame: Any = table.features
    rows = [*range(80), *range(10)]
    doubled = replace(table, features=frame.iloc[rows].reset_index(drop=True), target=table.target[rows])
    data = prepared({"outer": 4, "n_splits": 2}, doubled, source="given")
    assert data.copies is not None
    assert (data.copies.rows, data.copies.split) == (10, "together")
    for fold in range(1, 5):
        of_fold = prepared({"outer": 4, "n_splits": 2}, doubled, fold, source="given")
        assert of_fold.development.table.numbers is not None
        there = set(of_fold.development.table.numbers.tolist())
        assert all((row in there) == (80 + row in there) for row in range(10))


def test_the_positive_class_is_the_last_in_every_study() -> None:
    table = replace(load_builtin("breast_cancer"))
    for fold in range(3):
        data = prepared({"outer": 2}, table, fold, source="breast_cancer", positive="malignant")
        assert data.target.classes[-1] == "malignant"


def test_how_columns_are_read_follows_from_the_rows_of_the_fold_alone(tmp_path: Path) -> None:
    """Words in a column of numbers, all in one fold: its own study does not know them, and cannot read them."""
    chance, source = np.random.default_rng(0), tmp_path / "mine.csv"
    frame = pd.DataFrame({"a": chance.normal(size=60).round(3).astype(str), "y": chance.normal(size=60).round(3)})
    _, tested = next(model_selection.KFold(3, shuffle=True, random_state=0).split(frame))
    odd = tested[:3]
    frame.loc[odd, "a"] = ["what", "is", "this"]
    frame["b"] = frame.index % 7
    frame.to_csv(source, index=False)
    data = DataSection(source=str(source), target="y")
    readings = [load_table(data.model_copy(update={"test_fold": (fold, 3)}), {}).reading for fold in (0, 1, 2)]
    found = [(sorted(reading.missing), reading.unread) for reading in readings if reading is not None]
    assert found == [(["is", "this", "what"], 0), ([], 3), (["is", "this", "what"], 0)]


def test_the_folds_of_all_outer_studies_are_checked_at_once() -> None:
    table = mixed_table(30, "regression", groups=np.arange(30) // 6)
    prepared({"outer": 5, "n_splits": 4}, table, source="given")
    with pytest.raises(DataError, match=r"outer fold 1: cv\.n_splits: `n_splits <= groups` must hold.*groups=4"):
        prepared({"outer": 5, "n_splits": 5}, table, source="given")


def test_rows_drawn_for_the_folds_are_checked_for_all_outer_studies_at_once() -> None:
    with pytest.raises(DataError, match=r"outer fold 1: cv\.fold_rows: must be at most 118, the development rows"):
        prepared({"outer": 3, "fold_rows": 150})
    drawn = prepared({"outer": 3, "fold_rows": 90}, fold=2)
    assert len(np.unique(np.concatenate([rows for pair in drawn.folds.pairs for rows in pair]))) == 90


def test_what_cannot_be_an_outer_fold_is_refused() -> None:
    wine = load_builtin("wine")
    rare = replace(wine, target=np.where(np.arange(178) < 4, 0, 1 + np.arange(178) % 2))
    with pytest.raises(DataError, match=r"cv\.outer: every class needs at least outer=5 .* has 4 .*; set outer = 4"):
        folds_of(rare, 5)
    with pytest.raises(DataError, match=r"cv\.outer: the outer folds .* but wine has 20 test rows of its own"):
        folds_of(replace(wine, own_test=20), 5)
    with pytest.raises(DataError, match=r"cv\.outer: `outer <= groups` must hold, but got outer=5, groups=3"):
        folds_of(mixed_table(30, "regression", groups=np.arange(30) // 10), 5)
    late = replace(mixed_table(60, time=np.arange(60)), target=np.where(np.arange(60) < 30, "no", "yes"))
    with pytest.raises(DataError, match=r"every class needs a training row .* 0 in outer fold 1 .*; add earlier rows"):
        folds_of(late, 4)
    with pytest.raises(DataError, match="rows have groups and a time order, but only one"):
        folds_of(replace(late, groups=np.arange(60)), 4)
    mixed = replace(late, target=np.where(np.arange(60) % 2 * (np.arange(60) < 30), "no", "yes"))
    with pytest.raises(
        DataError, match=r"cv\.outer: every class needs a row on each side, .* 0 test rows in outer fold 3"
    ):
        folds_of(mixed, 4)


def test_the_size_of_a_test_set_is_said_to_be_unused() -> None:
    said = "data.test_size: not used, as with cv.outer each row is tested by the search that did not have it."
    assert said in prepared({"outer": 3}, test_size=0.25).notes
    assert said not in prepared({"outer": 3}).notes


def test_a_part_is_opened_by_the_look_that_names_it_alone() -> None:
    wine = labelled(load_builtin("wine"))
    parts = [split_by_fold(wine, section(fold, 3))[1] for fold in (0, 1, 2)]
    look = Look(parts[0].fingerprint, "models", "study", (parts[1].fingerprint,))
    assert len(parts[1].open(look, lambda _: True)[1]) == len(parts[1])
    with pytest.raises(LedgerError, match="reserved for other test rows"):
        parts[2].open(look, lambda _: True)
    with pytest.raises(LedgerError, match="no reservation"):
        parts[1].open(look, lambda _: False)
