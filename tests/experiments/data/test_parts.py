"""A column that divides rows into parts is told from columns of other words."""

from __future__ import annotations

import pytest

from experiments.data.parts import rows_of_parts


@pytest.mark.parametrize("words", [("train", "test"), ("Training", "Validation"), ("train", "val", "test")])
def test_words_of_parts_are_counted(words: tuple[str, ...]) -> None:
    assert rows_of_parts([words[0], *words]) == {words[0]: 2, **dict.fromkeys(words[1:], 1)}


@pytest.mark.parametrize(
    "cells",
    [("train", "bus"), ("train", "train"), ("test", "val"), ("train", "test", float("nan")), ("train", None), ()],
)
def test_other_columns_have_no_parts(cells: tuple[object, ...]) -> None:
    assert rows_of_parts(cells) == {}
