"""Rows that are like their neighbours in the file are pointed out; other rows, and sorted files, are not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine

from experiments.config.target import Target
from experiments.data.columns.target_type import LabelledTable
from experiments.data.hints import alike_neighbours
from experiments.data.table import Table

RANDOM = np.random.default_rng(0)
ROWS = 400
WALK = np.cumsum(RANDOM.normal(size=(ROWS, 3)), axis=0)
BLOCKS = np.repeat(RANDOM.integers(2, size=ROWS // 20), 20)
LINE = (
    "rows next to each other in the file are alike in 'a', 'b', 'c', and so is their target, as in windows of one "
    "recording; a column that names the recordings, in data.groups, or that counts the rows, in data.time, keeps rows "
    "that belong together on one side of every split."
)


def table_of(features: Any) -> Table:
    names = tuple("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN"[: features.shape[1]])
    return Table("t", features, ("number",) * len(names), names, np.zeros(len(features)), "y", None)


def neighbour_hints(table: Table, y: Any, classes: bool) -> tuple[str, ...]:
    return alike_neighbours.neighbour_hints(LabelledTable(table, y, Target(tuple("ab") if classes else ())))


def test_windows_of_a_recording_are_pointed_out() -> None:
    table, smooth = table_of(WALK), np.cumsum(RANDOM.normal(size=ROWS))
    assert neighbour_hints(table, BLOCKS, True) == neighbour_hints(table, smooth, False) == (LINE,)
    shuffled = RANDOM.permutation(ROWS)  # as a split may leave them
    assert neighbour_hints(replace(table_of(WALK[shuffled]), numbers=shuffled), BLOCKS[shuffled], True) == (LINE,)
    assert neighbour_hints(table_of(WALK[shuffled]), BLOCKS[shuffled], True) == ()
    assert neighbour_hints(replace(table, groups=BLOCKS), BLOCKS, True) == ()
    assert neighbour_hints(replace(table, time=smooth), BLOCKS, True) == ()


def test_a_target_that_neighbours_do_not_share_is_not() -> None:
    for y, classes in ((RANDOM.integers(2, size=ROWS), True), (RANDOM.normal(size=ROWS), False)):
        assert neighbour_hints(table_of(WALK), y, classes) == ()


def test_sorted_files_are_not() -> None:
    values = RANDOM.normal(size=(ROWS, 4))
    values[:, 1] += values[:, 0]
    by_one, total = values[np.argsort(values[:, 0])], values.sum(axis=1)
    assert neighbour_hints(table_of(by_one), by_one.sum(axis=1), False) == ()
    assert neighbour_hints(table_of(values[np.argsort(total)]), np.sort(total), False) == ()
    assert neighbour_hints(table_of(values[np.argsort(total > 0)]), np.sort(total > 0), True) == ()


@pytest.mark.parametrize("load", [load_iris, load_wine, load_breast_cancer, load_diabetes])
def test_tables_of_single_things_are_not(load: Any) -> None:
    data = load()
    assert neighbour_hints(table_of(data.data), data.target, load is not load_diabetes) == ()
