"""Two columns whose comparison tells the class are pointed out; others are not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.config.target import Target
from experiments.data.columns.target_type import LabelledTable
from experiments.data.hints.larger_of_two import MOST, larger_of_two
from experiments.data.hints.leaks import leak_hints
from experiments.data.table import Kind, Table

ROWS = 150
RANDOM = np.random.default_rng(0)
HOME, AWAY, SHOTS = RANDOM.poisson((1.5, 1.2, 9), size=(ROWS, 3)).T * 1.0
RESULT = np.sign(HOME - AWAY).astype(int) + 1


def said(columns: dict[str, Any], kind: Kind, labels: Any) -> tuple[str, ...]:
    kinds: tuple[Kind, ...] = (kind,) * len(columns)
    table = Table("t", pd.DataFrame(columns), kinds, tuple(columns), np.zeros(ROWS), "y", None)
    return leak_hints(LabelledTable(table, labels, Target(tuple("ADH"))))


@pytest.mark.parametrize("kind", ["number", "date"])
@pytest.mark.parametrize("labels", [RESULT, (HOME > AWAY) * 1, np.where(HOME >= AWAY, 0, 1)])
def test_the_result_of_a_game_follows_from_its_goals(kind: Kind, labels: Any) -> None:
    assert said({"home": HOME, "shots": SHOTS, "away": AWAY}, kind, labels) == (
        "target 'y' follows from which of 'home', 'away' is larger; data.drop leaves out what is not known before the "
        "target is.",
    )


def test_a_result_that_differs_once_does_not_follow() -> None:
    other = RESULT.copy()
    other[-1] = (other[-1] + 1) % 3
    assert said({"home": HOME, "away": AWAY}, "number", other) == ()


def test_few_missing_values_are_passed_over() -> None:
    gaps = np.where(np.arange(ROWS) % 50 == 7, np.nan, HOME)
    assert larger_of_two({"home": gaps, "away": AWAY}, RESULT) == ("home", "away")
    gaps = np.where(np.arange(ROWS) % 5 == 0, np.nan, HOME)
    assert larger_of_two({"home": gaps, "away": AWAY}, RESULT) is None


def test_few_rows_and_many_columns_say_nothing() -> None:
    rows = np.arange(16)
    assert larger_of_two({"home": HOME[rows], "away": AWAY[rows]}, (HOME > AWAY)[rows] * 1) is None
    columns = {"home": HOME, "away": AWAY} | {str(at): SHOTS for at in range(MOST - 1)}
    assert larger_of_two(columns, RESULT) is None
    assert larger_of_two({"home": HOME, "away": AWAY}, RESULT * 2) is None  # no rows of a class between
