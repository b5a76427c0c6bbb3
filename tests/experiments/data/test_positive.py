"""The positive class is the last of two, whatever the alphabet says."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.config.target import Target
from experiments.data.positive import with_positive_last
from experiments.errors import DataError

TWO = Target(("defective", "ok"))


def test_the_positive_class_is_the_last_one() -> None:
    for name, classes, labels in [("defective", ("ok", "defective"), [1, 0, 1]), ("ok", TWO.classes, [0, 1, 0])]:
        target, y = with_positive_last(TWO, np.array([0, 1, 0]), name)
        assert (target.classes, y.tolist()) == (classes, labels)
    accented = Target(("cafe\u0301", "tea"))  # as a Mac's names of files have it
    assert with_positive_last(accented, np.array([0]), "caf\u00e9")[0].classes == ("tea", "cafe\u0301")
    assert with_positive_last(Target(("false", "true")), np.array([0]), False)[0].classes == ("true", "false")
    assert with_positive_last(Target(("0", "1")), np.array([0]), 0)[0].classes == ("1", "0")


def test_another_name_or_target_is_refused() -> None:
    for target, words in [
        (TWO, "must be one of the classes 'defective' and 'ok', but got 'broken'"),
        (Target(tuple("abc")), "needs a target of two classes, but this one is 3 classes"),
        (Target(), "but this one is a number"),
    ]:
        with pytest.raises(DataError, match=words):
            with_positive_last(target, np.array([0, 1]), "broken")
