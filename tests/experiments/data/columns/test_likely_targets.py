"""A message lists the columns of a wide table from the likely targets on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from experiments.data.columns.likely_targets import listed_targets
from experiments.data.raw_table import RawTable

Make = Callable[..., RawTable]
NUMBERS: dict[str, list[Any]] = {f"gene_{at}": ["1.5", "2", "3"] for at in range(20)}


def test_all_columns_of_a_narrow_table_are_listed(sheet: Make) -> None:
    assert listed_targets(sheet(b=["1"], a=["x"])) == "'b', 'a'"


@pytest.mark.parametrize(
    ("columns", "first"),
    [
        ({}, "'gene_19', 'gene_0', 'gene_1'"),
        ({"group": ["a", "b", "a"]}, "'group', 'gene_19', 'gene_0'"),
        ({"tumour class": ["1", "2", "1"], "group": ["a", "b", "a"]}, "'tumour class', 'group', 'gene_19'"),
        ({"name": ["a", "b", "c"]}, "'gene_19', 'gene_0', 'gene_1'"),  # of the rows
        ({"unit": ["kg", "kg", "kg"]}, "'gene_19', 'gene_0', 'gene_1'"),
    ],
)
def test_names_and_words_of_classes_come_first(sheet: Make, columns: dict[str, list[Any]], first: str) -> None:
    names = [*NUMBERS][:10]
    raw = sheet(
        **{name: NUMBERS[name] for name in names}, **columns, **{name: NUMBERS[name] for name in [*NUMBERS][10:]}
    )
    start = f"{20 + len(columns)} columns, the likelier ones first: {first}"
    assert listed_targets(raw).startswith(start)
    assert listed_targets(raw).endswith(f"and {10 + len(columns)} more")
