"""What is pooled is said, where it is much of a column."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.data.hints.pooling import pooling_note
from experiments.data.table import Table

ROWS = 600


@pytest.mark.parametrize(
    ("different", "rare", "share"),
    [(100, 5, None), (100, 7, "100%"), (100, 0.01, None), (150, 0.01, "100%"), (300, 1, "15%"), (300, 0.0, "15%")],
)
def test_the_share_of_a_column_that_is_pooled(different: int, rare: int | float, share: str | None) -> None:
    frame = pd.DataFrame({"x": np.zeros(ROWS), "city": [f"city {row % different}" for row in range(ROWS)]})
    note = pooling_note(Table("mine", frame, ("number", "category"), ("x", "city"), np.zeros(ROWS), "y", None), rare)
    assert (note is None) == (share is None)
    assert share is None or f"are {share} of 'city' in" in str(note)


@pytest.mark.parametrize(("different", "keeps"), [(200, True), (100, False), (ROWS, False)])
def test_a_column_of_which_nothing_is_left_is_named_with_the_way_to_keep_it(different: int, keeps: bool) -> None:
    frame = pd.DataFrame({"city": [f"city {row % different}" for row in range(ROWS)]})
    note = pooling_note(Table("mine", frame, ("category",), ("city",), np.zeros(ROWS), "y", None), 5)
    assert ("Nothing is left of 'city': preprocessing.rare = 2 keeps what repeats." in str(note)) == keeps
    groups = Table("mine", frame, ("category",), ("patient",), np.zeros(ROWS), "y", None)
    assert "preprocessing.rare = 2" not in str(pooling_note(groups, 5))  # a line names data.groups for it


def test_numbers_are_not_pooled() -> None:
    assert pooling_note(Table("mine", np.zeros((9, 1)), ("number",), ("x",), np.zeros(9), "y", None), 5) is None
