"""Weights of classes are scikit-learn's, also where a class has no row; what cannot be is refused in one line."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import pytest
from sklearn.utils.class_weight import compute_class_weight

from nnet.class_weights import class_weights
from nnet.errors import SettingError

CLASSES = np.array(["a", "b", "c"])
LABELS = np.array([0, 0, 2, 1, 2, 2, 0])
WEIGHTS = np.array([1.0, 0.5, 0.25, 3.0, 1.5, 0.1, 2.0])


@pytest.mark.parametrize("given", ["balanced", {"a": 2.0, "b": 0.0, "c": 3}, {"b": 0.5}, {}], ids=str)
def test_they_are_those_of_scikit_learn(given):
    expected = compute_class_weight(given, classes=CLASSES, y=CLASSES[LABELS], sample_weight=WEIGHTS)
    assert np.array_equal(class_weights(given, CLASSES, LABELS, WEIGHTS), expected)


def test_balanced_classes_are_those_with_rows_that_weigh_something():
    weights = np.where(LABELS == 1, 0.0, WEIGHTS)
    kept = LABELS != 1
    expected = compute_class_weight(
        "balanced", classes=CLASSES[[0, 2]], y=CLASSES[LABELS[kept]], sample_weight=WEIGHTS[kept]
    )
    assert np.array_equal(class_weights("balanced", CLASSES, LABELS, weights)[[0, 2]], expected)


@pytest.mark.parametrize("classes", [CLASSES, CLASSES.astype(object), np.arange(3), np.array([0.0, 0.5, 1.5])], ids=str)
def test_a_mapping_need_not_name_every_class_nor_every_class_have_a_row(classes):
    given = MappingProxyType({classes.tolist()[1]: 5.0})
    for labels in (LABELS, np.array([0, 0])):
        assert class_weights(given, classes, labels, np.ones(len(labels))).tolist() == [1.0, 5.0, 1.0]


def test_keys_of_other_classes_are_refused_unless_every_class_has_one():
    with pytest.raises(SettingError, match=r"must name classes among \['a', 'b', 'c'\], but got \['d'\]; remove or"):
        class_weights({"a": 1.0, "d": 2.0}, CLASSES, LABELS, WEIGHTS)
    assert class_weights(dict.fromkeys("abcd", 2.0), CLASSES, LABELS, WEIGHTS).tolist() == [2.0] * 3


@pytest.mark.parametrize("given", ["even", 5, ["a"]], ids=str)
def test_what_is_neither_a_mapping_nor_balanced_is_refused(given):
    with pytest.raises(SettingError, match="class_weight must be None, 'balanced' or weights by class in a dict, but"):
        class_weights(given, CLASSES, LABELS, WEIGHTS)


def test_weights_that_are_no_numbers_are_refused():
    with pytest.raises(SettingError, match="class_weight must be a number for each class, but got '2' for 'b'"):
        class_weights({"b": "2"}, CLASSES, LABELS, WEIGHTS)


@pytest.mark.parametrize("weight", [-1, np.inf, np.nan])
def test_weights_out_of_range_are_refused_by_the_name_of_the_parameter(weight):
    with pytest.raises(SettingError, match=rf"^`0 <= class_weight < inf` must hold .*, but got {weight} for 'b'"):
        class_weights({"b": weight}, CLASSES, LABELS, WEIGHTS)
