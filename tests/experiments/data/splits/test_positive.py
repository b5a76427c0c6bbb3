"""The positive class is the last of two, whatever the alphabet says."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.config.target import Target
from experiments.data.columns.target_type import LabelledTable
from experiments.data.splits.positive import rare_class_notes, with_positive_last
from experiments.data.table import Table
from experiments.errors import DataError

TWO = Target(("defective", "ok"))


def rows(target: Target) -> LabelledTable:
    y = np.array([0, 1, 0])
    return LabelledTable(Table("t", y[:, None], ("number",), ("x",), y, "y", None), y, target)


def test_the_positive_class_is_the_last_one() -> None:
    for name, classes, labels in [("defective", ("ok", "defective"), [1, 0, 1]), ("ok", TWO.classes, [0, 1, 0])]:
        found = with_positive_last(rows(TWO), name)
        assert (found.target.classes, found.y.tolist()) == (classes, labels)
    accented = rows(Target(("cafe\u0301", "tea")))  # as a Mac's names of files have it
    assert with_positive_last(accented, "caf\u00e9").target.classes == ("tea", "cafe\u0301")
    assert with_positive_last(rows(Target(("false", "true"))), False).target.classes == ("true", "false")
    assert with_positive_last(rows(Target(("0", "1"))), 0).target.classes == ("1", "0")


def test_another_name_or_target_is_refused() -> None:
    for target, words in [
        (TWO, "must be one of the classes 'defective' and 'ok', but got 'broken'"),
        (Target(tuple("abc")), "needs a target of two classes, but this one is 3 classes"),
        (Target(), "but this one is a number"),
    ]:
        with pytest.raises(DataError, match=words):
            with_positive_last(rows(target), "broken")


def test_a_frequent_last_class_is_said_as_thresholds_are_mostly_meant_for_the_rare_one() -> None:
    y = np.array([0] + [1] * 9)
    table = Table("t", y[:, None], ("number",), ("x",), y, "y", None)
    (note,) = rare_class_notes(LabelledTable(table, y, Target(("ja", "nein"))), "roc_auc", False)
    assert note == (
        "thresholds, recall and the ROC curve are of class 'nein', the last of two; data.positive = ja makes them of "
        "'ja', the rare one."
    )
    for labels, metric, chosen, classes in [
        (1 - y, "roc_auc", False, ("no", "yes")),
        (y, "f1", False, ("ja", "nein")),  # whose note names the class
        (y, "roc_auc", True, ("ja", "nein")),
        (np.array([0, 1] * 5), "roc_auc", False, ("ja", "nein")),
        (y, "accuracy", False, ("a", "b", "c")),
        (y.astype(float), "r2", False, ()),
    ]:
        assert not list(rare_class_notes(LabelledTable(table, labels, Target(classes)), metric, chosen))
