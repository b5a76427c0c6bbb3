"""The target is whole numbers, numbers or texts, in every row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from experiments.data.columns.target_column import plain_target, read_target
from experiments.data.raw_table import RawTable
from experiments.errors import DataError

Make = Callable[..., RawTable]


def test_a_target_is_read_as_it_is(sheet: Make) -> None:
    for values, dtype, expected in [
        (["0", "1", "+2", "-1"], np.int64, [0, 1, 2, -1]),
        (["0", "1.0"], np.float64, [0, 1]),
        (["12345678901234567890", "1"], np.float64, [1.2345678901234567e19, 1]),
        (["a", "b", "3"], str, ["a", "b", "3"]),
        ([1, 2], np.int64, [1, 2]),
        ([1.5, 2.0], np.float64, [1.5, 2.0]),
        (["3+", "1", "2"], str, ["3+", "1", "2"]),  # few names, most of them numbers
    ]:
        target, classes = read_target(sheet(y=values), "y")
        assert classes is None
        assert np.issubdtype(target.dtype, np.str_) if dtype is str else target.dtype == dtype
        assert target.tolist() == expected


def test_the_points_of_a_target_stand_between_thousands_beside_a_unit_too(sheet: Make) -> None:
    for unit in ("", " €"):
        made = sheet(y=[f"823{unit}", f"404.958{unit}", "-"])
        between_semicolons = replace(made, layout={"separator": ";"})
        for raw, comma in ((made, True), (between_semicolons, False)):
            plain, form = plain_target(replace(raw, comma=comma), "y", None)
            assert (plain.columns["y"].to_pylist(), form) == (["823", "404958", None], f"1.234,5{unit}")
    plain, form = plain_target(sheet(y=["0,5", "9,1e-05", "inf"]), "y", None)
    assert (plain.columns["y"].to_pylist(), form) == (["0.5", "9.1e-05", None], "1234,5")


def test_numbers_that_are_told_to_be_classes_are_names(sheet: Make) -> None:
    assert read_target(sheet(y=["1", "2"]), "y", as_classes=True)[0].tolist() == ["1", "2"]
    assert len(set(read_target(sheet(y=[*range(26)] * 2), "y", as_classes=True)[0])) == 26
    assert read_target(sheet(y=[1.5, 2.5]), "y", as_classes=True)[0].tolist() == ["1.5", "2.5"]


def test_declared_classes_are_indices_into_their_sorted_names(sheet: Make) -> None:
    packed = pa.DictionaryArray.from_arrays(
        pa.array([2, 0, 2, 1], pa.int8()), pa.array(["no", "maybe", "yes", "never"])
    )
    target, classes = read_target(sheet(declared=["y"], y=pa.chunked_array([packed])), "y")
    assert classes == ("maybe", "no", "yes")
    assert target.tolist() == [2, 1, 2, 0]
    assert target.dtype == np.int64
    assert read_target(sheet(y=[True, False]), "y")[1] == ("False", "True")


def test_what_cannot_be_a_target_is_refused_with_its_place(sheet: Make) -> None:
    for values, message in [
        (["a", "", "b", "?"], r"row 1 is empty \(2 such rows\)"),
        ([1, None], "row 1 is empty"),
        ([1.0, float("nan")], "row 1 has nan"),
        (
            [f"name {number}" for number in range(30)],
            "but has 30 different texts in 30 rows, such as 'name 0'; name another",
        ),
        ([*(f"{number}.5" for number in range(30)), "oops"], "numbers, but row 30 has 'oops'"),
        ([f"{day}/1/2026" for day in range(1, 29)], "is the target, but holds dates"),
        ([f"{day}/{month}/2026" for day in (1, 2) for month in range(1, 13)], "is the target, but holds dates"),
        (["1", "inf"], "row 1 has 'inf'"),
        (["a" * 201, "b"], "at most 200 characters, but row 0"),
        ([None, None], "holds values of type null"),
    ]:
        with pytest.raises(DataError, match=f"column 'y'.*{message}"):
            read_target(sheet(y=values), "y")


def test_words_among_numbers_are_named_with_the_key_that_leaves_out_their_rows(sheet: Make) -> None:
    numbers = [f"{number}.5" for number in range(30)]
    with pytest.raises(DataError, match=r"row 30 has 'Indef\.' \(3 such rows\); correct it, or .* = \["):
        read_target(sheet(y=[*numbers, "Indef.", "out", "Indef."]), "y")
    with pytest.raises(DataError, match=r'data\.missing = \["Indef\.", "out"\]\.$'):
        read_target(sheet(y=[*numbers, "Indef.", "out", "Indef."]), "y")
    with pytest.raises(DataError, match=r"row 60 has 'oops 0' \(25 such rows\); correct it\.$"):
        read_target(sheet(y=[*numbers, *numbers, *(f"oops {word}" for word in range(25))]), "y")


@pytest.mark.parametrize("limit", ["< 10", ">=40", "≤5", "under 10", "Over 40", "40+", "less than 3"])
def test_a_limit_among_numbers_is_no_missing_one(limit: str, sheet: Make) -> None:
    numbers = [f"{number}.5" for number in range(10, 40)]
    with pytest.raises(DataError) as refused:
        read_target(sheet(y=[*numbers, limit, limit]), "y")
    assert str(refused.value).endswith(
        f"must hold numbers, but row 30 has '{limit}' (2 such rows); write a number for it, such as its limit, or take "
        "all values for classes by --categories y, but do not leave these rows out, which are the smallest or largest."
    )
    with pytest.raises(DataError, match=r'data\.missing = \["out", "< 10"\]'):
        read_target(sheet(y=[*numbers, "out", "< 10"]), "y")


def test_a_table_on_its_side_is_to_be_turned(sheet: Make) -> None:
    genes = sheet(y=[f"gene {number}" for number in range(30)])
    with pytest.raises(
        DataError,
        match="in 30 rows, such as 'gene 0'; name another column, or exchange rows and columns if each row is a",
    ):
        read_target(replace(genes, repeated=frozenset({"tumour"})), "y")


def test_amounts_that_are_not_written_alike_are_no_classes(sheet: Make) -> None:
    amounts = [f"${number}.5M" for number in range(30)]
    wrong = "must hold numbers written as \\$1234.5M, but row 90 has '7 kg' "
    with pytest.raises(DataError, match=wrong):
        read_target(sheet(y=["-"] * 60 + [*amounts, "7 kg", "8 kg"]), "y")
    with pytest.raises(DataError, match="classes or numbers, but has 30 different texts in 30 rows"):
        read_target(sheet(y=[f"{letter}{number}" for letter in "abc" for number in range(10)]), "y")
