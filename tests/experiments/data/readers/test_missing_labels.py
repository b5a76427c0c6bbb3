"""A text that stands for a missing value is no label of an array, nor the name of a group."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.data.readers.missing_labels import is_missing_text, refuse_missing_groups, refuse_missing_labels
from experiments.errors import DataError


def test_the_words_of_tables_stand_for_missing_values() -> None:
    words = np.array(["", " ", "?", "NA", "n/a", "nan", "NaN", "Null", "none", "nano", "0", "-"])
    expected = [True] * 9 + [False] * 3
    assert is_missing_text(words).tolist() == is_missing_text(words.astype(object)).tolist() == expected
    assert is_missing_text(words, ["NONE", ""]).tolist() == [False, False, *expected[2:8], False, *expected[9:]]


@pytest.mark.parametrize("kind", ["U", "O"])
def test_a_label_that_is_missing_is_refused(kind: str) -> None:
    labels = np.array(["a", "b", "nan", "NaN"]).astype(kind)
    with pytest.raises(
        DataError,
        match=r"^my\.npz: y must have a value in every row, but row 2 \(from 0\) has 'nan' \(2 such rows\); remove "
        r'these rows, or set data\.present = \["nan"\] if that is a class\.$',
    ):
        refuse_missing_labels(labels, (), "my.npz: y")
    refuse_missing_labels(labels, ["nan"], "my.npz: y")
    refuse_missing_labels(np.array([1.0, np.nan]), (), "my.npz: y")  # a number that is missing has a rule of its own
    with pytest.raises(DataError, match=r"but row 1 \(from 0\) is empty; remove the row\.$"):
        refuse_missing_labels(np.array(["a", " "]).astype(kind), (), "data: y")


def test_a_group_that_is_missing_is_refused() -> None:
    for groups, words in (
        (np.array([1.0, np.nan, np.nan]), r"row 1 \(from 0\) has 'nan' \(2 such rows\); fill in the cell or"),
        (np.array(["u", "", "v"]), r"row 1 \(from 0\) is empty; fill in the cell or remove the row\.$"),
        (np.array(["u", "v", "None"]), r"row 2 \(from 0\) has 'None'; fill in"),
    ):
        with pytest.raises(DataError, match=rf"^my\.npz: g is the groups, but {words}"):
            refuse_missing_groups(groups, (), "my.npz: g")
    refuse_missing_groups(np.array(["u", "None"]), ["none"], "my.npz: g")
    for groups in (np.array([1, 2]), np.array([True, False]), np.array([1.0, np.inf])):
        refuse_missing_groups(groups, (), "my.npz: g")
