"""Levels that are asked for, and the columns that they add."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from experiments.config.target import Target
from experiments.errors import DataError
from experiments.evaluation.uncertainty.conformal import quantiles_of
from experiments.evaluation.uncertainty.levels import (
    LEVELS,
    Uncertainty,
    asked_level,
    caution,
    interval_columns,
    set_column,
)

NUMBER, CLASSES = Target(), Target(("no", "yes"))
KNOWN = Uncertainty(1.0, 50, "rows", quantiles_of(np.arange(50.0), np.arange(50)))


def test_a_level_is_found_by_its_value() -> None:
    assert asked_level(KNOWN, NUMBER, 0.9, None) == asked_level(KNOWN, NUMBER, 0.90000000001, None) == "0.9"
    assert asked_level(KNOWN, CLASSES, None, 0.57) == "0.57"
    assert asked_level(KNOWN, NUMBER, None, None) is asked_level(None, CLASSES, None, None) is None
    assert len(LEVELS) == 52


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((KNOWN, CLASSES, 0.9, None), "--interval: is for numbers, but the model predicts classes; --set-coverage"),
        ((KNOWN, NUMBER, None, 0.9), "--set-coverage: is for classes, but the model predicts a number; --interval"),
        ((KNOWN, NUMBER, 90, None), "--interval: must be a share of 0.5 to 0.99 in steps of 0.01, .*, but got 90."),
        ((KNOWN, NUMBER, 0.905, None), "but got 0.905."),
        ((KNOWN, NUMBER, float("nan"), None), "but got nan."),
        ((KNOWN, NUMBER, "0.9", None), "--interval: must be a share .* but got '0.9'; give a number such as 0.9."),
        ((KNOWN, CLASSES, None, [0.9]), r"--set-coverage: must be a share .* but got \[0.9\]; give a number"),
        ((KNOWN, CLASSES, None, -0.9), "--set-coverage: must be a share .* but got -0.9."),
        ((None, NUMBER, 0.9, None), "--interval: the model was made before .*; python -m experiments.tune STUDY"),
        (
            (KNOWN, NUMBER, 0.99, None),
            "--interval: 0.99 needs at least 99 rows .* the model has 50; the highest level is 0.98.",
        ),
        (
            (Uncertainty(1.0, 5, "groups", {"0.8": 1.0}), CLASSES, None, 0.9),
            "0.9 needs at least 9 groups of rows .* the model has 5; the highest level is 0.8.",
        ),
        ((Uncertainty(1.0, 0), NUMBER, 0.9, None), "--interval: the model has no level, as a network .* diverged"),
    ],
)
def test_what_cannot_be_given_is_one_line(arguments: Any, words: str) -> None:
    with pytest.raises(DataError, match=words):
        asked_level(*arguments)


def test_names_of_options_may_be_others() -> None:
    with pytest.raises(DataError, match=r"^set_coverage: is for classes, .*; interval gives intervals"):
        asked_level(KNOWN, NUMBER, None, 0.9, ("interval", "set_coverage"))


def test_the_caution_says_what_the_level_is_of() -> None:
    said = caution(KNOWN, NUMBER, "0.9")
    assert said.startswith("about 90% of new rows like the development rows should have their truth in the interval; ")
    assert said.endswith("no guarantee, as the errors behind it are those of models of the folds for 50 rows")
    assert "99.5% " in caution(KNOWN, CLASSES, "0.995")
    assert "prediction set, which has at least the predicted class;" in caution(KNOWN, CLASSES, "0.57")
    assert "12 groups of rows" in caution(Uncertainty(1.0, 12, "groups"), NUMBER, "0.9")
    in_time = caution(Uncertainty(1.0, 12, "rows_in_time_order"), NUMBER, "0.9")
    assert in_time.endswith("for 12 rows in a time order, and later rows may differ")


def test_an_interval_of_logarithms_widens_with_the_prediction() -> None:
    numbers = np.array([1.0, 100.0])
    plain = interval_columns(numbers, 5.0, log=False)
    assert (plain["interval_low"].tolist(), plain["interval_high"].tolist()) == ([-4.0, 95.0], [6.0, 105.0])
    wide = interval_columns(numbers, float(np.log(4.0)), log=True)
    np.testing.assert_allclose(wide["interval_low"], [0.25, 25.0])
    np.testing.assert_allclose(wide["interval_high"], [4.0, 400.0])


def test_a_set_is_a_list_of_names_that_is_never_empty() -> None:
    shares = np.array([[0.5, 0.3, 0.2], [0.05, 0.9, 0.05], [0.4, 0.4, 0.2]])
    names = ['a "quoted" one', "b, c", "é"]
    (found,) = set_column(shares, 0.7, names).values()
    assert [json.loads(one) for one in found] == [names[:2], names[1:2], names[:2]]
    (least,) = set_column(shares, 0.0, names).values()
    assert [json.loads(one) for one in least] == [names[:1], names[1:2], names[:2]]
    (everything,) = set_column(shares, 1.0, names).values()
    assert [json.loads(one) for one in everything] == [names, ["b, c", names[0], "é"], names]


def test_what_is_no_temperature_and_no_quantile_is_not_sound() -> None:
    assert Uncertainty().is_sound
    assert KNOWN.is_sound
    for other in (Uncertainty(0.0), Uncertainty(quantiles={"0.9": -1.0}), Uncertainty(quantiles={"0.33": 1.0})):
        assert not other.is_sound
