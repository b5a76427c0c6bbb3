"""What stands around a table is left out and said, and nothing of the table."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from experiments.data.readers.text.edges import without_empty_columns, without_last_rows, without_quotes


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


@pytest.mark.parametrize(
    ("last", "short", "kept"),
    [
        ([["blue", "", ""]], 0, 1),
        ([["note", "", ""]], 0, 0),
        ([["red", "", ""], ["note", "", ""]], 0, 1),
        ([["note", "7", ""]], 1, 1),  # a line with more than a title
        ([["red", "", ""]], 1, 1),
        ([["5", "", ""]], 0, 1),
        ([["note", "9", "9"]], 0, 1),
        ([["", "", ""]], 0, 0),
    ],
)
def test_new_rows_are_not_compared_with_each_other(last: list[list[str]], short: int, kept: int) -> None:
    for above in ([["red", "1", "2"], ["blue", "", ""], ["red", "3", "4"]], [["x", "", ""]] * 5 + [["x", "9", "9"]]):
        columns, _, _ = without_last_rows(arrow(*above, *last), short, lambda text, _: text != "note")
        assert python(columns) == above + last[:kept]


SUMMED = [["a", "1", "2.5"], ["b", "3", " "], ["b", "", "6"], ["c", "2", "1"]]


@pytest.mark.parametrize(
    ("last", "label"),
    [
        (["Total", "6", "9.5"], "Total"),
        (["Total", "6", ""], "Total"),
        (["", "6", "9.5"], "6"),
        (["Total", "6", "9.500001"], "Total"),
        (["Total", "6", "9.6"], None),
        (["b", "6", "9.5"], None),  # a label that is a value, too
        (["7", "6", "9.5"], None),
        (["Total", "6", "nine"], None),
        (["Total", "6.0", "2"], None),
    ],
)
def test_a_row_of_sums_at_the_end_is_left_out(last: list[str], label: str | None) -> None:
    columns, _, said = without_last_rows(arrow(*SUMMED, last))
    assert python(columns) == (SUMMED if label else [*SUMMED, last])
    assert said == ((f"a row of the columns' sums at the end left out ('{label}')",) if label else ())


def test_sums_of_numbers_may_follow_an_empty_cell_and_stand_above_other_rows() -> None:
    rows = [[1, "a", 2.5, "v"], [2, "b", 3.5, "x"], [3, "b", -1.0, None], [4, "c", 2.0, "y"]]
    columns, _, said = without_last_rows(arrow(*rows, [None, "Sum", 7.0, None], [None] * 4))
    assert python(columns) == rows
    assert said == ("a row of the columns' sums at the end left out ('Sum')", "1 empty row at the end left out")
    alone = [[row[0], row[2]] for row in rows]
    assert python(without_last_rows(arrow(*alone, [None, 7.0]))[0]) == alone
    assert len(without_last_rows(arrow(*alone, [10, 7.0]))[0][0]) == len(rows) + 1  # no label, no empty cell


def test_rows_that_may_be_data_are_no_sums() -> None:
    for rows in (
        [["a", 0.0], ["b", 0.0], ["c", 1.0], ["d", 0.0], ["e", 1.0]],  # no larger than a number above
        [["a", 0.0], ["b", 0.0], ["c", 0.0], ["d", 0.0], ["e", 0.0]],
        [["a", 1.0], ["b", 2.0], ["c", 3.0]],  # too few
        [["a", "p"], ["b", "q"], ["c", "p"], ["d", "q"], ["e", ""]],
    ):
        assert python(without_last_rows(arrow(*rows))[0]) == rows


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
