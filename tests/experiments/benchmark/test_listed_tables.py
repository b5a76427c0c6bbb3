"""A folder's list says which tables there are, and how a study reads each of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.benchmark.listed_tables import HEADINGS, ListedTable, listed_tables
from experiments.config.default_study import own_study
from experiments.errors import DataError

HEAD = f"# Tables\n\nSome words | with a bar.\n\n| {' | '.join(HEADINGS)} |\n|---|:--|---|---|---|---|\n"
LIST = f"""{HEAD}| 1 | a.csv | classification | y | id, no | counts; groups: id; old |
| 2 | b.csv | regression | the price |  | groups: county |
| 3 | a.csv | regression | x | 7 |  |

| 4 | no.csv | a table below | y |  |  |
"""


def written(folder: Path, text: str) -> Path:
    (folder / "README.md").write_text(text)
    for name in ("a.csv", "b.csv"):
        (folder / name).write_text("x,y\n1,2\n")
    return folder


def test_a_row_is_a_table_with_its_roles(tmp_path: Path) -> None:
    first, second, third = listed_tables(written(tmp_path, LIST))
    assert first == ListedTable(1, tmp_path / "a.csv", "classification", "y", ("no",), "id")
    assert second == ListedTable(2, tmp_path / "b.csv", "regression", "the price", (), "county")
    assert third == ListedTable(3, tmp_path / "a.csv", "regression", "x", ("7",))


def test_its_settings_are_what_a_study_reads(tmp_path: Path) -> None:
    first, second, third = listed_tables(written(tmp_path, LIST))
    data = own_study(str(first.file), None, first.settings)[0].data
    assert (data.target, data.task, data.drop, data.groups) == ("y", "classification", ("no",), "id")
    data = own_study(str(second.file), None, second.settings)[0].data
    assert (data.target, data.task, data.drop, data.groups) == ("the price", "regression", None, "county")
    assert own_study(str(third.file), None, third.settings)[0].data.drop == ("7",)  # a name and no position


def test_a_half_is_of_odd_or_even_numbers(tmp_path: Path) -> None:
    folder = written(tmp_path, LIST)
    assert [table.number for table in listed_tables(folder, "odd")] == [1, 3]
    assert [table.number for table in listed_tables(folder, "even")] == [2]
    written(tmp_path, LIST.split("| 2 |")[0])
    with pytest.raises(DataError, match=r"README\.md: lists 1 tables, but none for --half even\.$"):
        listed_tables(folder, "even")


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    written(tmp_path, f"{HEAD}| one | a.csv | sorting | y | | |\n| 2 | c.csv | regression | | | |\n")
    with pytest.raises(DataError) as refused:
        listed_tables(tmp_path)
    assert str(refused.value) == (
        f"{tmp_path}/README.md: table one: # must be a number, but is 'one'; table one: task must be classification or "
        "regression, but is 'sorting'; table 2: there is no file 'c.csv'; table 2: target must name a column, but is "
        "empty."
    )


@pytest.mark.parametrize("text", ["", "| # | file |\n|---|---|\n| 1 | a.csv |\n", HEAD.replace(":--", "words")])
def test_a_folder_without_such_a_list_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DataError, match="the list of tables cannot be read: No such file or directory"):
        listed_tables(tmp_path)
    with pytest.raises(DataError, match="needs a table with the headings #, file, task, target, leave out, note"):
        listed_tables(written(tmp_path, text))
