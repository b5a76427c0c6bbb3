"""Columns that name a block of rows once are filled down, as pivot tables are exported, and no others."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

import pandas as pd
import pytest

from experiments.config.data_options import DataSection
from experiments.data.load import load_table
from experiments.data.raw_table import RawTable
from experiments.data.readers.file_keys import FileKeys
from experiments.data.readers.table_file import read_table
from experiments.errors import DataError
from support.tables import cells, write_rows

SIZES = (1, 4, 2, 5, 3, 6, 1, 4, 2, 4)  # of blocks that begin again, 32 rows
REGIONS = ["North", "South", "East", "West", "North"]
Rows = list[tuple[object, ...]]


def blocks(*sizes: int) -> Rows:
    """Rows of a name, which stands once, the number of the row in its block, an amount and a class."""
    inside = chain.from_iterable(
        (f"P{at}" if row == 0 else "", row) for at, size in enumerate(sizes) for row in range(size)
    )
    pairs = list(zip(*[inside] * 2, strict=True))
    return [(name, row, 37 * at % 101, "ab"[at % 2]) for at, (name, row) in enumerate(pairs)]


def read(tmp_path: Path, rows: Rows, form: str = "csv", **keys: object) -> RawTable:
    path = write_rows(tmp_path / f"my.{form}", [("who", "visit", "amount", "y"), *rows])
    return read_table(path, FileKeys(**{"target": "y", **keys}))  # type: ignore[arg-type]


def down(rows: Rows) -> list[object]:
    last: object = ""
    return [last := name or last for name, *_ in rows]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("sizes", [SIZES, (5, 5, 5, 5)])
def test_names_of_blocks_that_begin_again_or_are_of_one_size_are_filled_down(
    tmp_path: Path, form: str, sizes: tuple[int, ...]
) -> None:
    rows = blocks(*sizes)
    raw = read(tmp_path, rows, form)
    assert cells(raw)["who"] == down(rows)
    empty = len(rows) - len(sizes)
    assert raw.repairs == (f"{empty} empty cells of 'who' read as the cell above (data.fill_down)",)
    assert raw.layout["fill_down"] == ("who",)


def test_blocks_may_have_the_same_name_and_parts(tmp_path: Path) -> None:
    rows: Rows = [
        (REGIONS[at // 8] if at % 8 == 0 else "", f"S{at // 4}" if at % 4 == 0 else "", at, "ab"[at % 2])
        for at in range(40)
    ]
    raw = read(tmp_path, rows)
    assert cells(raw)["who"] == [REGIONS[at // 8] for at in range(40)]
    assert cells(raw)["visit"] == [f"S{at // 4}" for at in range(40)]
    assert raw.layout["fill_down"] == ("who", "visit")


def test_a_first_column_that_may_lack_cells_is_only_pointed_out(tmp_path: Path) -> None:
    rows: Rows = [(name, 7 * at % 13, amount, y) for at, (name, _, amount, y) in enumerate(blocks(*SIZES))]
    raw = read(tmp_path, rows)
    assert cells(raw)["who"] == [name for name, *_ in rows]
    (note,) = raw.notes
    assert note == (
        "column 'who' is empty in 22 rows; if each of its values names the rows below it, too, --set "
        "data.fill_down=who reads it so"
    )
    assert cells(read(tmp_path, rows, fill_down=("WHO",)))["who"] == down(rows)
    assert read(tmp_path, rows, fill_down=()).notes == ()


@pytest.mark.parametrize(
    "names",
    [
        ["late", "", "", "late", "", "", ""] * 5,  # a remark that stands again, whatever comes
        ["", *["x", "", "", ""] * 8],  # the first cell is empty
        ["a", "b", "c", "", ""] * 6,  # fewer than half are empty
        ["the pump was changed on monday", *[""] * 4, "sensor cleaned after it had failed", *[""] * 24],
    ],
)
def test_a_column_that_lacks_cells_is_left_as_it_is(tmp_path: Path, names: list[str]) -> None:
    rows: Rows = [(name, 7 * at % 13, at * at % 31, "ab"[at % 2]) for at, name in enumerate(names)]
    raw = read(tmp_path, rows)
    assert cells(raw)["who"] == [name for name, *_ in rows]
    assert (raw.repairs, raw.notes) == ((), ())


def test_new_rows_are_filled_as_the_study_says_and_never_otherwise(tmp_path: Path) -> None:
    rows = blocks(*SIZES)
    model = ("who", "visit", "amount")
    assert cells(read(tmp_path, rows, model=model, fill_down=("who",)))["who"] == down(rows)
    assert cells(read(tmp_path, rows, model=model, fill_down=("gone",)))["who"] == [name for name, *_ in rows]
    assert cells(read(tmp_path, rows, model=model))["who"] == [name for name, *_ in rows]
    assert cells(read(tmp_path, [("", 1, 2, "a"), *rows], fill_down=("who",)))["who"] == ["", *down(rows)]


def test_a_name_that_no_column_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"data.fill_down: .*my.csv has no column 'whom'; it has 'who', 'visit'"):
        read(tmp_path, blocks(*SIZES), fill_down=("whom",))


def test_a_test_file_is_read_as_the_first_one(tmp_path: Path) -> None:
    read(tmp_path, blocks(*SIZES))
    (tmp_path / "my.csv").rename(tmp_path / "more.csv")
    (tmp_path / "full.csv").write_text(
        "who,visit,amount,y\n" + "\n".join(f"P{at % 9},{at},3,{'ab'[at % 2]}" for at in range(30))
    )
    read(tmp_path, blocks(*SIZES))

    def who(source: str, test: str) -> list[object]:
        files = {"source": str(tmp_path / source), "test": str(tmp_path / test)}
        table = load_table(DataSection(**files, target="y", categories=("who",)), {})
        features = pd.DataFrame(table.features, columns=list(table.columns))
        return features["who"].fillna("").tolist()[table.learned :]

    assert who("my.csv", "more.csv") == down(blocks(*SIZES))
    assert "" in who("full.csv", "more.csv")


def test_numbers_with_fractions_are_no_names_of_blocks_of_one_size(tmp_path: Path) -> None:
    rows: Rows = [(f"48.{at:03}0" if at % 5 == 0 else "", 7 * at % 13, at, "ab"[at % 2]) for at in range(40)]
    raw = read(tmp_path, rows)
    assert raw.repairs == ()
    assert "data.fill_down=who" in raw.notes[0]
    whole: Rows = [(1000 + at if at % 5 == 0 else "", *row[1:]) for at, row in enumerate(rows)]
    assert "read as the cell above" in read(tmp_path, whole).repairs[0]


@pytest.mark.parametrize("target", ["WHO", 0])
def test_a_target_is_not_filled_down_unasked(tmp_path: Path, target: str | int) -> None:
    raw = read(tmp_path, blocks(5, 5, 5, 5), target=target)
    assert (raw.repairs, "--set data.fill_down=who" in raw.notes[0]) == ((), True)
    assert cells(read(tmp_path, blocks(5, 5), target=target, fill_down=("who",)))["who"] == ["P0"] * 5 + ["P1"] * 5
    rows: Rows = [(at // 8 if at % 8 == 0 else "", at // 4 if at % 4 == 0 else "", at, at % 2) for at in range(40)]
    assert """--set 'data.fill_down=["who", "visit"]'""" in read(tmp_path, rows, target="visit").notes[0]


def test_a_target_whose_empty_cells_may_have_the_value_above_is_refused_with_the_key(tmp_path: Path) -> None:
    rows: Rows = [(name, 7 * at % 13, amount, y) for at, (name, _, amount, y) in enumerate(blocks(*SIZES))]
    read(tmp_path, rows)
    with pytest.raises(
        DataError, match=r"22 of 32 rows have none; name another column.*; column 'who' is empty in 22 rows"
    ):
        load_table(DataSection(source=str(tmp_path / "my.csv"), target="who"), {})


def test_columns_of_every_type_of_a_sheet_are_looked_at(tmp_path: Path) -> None:
    day = datetime(2024, 1, 1)
    rows: Rows = [
        (name, at % 2 == 0, day + timedelta(days=row), y)
        for at, (name, row, _, y) in enumerate(blocks(*SIZES))  # type: ignore[call-overload]
    ]
    raw = read(tmp_path, rows, "xlsx")
    assert cells(raw)["who"] == down(rows)  # the days begin again
    rows = [(name, at % 2 == 0, None, y) for at, (name, _, _, y) in enumerate(rows)]
    assert cells(read(tmp_path, rows, "xlsx"))["who"] != down(rows)
