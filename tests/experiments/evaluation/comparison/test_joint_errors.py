"""Which rows two winners predict rightly, and which rows are the examples."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.config.target import Target
from experiments.evaluation.comparison.joint_errors import EXAMPLES, joint_errors
from experiments.evaluation.validation_rows import ValidationRows
from nnet.arrays import Targets

TWO = Target(("no", "yes"))


def validated(y: Targets, rows: list[int] | None = None) -> ValidationRows:
    numbers = np.arange(len(y)) if rows is None else np.array(rows)
    return ValidationRows(numbers, numbers % 2, y, numbers)


def logits(labels: list[int], certainty: list[float]) -> np.ndarray:
    z = np.zeros((len(labels), 2))
    z[np.arange(len(labels)), labels] = certainty
    return z


def test_rows_are_counted_by_who_has_them_right() -> None:
    y = np.array([0, 0, 1, 1, 1, 0])
    first, second = logits([0, 1, 1, 0, 1, 0], [1.0] * 6), logits([0, 0, 1, 0, 0, 1], [1.0] * 6)
    found = joint_errors(first, second, validated(y), TWO, are_probabilities=True)
    assert (found.rows, found.both, found.first_only, found.second_only, found.neither) == (6, 2, 2, 1, 1)
    assert [(one.row, one.better) for one in found.examples] == [(4, "first"), (5, "first"), (1, "second")]
    last = found.examples[-1]
    assert (last.truth, last.first, last.second, last.fold) == ("no", "yes", "no", 1)


def test_the_largest_advantage_comes_first_and_each_row_once() -> None:
    y = np.zeros(9, np.intp)
    certainty = [0.5, 3.0, 1.0, 2.0, 0.1, 0.2, 0.3, 4.0, 3.5]
    found = joint_errors(
        logits([0] * 9, [1.0] * 9), logits([1] * 9, certainty), validated(y, [0, 1, 2, 3, 4, 5, 6, 7, 7]), TWO, True
    )
    assert [one.row for one in found.examples] == [7, 1, 3, 2, 0]
    assert len(found.examples) == EXAMPLES
    unknown = joint_errors(
        logits([0] * 9, [1.0] * 9), logits([1] * 9, certainty), validated(y), TWO, are_probabilities=False
    )
    assert [one.row for one in unknown.examples] == [0, 1, 2, 3, 4]


def test_one_logistic_output_is_compared_with_two() -> None:
    y = np.array([1, 0])
    found = joint_errors(np.array([[2.0], [1.0]]), logits([0, 0], [1.0, 1.0]), validated(y), TWO, True)
    assert (found.first_only, found.second_only) == (1, 1)


def test_of_numbers_the_nearer_one_counts() -> None:
    y = np.array([1.0, 2.0, 3.0, 4.0])
    first, second = np.array([[1.5], [2.0], [3.0], [9.0]]), np.array([[1.0], [2.0], [2.5], [5.0]])
    found = joint_errors(first, second, validated(y), Target(), are_probabilities=False)
    assert (found.both, found.first_only, found.second_only, found.neither) == (1, 1, 2, None)
    assert [(one.row, one.better, one.truth, one.first, one.second) for one in found.examples] == [
        (2, "first", "3", "3", "2.5"),
        (3, "second", "4", "9", "5"),
        (0, "second", "1", "1.5", "1"),
    ]
    assert found.rows == pytest.approx(4)
