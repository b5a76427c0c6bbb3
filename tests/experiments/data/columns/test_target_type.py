"""Classes or numbers: told by the values, unless the study file says it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.config.data_options import DataSection
from experiments.config.target import Target
from experiments.data.columns.target_type import labelled, type_note, with_logarithm
from experiments.data.load import load_table
from experiments.data.table import Table
from experiments.errors import DataError

CASES = [above / "shared" / "cases" / "files" for above in Path(__file__).parents[5:]]  # beside the checkout


def table(values: Any, classes: tuple[str, ...] | None = None) -> Table:
    target = np.asarray(values)
    return Table("mine", np.zeros((len(target), 1)), ("number",), ("0",), target, "price", classes)


def test_words_truths_and_few_integers_are_classes_in_the_order_of_their_values() -> None:
    for values, classes in [
        (["no", "yes"] * 6, ("no", "yes")),
        (np.array(["b", "a"] * 6, object), ("a", "b")),
        ([True, False] * 6, ("False", "True")),
        ([10, 9, 2] * 5, ("2", "9", "10")),
        ([0.0, 1.0] * 5, ("0", "1")),
        ([0] * 9 + [1], ("0", "1")),
        ([1, 2, 3, 4, 5, 6] * 5 + [7], tuple("1234567")),
        (np.repeat(np.arange(20), 5), tuple(map(str, range(20)))),
    ]:
        rows = labelled(table(values))
        assert (rows.target.task, rows.target.classes) == ("classification", classes)
        assert [classes[label] for label in rows.y] == [
            str(int(v) if isinstance(v, float) else v) for v in np.asarray(values)
        ]
        assert rows.y.dtype == np.intp


def test_two_values_are_classes_whatever_they_are() -> None:
    assert labelled(table([0.5, 1.5] * 6)).target.classes == ("0.5", "1.5")
    assert labelled(table([0] * 599 + [1])).target.classes == ("0", "1")


def test_everything_else_is_a_number() -> None:
    for values in [
        np.repeat(np.arange(21), 5),
        np.repeat(np.arange(8), [9, 9, 9, 9, 9, 9, 9, 4]),  # a count, whose largest numbers are rare
        [3, 5, 8, 8, 9],
        [0.5, 1.5, 2.5] * 6,
        np.linspace(0, 1, 30),
        np.arange(40),
    ]:
        rows = labelled(table(values))
        assert (rows.target.task, rows.target.classes, rows.y.dtype) == ("regression", (), np.float64)
        np.testing.assert_array_equal(rows.y, values)


@pytest.mark.parametrize(
    ("file", "column", "classes"),
    [
        *((f"rare{rows}{words}", "quality", 6) for rows in (5, 6, 7, 8) for words in ("", "-words")),
        *((f"pos{rows}", "fraud", 2) for rows in ("3", "8", "3-bool", "5-bool", "8-bool")),
        *((f"y-{name}", "y", classes) for name, classes in [("15", 5), ("123ids", 4), ("float01", 2)]),
        *((f"y-{name}", "y", 0) for name in ("count", "age", "0-20", "tiny")),
        *(("wine-plain", "quality", 6), ("ten-rows-reg", "y", 0), ("salary-30", "Salary", 0)),
    ],
)
def test_files_as_people_have_them(file: str, column: str, classes: int) -> None:
    path = next((folder / f"{file}.csv" for folder in CASES if folder.is_dir()), None)
    if path is None:
        pytest.skip(f"{CASES[0]} is not here")
    read = load_table(DataSection(source=str(path), target=column), {})
    assert len(labelled(read).target.classes) == classes


def test_what_could_be_either_is_said() -> None:
    for values, said in [
        ([1, 2, 3] * 5, None),
        ([0] * 9 + [1], None),
        (np.arange(40), None),
        (
            [1, 2, 3] * 5 + [4],
            "its 4 different whole numbers, the rarest with 1 of the 16 rows, are taken for classes; data",
        ),
        (
            np.repeat(np.arange(6), [9, 40, 30, 20, 10, 5]),
            "its 6 different whole numbers, as frequent as those of a count or a scale, are taken for classes; "
            "data.task = regression takes them for a number.",
        ),
        (np.repeat(np.arange(6), [9, 40, 30, 20, 22, 5]), None),  # two peaks
        (np.repeat(np.arange(6), 20), None),
        (np.arange(123) % 6, None),  # as many rows of each class as can be
        (np.repeat(np.arange(5), [9, 40, 30, 20, 5]), None),  # few have one peak by chance
        (np.arange(9), "are taken for a number; data.task = classification takes them for classes"),
    ]:
        whole = table(values)
        note = type_note(labelled(whole))
        assert note is None if said is None else said in str(note)


def test_the_study_file_has_the_last_word() -> None:
    assert labelled(table([0, 1, 2] * 5), "regression").target.task == "regression"
    assert labelled(table([0, 1] * 5), "regression").target.task == "regression"
    assert labelled(table([0.5, 1.5, 2.5] * 2), "classification").target.classes == ("0.5", "1.5", "2.5")


def test_the_sources_own_test_rows_decide_nothing() -> None:
    """A few whole numbers stay classes, and their order stays, whatever the test part holds."""
    whole = replace(table([10, 2] * 5 + [2, 10, 2]), own_test=3)
    assert labelled(whole).target.classes == ("2", "10")
    assert labelled(whole).y.tolist() == [1, 0] * 5 + [0, 1, 0]
    for strange in (7, 11):
        with pytest.raises(DataError, match=f"class '{strange}' is only in 2 of the source's own test rows"):
            labelled(replace(table([10, 2] * 5 + [2, strange, strange]), own_test=3))
    with pytest.raises(DataError, match="class 'maybe' is only in 1"):
        labelled(replace(table(["no", "yes", "maybe"]), own_test=1))


def test_a_sources_own_classes_stay() -> None:
    rows = labelled(table([1, 0, 1], ("setosa", "virginica")))
    assert rows.target.classes == ("setosa", "virginica")
    assert rows.y.tolist() == [1, 0, 1]


def test_what_cannot_be_learnt_is_refused() -> None:
    for values, classes, task, words in [
        (["a", "b"] * 5, None, "regression", "'price' has classes"),
        ([0, 1] * 5, ("a", "b"), "regression", "'price' has classes"),
        (["a"] * 5, None, "auto", "at least two classes"),
        ([3] * 9, None, "auto", "at least two classes"),
        ([2.5] * 9, None, "auto", r"all 9 rows have 2\.5"),
        ([1.0, np.inf, 2.0], None, "auto", "row 1 .from 0. has inf"),
        ([1.0, 2.0, np.nan], None, "auto", "row 2 .from 0. has nan"),
    ]:
        with pytest.raises(DataError, match=words):
            labelled(table(values, classes), task)


def test_a_logarithm_needs_positive_numbers_to_learn_from() -> None:
    numbers = Table("t", np.zeros((4, 1)), ("number",), ("x",), np.array([1.5, 2, 3, -1]), "y", None)
    rows = labelled(numbers, "regression")
    with pytest.raises(DataError, match=r"target_transform: log needs positive numbers, but target 'y' has -1; remove"):
        with_logarithm(rows)
    assert with_logarithm(replace(rows, table=replace(numbers, own_test=1))).target.log  # a test row has no say
    with pytest.raises(DataError, match="has classes"):
        with_logarithm(replace(rows, target=Target(("a", "b"))))


def test_a_target_that_is_no_number_is_named_by_its_row_in_the_file() -> None:
    y = np.array([1.5, 2.5, np.inf])
    made = Table("mine", np.zeros((3, 1)), ("number",), ("a",), y, "y", None, numbers=np.array([0, 4, 7]))
    with pytest.raises(DataError, match=r"but row 7 \(from 0\) has inf"):
        labelled(made)
