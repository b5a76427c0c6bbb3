"""The development rows are known before the features are read."""

from __future__ import annotations

from collections.abc import Callable

from experiments.config.data_options import DataSection
from experiments.config.study_file import parse_spec
from experiments.data.prepare import prepare
from experiments.data.raw_table import RawTable
from experiments.data.splits.development_rows import development_rows
from experiments.data.table_of import table_of

Make = Callable[..., RawTable]
ROWS = {"x": [str(row / 3) for row in range(40)], "y": ["a", "b", "b", "b"] * 10}


def test_they_are_those_of_the_study(sheet: Make) -> None:
    spec = parse_spec(
        {"study": {"name": "s"}, "data": {"source": "mine.csv", "target": "y"}, "space": {"l2": {"low": 0, "high": 1}}},
        "-",
    )
    table = table_of(sheet(**ROWS), spec.data)
    numbers = prepare(spec, {}, table).development.table.numbers
    assert numbers is not None
    assert development_rows(table, spec.data).tolist() == sorted(numbers.tolist())


def test_they_are_all_rows_where_a_split_is_impossible(sheet: Make) -> None:
    data = DataSection(source="mine.csv", target="y")
    table = table_of(sheet(x=["1.5", "2.5", "3.5"], y=["a", "a", "b"]), data)
    assert development_rows(table, data).tolist() == [0, 1, 2]
