"""What stands around a table is left out and said, and nothing of the table."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from experiments.data.readers.text.edges import without_copies, without_empty_columns, without_last_rows, without_quotes


def arrow(*rows: list[Any]) -> list[pa.ChunkedArray]:
    return [pa.chunked_array([pa.array(column)]) for column in zip(*rows, strict=True)]


def python(columns: list[pa.ChunkedArray]) -> list[list[Any]]:
    return [list(row) for row in zip(*(column.to_pylist() for column in columns), strict=True)]


def test_columns_at_the_end_without_a_name_and_a_value_are_left_out() -> None:
    for names, rows, width in [
        (["a", "b", "", ""], [["1", "2", "", " "], ["3", "4", "", ""]], 2),
        (["a", "b", ""], [["1", "2", ""], ["3", "4", "5"]], 3),
        (["a", "b", "c"], [["1", "2", ""], ["3", "4", ""]], 3),
        (["", "", "b"], [["", "", "2"], ["", "", "4"]], 3),
        (["", ""], [["", ""], ["", ""]], 1),
    ]:
        left, columns, said = without_empty_columns(names, arrow(*rows))
        assert (left, len(columns), len(said)) == (names[:width], width, width < len(names))
    assert said == ("1 column without a name or a value at the end left out",)


@pytest.mark.parametrize(
    ("last", "short", "kept", "still_short", "said"),
    [
        ([["", " ", ""], ["", "", ""]], 0, 0, 0, ("2 empty rows at the end left out",)),
        ([["Total", "", ""]], 0, 0, 0, ("1 row below the table left out ('Total')",)),
        ([["Total", "", ""], ["", "", ""]], 0, 0, 0, ("1 row below the table left out ('Total')", "1 empty row")),
        ([["Total", "7", ""], ["Source: us", "", ""]], 2, 0, 0, ("2 rows below the table left out ('Total', 'Source",)),
        ([["Total", "7", ""]], 0, 1, 0, ()),  # a row as long as the others may be data
        ([["red", "", ""]], 0, 1, 0, ()),  # of a colour that other rows have
        ([["red", "7", ""]], 1, 1, 1, ()),
        ([["5", "", ""]], 1, 1, 1, ()),  # a number is no title
        ([["", "7", ""]], 1, 1, 1, ()),
        ([["", "7", ""], ["", "", ""]], 2, 1, 1, ("1 empty row at the end left out",)),
    ],
)
def test_rows_below_the_table_are_left_out(
    last: list[list[str]], short: int, kept: int, still_short: int, said: tuple[str, ...]
) -> None:
    table = [["red", "1", "2"], ["blue", "", ""], ["red", "3", "4"]]
    columns, uneven, lines = without_last_rows(arrow(*table, *last), short)
    assert python(columns) == table + last[:kept]
    assert uneven == still_short
    assert len(lines) == len(said)
    assert all(line.startswith(start) for line, start in zip(lines, said, strict=True))


def test_typed_columns_have_edges_too() -> None:
    columns, _, said = without_last_rows(arrow([1, 2.5, None], [2, None, None], [None, None, None]))
    assert (python(columns), said) == ([[1, 2.5, None], [2, None, None]], ("1 empty row at the end left out",))


def test_one_row_and_one_column_are_never_left_out() -> None:
    for rows in ([["Total", "", ""]], [["a"], [""]], [["a", ""], ["b", ""]]):
        assert python(without_last_rows(arrow(*rows))[0]) == rows


def test_single_quotes_come_off_where_every_value_has_them() -> None:
    names, columns, said = without_quotes(
        ["'a'", "b", "c", "d"], arrow(["'x y'", "'p'", "'", "1"], ["", "q", "'r'", "2"], [" '' ", "'s'", "'t'", "3"])
    )
    assert names == ["a", "b", "c", "d"]
    assert python(columns) == [["x y", "'p'", "'", "1"], ["", "q", "'r'", "2"], ["", "'s'", "'t'", "3"]]
    assert said == ("single quotes around the values of 'a' left out",)
    assert without_quotes(["'a'"], arrow(["'tis"], ["x"]))[::2] == (["'a'"], ())


def test_single_quotes_come_off_the_names_where_every_name_has_them() -> None:
    columns = arrow(["1", "2"], ["'x'", "y"])
    assert without_quotes(["'a'", " 'b c'"], columns) == (
        ["a", "b c"],
        columns,
        ("single quotes around the names of columns left out",),
    )
    for names in (["'a'", "b"], ["'a'", "'"], ["a'", "'b"], []):
        assert without_quotes(names, columns) == (names, columns, ())


def test_columns_of_one_name_are_told_apart_by_their_values() -> None:
    columns = arrow(["1", "2", "1", "3"], ["4", "5", "4", "6"])
    table, repeated, said = without_copies(["a", "b", "a.1", "b.1"], ["a", "b ", " a", "b"], columns)
    assert list(table) == ["a", "b", "b.1"]
    assert repeated == {"b"}
    assert said == (
        "columns whose name stands twice named 'b.1'",
        "columns that stand twice with the same values read once ('a')",
    )
    assert list(without_copies(["0", "1"], ["", ""], arrow(["1", "1"]))[0]) == ["0", "1"]  # no name is no name
