"""Classes or numbers: told by the values, unless the study file says it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from experiments.data.table import Table
from experiments.data.target_type import target_of
from experiments.errors import DataError


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
        (np.repeat(np.arange(20), 5), tuple(map(str, range(20)))),
    ]:
        target, y = target_of(table(values))
        assert (target.task, target.classes) == ("classification", classes)
        assert [classes[label] for label in y] == [
            str(int(v) if isinstance(v, float) else v) for v in np.asarray(values)
        ]
        assert y.dtype == np.intp


def test_everything_else_is_a_number() -> None:
    for values in [
        np.repeat(np.arange(21), 5),
        [*([0] * 9), *([1] * 4)],
        [0.5, 1.5] * 6,
        np.linspace(0, 1, 30),
        np.arange(40),
    ]:
        target, y = target_of(table(values))
        assert (target.task, target.classes, y.dtype) == ("regression", (), np.float64)
        np.testing.assert_array_equal(y, values)


def test_the_study_file_has_the_last_word() -> None:
    assert target_of(table([0, 1, 2] * 5), "regression")[0].task == "regression"
    assert target_of(table([0.5, 1.5] * 2), "classification")[0].classes == ("0.5", "1.5")


def test_the_sources_own_test_rows_decide_nothing() -> None:
    """A few whole numbers stay classes, and their order stays, whatever the test part holds."""
    whole = replace(table([10, 2] * 5 + [2, 10, 2]), own_test=3)
    assert target_of(whole)[0].classes == ("2", "10")
    assert target_of(whole)[1].tolist() == [1, 0] * 5 + [0, 1, 0]
    for strange in (7, 11):
        with pytest.raises(DataError, match=f"class '{strange}' is only in 2 of the source's own test rows"):
            target_of(replace(table([10, 2] * 5 + [2, strange, strange]), own_test=3))
    with pytest.raises(DataError, match="class 'maybe' is only in 1"):
        target_of(replace(table(["no", "yes", "maybe"]), own_test=1))


def test_a_sources_own_classes_stay() -> None:
    target, y = target_of(table([1, 0, 1], ("setosa", "virginica")))
    assert target.classes == ("setosa", "virginica")
    assert y.tolist() == [1, 0, 1]


def test_what_cannot_be_learnt_is_refused() -> None:
    for values, classes, task, words in [
        (["a", "b"] * 5, None, "regression", "'price' has classes"),
        ([0, 1] * 5, ("a", "b"), "regression", "'price' has classes"),
        (["a"] * 5, None, "auto", "at least two classes"),
        ([3] * 9, None, "auto", "at least two classes"),
        ([2.5] * 9, None, "auto", r"every row has 2\.5"),
        ([1.0, np.inf, 2.0], None, "auto", "row 1 .from 0. has inf"),
        ([1.0, 2.0, np.nan], None, "auto", "row 2 .from 0. has nan"),
    ]:
        with pytest.raises(DataError, match=words):
            target_of(table(values, classes), task)
