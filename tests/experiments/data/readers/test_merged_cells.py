"""Ranges are found wherever they stand in a part, and a cell's value goes to the rows that it spans."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from experiments.data.readers import merged_cells as module
from experiments.data.readers.merged_cells import WIDEST, Merged, merged_cells, with_merged
from experiments.errors import DataError

PART = "xl/worksheets/sheet1.xml"


def part(path: Path, content: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(PART, content)
    return path


def test_ranges_of_several_rows_are_found_from_the_top(tmp_path: Path) -> None:
    refs = '<x:mergeCell ref="B9:B11"/><mergeCell ref="A1:E1"/><mergeCell count="1" ref="AA2:AB4" />'
    found = merged_cells(part(tmp_path / "a.xlsx", f"<mergeCells>{refs}{refs}</mergeCells>"), PART)
    assert found == [Merged(1, 3, 26, 27), Merged(8, 10, 1, 1)]
    assert merged_cells(part(tmp_path / "none.xlsx", "<sheetData/>"), PART) == []


@pytest.mark.parametrize("before", range(0, 80, 7))
def test_a_range_across_two_blocks_is_found_once(before: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK", 64)
    content = " " * before + '<mergeCell ref="A2:A3"/>' + " " * 300
    assert merged_cells(part(tmp_path / "a.xlsx", content), PART) == [Merged(1, 2, 0, 0)]


def test_too_many_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    refs = "".join(f'<mergeCell ref="A{at}:A{at + 1}"/>' for at in range(1, 7, 2))
    with pytest.raises(DataError, match=r"at most 2 merged cells; save it as \.csv"):
        merged_cells(part(tmp_path / "a.xlsx", refs), PART)


def test_ranges_that_overlap_beyond_a_sheet_are_refused_and_others_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WIDEST", 3)
    beside = '<mergeCell ref="A1:B9"/><mergeCell ref="C2:C9"/><mergeCell ref="A10:C12"/>'
    assert len(merged_cells(part(tmp_path / "a.xlsx", beside), PART)) == 3
    with pytest.raises(DataError, match=r"at most 3 merged cells; save it as \.csv"):
        merged_cells(part(tmp_path / "b.xlsx", beside + '<mergeCell ref="A9:A10"/>'), PART)


def test_a_value_goes_to_the_rows_that_its_cell_spans() -> None:
    rows = [(0, [*"abcde"]), (2, ["x", 5, None, "w"]), (3, [None, 6]), (5, [None, 7]), (6, [None, 8])]
    assert list(with_merged(rows, [Merged(2, 5, 0, 0), Merged(2, 3, 3, 4)])) == [
        (0, [*"abcde"]),
        (2, ["x", 5, None, "w", "w"]),
        (3, ["x", 6, None, "w", "w"]),
        (5, ["x", 7]),
        (6, [None, 8]),
    ]


def test_a_value_in_the_range_stays() -> None:
    assert list(with_merged([(0, ["x", 1, None]), (1, ["y", 2])], [Merged(0, 1, 0, 2)])) == [
        (0, ["x", 1, "x"]),
        (1, ["y", 2, "x"]),
    ]


def test_a_range_that_is_wider_than_the_table_makes_no_columns() -> None:
    rows = [(0, ["a", "b"]), (1, ["x"]), (2, [None, 2]), (3, [None, None, 3])]
    assert list(with_merged(rows, [Merged(1, 1 << 20, 0, WIDEST - 1)])) == [
        (0, ["a", "b"]),
        (1, ["x", "x"]),
        (2, ["x", 2]),
        (3, ["x", "x", 3]),
    ]


def test_a_range_is_as_wide_as_the_table_is_known_to_be() -> None:
    rows = [(0, [1, 2, 5]), (1, [3]), (2, [*"abcde"])]
    merged = [Merged(0, 1, 2, 4)]
    assert [values for _, values in with_merged(rows, merged, 5)][:2] == [[1, 2, 5, 5, 5], [3, None, 5, 5, 5]]


def test_a_range_whose_first_cell_is_empty_changes_nothing() -> None:
    rows = [(0, [None, 1]), (1, ["kept", 2]), (4, [3])]
    ranges = [Merged(0, 1, 0, 0), Merged(0, 1, 5, 6), Merged(2, 4, 0, 0)]
    assert list(with_merged(rows, ranges)) == rows
