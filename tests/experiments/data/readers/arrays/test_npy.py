"""A single array is a table whose columns are named by their positions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from experiments.config.data_options import DataSection
from experiments.data.load import load_table
from experiments.errors import DataError

ROWS = np.column_stack([np.arange(40) % 7 * 1.5, np.arange(40) % 2, np.arange(40) % 5 * 0.25])


def test_a_column_is_the_target_and_others_have_roles(tmp_path: Path) -> None:
    np.save(tmp_path / "my.npy", ROWS)
    path = str(tmp_path / "my.npy")
    for target, names in [(1, ("0", "2")), (-1, ("0", "1"))]:
        table = load_table(DataSection(source=path, target=target), {})
        assert (table.columns, table.target_name) == (names, str(target % 3))
        np.testing.assert_array_equal(np.asarray(table.features), ROWS[:, [int(name) for name in names]])
        np.testing.assert_array_equal(table.target, ROWS[:, target])
    table = load_table(DataSection(source=path, target=1, weights=2), {})
    assert (table.columns, table.kinds) == (("0",), ("number",))
    np.save(tmp_path / "test.npy", ROWS[:9] + 1)
    assert load_table(DataSection(source=path, target=1, test=str(tmp_path / "test.npy")), {}).own_test == 9


def test_nan_is_missing_and_texts_are_categories(tmp_path: Path) -> None:
    holes = ROWS.copy()
    holes[3, 0] = np.nan
    np.save(tmp_path / "my.npy", holes)
    table = load_table(DataSection(source=str(tmp_path / "my.npy"), target=1), {})
    assert np.isnan(np.asarray(table.features)[3, 0])
    np.save(tmp_path / "my.npy", np.where(ROWS > 0.5, "high", "low"))
    table = load_table(DataSection(source=str(tmp_path / "my.npy"), target=2, keep=(1,)), {})
    assert table.kinds == ("category",) * 2


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "my.npy"
    for array, words in [
        (
            np.zeros((4, 2, 2)),
            r"table of shape \(rows, columns\), .* but it is \(4, 2, 2\); save .*numpy\.savez\('my\.npz'",
        ),
        (np.zeros(4), r"but it is \(4,\)"),
        (np.zeros((4, 0)), r"but it is \(4, 0\)"),
        (np.zeros(4, "f4,i4"), "a record of several values"),
    ]:
        np.save(path, array)
        with pytest.raises(DataError, match=words):
            load_table(DataSection(source=str(path), target=0), {})
    np.save(path, ROWS)
    with pytest.raises(DataError, match="--target 0 for the first or --target -1 for the last of the 3 columns"):
        load_table(DataSection(source=str(path)), {})
