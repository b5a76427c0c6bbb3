"""Checks of types: NumPy's scalars become Python's, and what is of another type is named with its value."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from nnet import MLPClassifier
from nnet.batches import FoldData
from nnet.checks import flag, number, of_kind, one_each, unmasked, whole
from nnet.errors import SettingError, ShapeError

ACCEPTED = {
    whole: [(3, 3), (np.int8(3), 3), (np.uint64(3), 3)],
    number: [(0.5, 0.5), (np.float32(0.5), 0.5), (np.float64(0.5), 0.5), (Fraction(1, 2), 0.5), (np.int64(2), 2)],
    flag: [(True, True), (np.False_, False)],
}
REFUSED = {
    whole: ([3.0, "3", True, np.True_, None], "an integer"),
    number: (["0.5", True, np.True_, None, 1j], "a number"),
    flag: (["no", "False", 0, 1, None, np.array([True])], "True or False"),
}


@pytest.mark.parametrize("check", ACCEPTED)
def test_what_is_accepted_becomes_a_type_of_python(check):
    for given, wanted in ACCEPTED[check]:
        assert check("x", given) == wanted
        assert type(check("x", given)) is type(wanted)


@pytest.mark.parametrize("check", REFUSED)
def test_what_is_refused_is_named_with_its_value(check):
    values, kind = REFUSED[check]
    for value in values:
        with pytest.raises(SettingError) as error:
            check("x", value)
        assert str(error.value) == f"x must be {kind}, but got {value!r}."


def test_one_thing_is_not_one_for_each_fold():
    for given in (SettingError("x"), 3, iter([1])):
        with pytest.raises(ShapeError, match=rf"^seeds must be a sequence .*, but got {type(given).__name__}; write"):
            one_each("seeds", given)
    with pytest.raises(ShapeError, match=r"^seeds must be a sequence with one for each fold, but got none\.$"):
        one_each("seeds", [])
    for given in ([1], (1,), np.arange(2)):
        one_each("seeds", given)


def test_a_thing_of_another_class_is_named_and_so_is_what_to_write():
    whole_number = Fraction(1)
    of_kind("share", whole_number, Fraction)
    one_each("shares", [whole_number], Fraction)
    for given, said in (
        ([whole_number], "list; give one without [...]."),
        ({}, "dict; write Fraction(...)."),
        (Fraction, "the class Fraction; write Fraction(...)."),
    ):
        with pytest.raises(SettingError) as error:
            of_kind("share", given, Fraction)
        assert str(error.value) == f"share must be of type Fraction, but got {said}"
    with pytest.raises(SettingError, match=r"^shares\[1\] must be of type Fraction, but got float; write Fraction"):
        one_each("shares", [whole_number, 0.5], Fraction)


def test_masked_values_are_refused_as_the_numbers_below_them_mean_nothing():
    values = np.ma.masked_array([[1.0, 2.0]] * 30, mask=False)
    assert unmasked("x", values) is values
    values[3, 1] = np.ma.masked
    rows, said = np.arange(30), "must have every value, but some are masked"
    with pytest.raises(ShapeError, match=rf"^x {said}; fill them in, as by x\.filled\(0\)\.$"):
        FoldData(values, rows % 2, rows, rows[:0])
    with pytest.raises(ShapeError, match=rf"^X {said}"):
        MLPClassifier((2,), max_iter=2).fit(values, rows % 2)
    with pytest.warns(ConvergenceWarning):
        model = MLPClassifier((2,), max_iter=2).fit(values.data, rows % 2)
    with pytest.raises(ShapeError, match=rf"^X {said}"):
        model.predict(values)
