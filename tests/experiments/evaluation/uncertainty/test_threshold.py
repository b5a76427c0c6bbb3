"""A threshold that is asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from experiments.config.target import Target
from experiments.errors import DataError
from experiments.evaluation.uncertainty.threshold import PARAMS, asked_threshold

TWO, THREE, NUMBER = Target(("no", "yes")), Target(("a", "b", "c")), Target()


@pytest.mark.parametrize("threshold", [0.2, np.float32(0.5), np.float64(1e-9)])
def test_a_share_is_a_threshold_of_two_classes(threshold: Any) -> None:
    found = asked_threshold(TWO, threshold, None)
    assert (found, type(found)) == (float(threshold), float)


@pytest.mark.parametrize("target", [TWO, THREE, NUMBER])
def test_no_model_needs_one(target: Target) -> None:
    assert asked_threshold(target, None, "0.9") is None


@pytest.mark.parametrize(
    ("target", "threshold", "words"),
    [
        (THREE, 0.2, "is for models of two classes, but this one predicts one of 3 classes; leave it out."),
        (NUMBER, 0.2, "is for models of two classes, but this one predicts a number; leave it out."),
        *((TWO, given, f"must be a number above 0 and below 1, but got {given!r}; give one such as 0.2.")
          for given in (0, 1, 20, -0.2, float("nan"), "0.2", True)),
    ],
)  # fmt: skip
def test_what_is_no_threshold_is_one_line(target: Target, threshold: Any, words: str) -> None:
    with pytest.raises(DataError) as error:
        asked_threshold(target, threshold, None)
    assert str(error.value) == f"--threshold: {words}"


def test_sets_hold_the_more_probable_class_and_so_are_not_given_beside_it() -> None:
    with pytest.raises(DataError, match=r"^threshold: cannot stand beside set_coverage, .*; give one of the two\.$"):
        asked_threshold(TWO, 0.2, "0.9", PARAMS)
