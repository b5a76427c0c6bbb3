"""A table is divided by the column that marks its test rows, which is then gone; what it cannot say is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from experiments.config.data_options import DataSection
from experiments.config.study_file import parse_spec
from experiments.data.columns.marked_test_rows import divided, without_marks
from experiments.data.prepare import StudyData, prepare
from experiments.data.raw_table import RawTable
from experiments.errors import DataError
from support.tables import mixed_frame

Make = Callable[..., RawTable]
SPLIT = ["train", "Test", "val", " test", "train", "train"]


def section(test_rows: str = "split=test", **keys: Any) -> DataSection:
    return DataSection(source="mine.csv", test_rows=test_rows, **{"target": "y", **keys})


def raw(split: Any = SPLIT, **more: Any) -> RawTable:
    cells = split if isinstance(split, pa.Array) else pa.array(split)
    columns = {"a": pa.array([1, 2, 3, 4, 5, 6]), "split": cells, "y": pa.array(list("uvuvuv")), **more}
    return RawTable(
        "mine", "mine.csv", {name: pa.chunked_array([one]) for name, one in columns.items()}, "line {}".format
    )


def test_the_rows_are_divided_and_keep_their_places() -> None:
    ours, theirs, data = divided(raw(), section("Split = TEST"))
    assert (list(ours.columns), list(theirs.columns)) == (["a", "y"], ["a", "y"])
    assert (ours.columns["a"].to_pylist(), theirs.columns["a"].to_pylist()) == ([1, 3, 5, 6], [2, 4])
    assert ([ours.place(row) for row in (1, 3)], theirs.place(1)) == (["line 2", "line 5"], "line 3")
    assert (theirs.where, data.test_rows) == ("mine.csv (Split=TEST)", None)
    assert ours.notes == (
        "the test set is the 2 rows in which 'split' is 'Test' or 'test'; the others are development rows "
        "('train' in 3, 'val' in 1)",
    )


def test_positions_count_the_column_that_is_gone() -> None:
    data = divided(raw(), section("1=test", target=-1, drop=(0,)))[2]
    assert (data.target, data.drop) == ("y", ("a",))


@pytest.mark.parametrize(
    ("cells", "asked", "tested"),
    [
        (pa.array([1, 0, 0, 1, 0, 0]), "split=1", 2),
        (pa.array([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]), "split=1", 2),
        (pa.array(["1.0", "0.0", "0", "1", "0", "0"]), "split=1", 2),
        (pa.array([True, False, False, False, False, False]), "split=true", 1),
        (pa.array(["a", "b", "a", "c", "d", "a"]).dictionary_encode(), "split=b, d", 2),
        (pa.array([1, 2, 3, 10, 9, 10]), "split=9,10", 3),
    ],
)
def test_values_are_compared_as_classes_are(cells: Any, asked: str, tested: int) -> None:
    assert divided(raw(cells), section(asked))[1].rows == tested


@pytest.mark.parametrize("key", ["groups", "time"])
def test_a_column_of_groups_or_time_stays(key: str) -> None:
    ours, theirs, _ = divided(raw(), section(**{key: "split"}))
    assert "split" in ours.columns
    assert "split" in theirs.columns


@pytest.mark.parametrize(
    ("split", "keys", "words"),
    [
        (SPLIT, {"test_rows": "splt=test"}, r"^data\.test_rows: mine\.csv has no column 'splt' \(did you"),
        (SPLIT, {"test_rows": "split=tset,val"}, r"^data\.test_rows: .*'split' has no value 'tset'; it has 'train', "),
        (SPLIT, {"test_rows": "split=train,val,test"}, r"^data\.test_rows: .* leaves no row to learn from: every"),
        (["train", "", "test", "NA", "test", "train"], {},
         r"^mine\.csv: column 'split' says which rows are the test set, but line 1 is empty \(2 such rows\); fill in "
         r"the cell, as in the other rows, or remove the row\.$"),
        (["train", "NA", "test", None, "test", "train"], {},
         r"line 1 has 'NA' \(2 such rows\); .*, or set data\.present = \[\"NA\"\] if that is a value\.$"),
        (pa.array([1.0, None, 0.0, 0.0, 0.0, 0.0]), {"test_rows": "split=1"}, r"but line 1 is empty; fill in the cell"),
        (SPLIT, {"target": "split"}, r"^data: column 'split' is named in target and in test_rows; leave only"),
        (SPLIT, {"categories": ("a", "split")},
         r"named in test_rows and in categories; set data\.categories = \[\"a\"\] for data\.test_rows to hold"),
        (SPLIT, {"groups": "split", "time": "split"}, "named in groups and in time and in test_rows; leave only one"),
    ],
)  # fmt: skip
def test_what_the_column_cannot_say_is_one_line(split: Any, keys: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match=words) as refused:
        divided(raw(split), section(**keys))
    assert "\n" not in str(refused.value)


def test_test_rows_without_a_target_are_to_be_predicted() -> None:
    divided(raw(y=pa.array(["u", None, "u", "v", "u", "v"])), section())
    rule = r"^data\.test_rows: no row of mine\.csv with split=test has the target 'y', .*, and predict these rows by"
    with pytest.raises(DataError, match=rule):
        divided(raw(y=pa.array(["u", None, "u", "NA", "u", "v"])), section())


def test_a_word_that_looks_missing_is_a_value_if_it_is_named() -> None:
    cells = ["None", "None", "private", "None", "None", "private"]
    assert divided(raw(cells), section("split=private", present=("None",)))[1].rows == 2


def test_new_rows_lose_the_column_where_it_has_no_other_role() -> None:
    assert list(without_marks(raw(), section("SPLIT=test")).columns) == ["a", "y"]
    assert list(without_marks(raw(), section("other=test")).columns) == ["a", "split", "y"]
    assert list(without_marks(raw(), section("split=test", groups="split")).columns) == ["a", "split", "y"]
    assert list(without_marks(raw(), DataSection(source="mine.csv", target="y")).columns) == ["a", "split", "y"]


def test_nothing_in_the_marked_rows_has_a_say(tmp_path: Path) -> None:
    """Kinds, formats, decisions on columns, and the rows to learn from are the same whatever stands in the others."""

    def prepared(change: Callable[[pd.DataFrame], None]) -> StudyData:
        frame = mixed_frame(120, seed=2)
        frame["label"] = np.where(np.arange(120) % 3 == 0, "b", "a")
        frame["day"] = [f"{row % 28 + 1:02d}.{row % 12 + 1:02d}.2024" for row in range(120)]
        frame["name"] = [f"person {row}" for row in range(120)]
        frame["split"] = np.where(np.arange(120) % 4 == 1, "test", "train")
        frame = frame.astype(object)
        change(frame)
        frame.to_csv(tmp_path / "my.csv", index=False)
        data = {"source": str(tmp_path / "my.csv"), "target": "label", "test_rows": "split=test"}
        space = {"learning_rate": {"low": 0.001, "high": 0.1}}
        return prepare(parse_spec({"study": {"name": "my"}, "data": data, "space": space}, "made up"), {})

    def garbage(frame: pd.DataFrame) -> None:
        tested = frame["split"] == "test"
        frame.loc[tested, "age"] = [1e9, "unknown", *[-7.5] * (tested.sum() - 2)]
        frame.loc[tested, "colour"] = ["ultraviolet", *["red"] * (tested.sum() - 1)]
        frame.loc[tested, "day"] = ["12/31/2024", *["01.02.1950"] * (tested.sum() - 1)]
        frame.loc[tested, "name"] = "the same"
        frame.loc[tested, "label"] = frame.loc[tested, "label"].map({"a": "b", "b": "a"})

    clean, dirty = prepared(lambda frame: None), prepared(garbage)
    pd.testing.assert_frame_equal(clean.development.features, dirty.development.features)
    assert clean.development.y.tolist() == dirty.development.y.tolist()
    assert clean.development.table.classes == dirty.development.table.classes
    assert clean.reading is not None
    assert dirty.reading is not None
    for key in ("columns", "formats", "left_out", "missing"):
        assert getattr(clean.reading, key) == getattr(dirty.reading, key)
    assert clean.folds.fingerprint == dirty.folds.fingerprint
    assert set(clean.notes) <= set(dirty.notes)
