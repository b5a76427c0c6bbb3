"""A header is told from data."""

from __future__ import annotations

import pytest

from experiments.data.readers.file_keys import FileKeys
from experiments.data.readers.text.header import above_target, is_header


@pytest.mark.parametrize(
    ("first", "second", "named"),
    [
        ("0,1,2", "5,6,7", True),  # as pandas writes an array
        (",0,1", "17,5,6", True),  # and with its index
        ("0,1,label", "5,6,7", True),
        ("2019,2020,2021", "5,6,7", True),
        ("country,1970,1971,1972", "Chad,5,6,7", True),
        ("country,1970,1971", "Chad,5,6", False),  # two may be a row of data
        ("country,1970,1972,1971", "Chad,5,6,7", False),
        ("country,1970,1971,72", "Chad,5,6,7", False),
        ("-1,0,d", "5,6,7", True),  # a word above a number
        ("0,2,1", "5,6,7", False),
        ("2021,2020,2019", "5,6,7", False),
        ("5,6,red", "7,8,blue", False),
        ("5,6,?", "7,8,9", False),
        ("5,red,5more", "7,blue,9", False),
    ],
)
def test_a_header_with_numbers_is_told_from_data(first: str, second: str, named: bool) -> None:
    found, note = is_header(first.split(","), [second.split(",")], FileKeys(target=-1), 3)
    assert found == named
    assert note.startswith("line 3 was read as the header" if named else "line 3 was read as data")


def test_words_and_the_target_are_a_header_without_doubt() -> None:
    for keys in (FileKeys(), FileKeys(target="y")):
        assert is_header(["x", "y"], [["1", "2"]], keys) == (True, "")
    assert is_header(["2019", " Y".strip()], [["1", "2"]], FileKeys(target="y")) == (True, "")
    assert is_header(["x", "y"], [["1", "2"]], FileKeys(header=False)) == (False, "")
    assert is_header(["1", "2"], [], FileKeys(header=True)) == (True, "")


def test_a_number_beyond_all_positions_names_the_target() -> None:
    said = "line 1 was read as the header; --set data.header=false reads it as data"
    assert is_header(["x", "2015", "5"], [["a", "2", "3"]], FileKeys(target=2015)) == (True, said)
    for target in (2, 3, -3, -4):  # counted from 0 or from 1
        assert not is_header(["x", str(target), "5"], [["a", "2", "3"]], FileKeys(target=target))[0]


def test_a_row_of_missing_numbers_or_categories_is_no_header() -> None:
    one, two = FileKeys(model=("0",)), FileKeys(model=("0", "1"))
    said = "line 1 was read as the header; --set data.header=false reads it as data"
    assert is_header(["x", "y"], [["6", "7"], ["7", "-"], ["total"]], two) == (True, said)
    for row in (["-", "n/a"], ["unknown", "."], ["n.b.", "n.b."]):
        assert is_header(row, [["6", "7"]], two) == (False, "")
    assert is_header(["A"], [["7"], ["B"], ["9"]], one) == (False, "")
    assert not is_header(["-", "5"], [["6", "7"]], FileKeys(target=0))[0]


def test_new_rows_have_the_header_of_the_model() -> None:
    assert is_header(["5", "a"], [["6", "b"]], FileKeys(model=("x", "1"))) == (True, "")
    assert is_header(["5", "a"], [["6", "b"]], FileKeys(model=("0", "1"))) == (False, "")
    said = "line 1 was read as the header; --set data.header=false reads it as data"
    assert is_header(["0", "1", "y"], [["6", "b"]], FileKeys(model=("0", "1"))) == (True, said)
    assert is_header(["", "0", "2"], [["6", "b"]], FileKeys(model=("2", "0"))) == (True, said)
    for row in (["1", "0"], ["0", "1", "1"], ["0", "2"], ["0.0", "1"]):  # rows of an XOR
        assert is_header(row, [["0", "1"]], FileKeys(model=("0", "1"))) == (False, "")


def test_words_that_stand_below_themselves_are_data() -> None:
    rows = [["democrat", "n", "y"], ["republican", "y", "y"], ["democrat", "y", "n"]]
    found, note = is_header(["republican", "y", "n"], rows, FileKeys(target=0))
    said = "line 1 was read as data, as 'y' is a value below; --set data.header=true reads it as the header"
    assert (found, note) == (False, said)
    assert not is_header(["green", "y", "n"], rows, FileKeys(target=0))[0]
    assert is_header(["party", "tax", "peace"], rows, FileKeys(target=0)) == (True, "")
    assert is_header(["republican", "y", "n"], rows, FileKeys(target="republican")) == (True, "")
    assert is_header(["republican", "y", "n"], [], FileKeys(target=0)) == (True, "")


@pytest.mark.parametrize(
    ("first", "below", "value"),
    [
        ("ham|Go until jurong point", ["ham|Ok lar", "spam|Free entry", "ham|U dun say"], "ham"),
        ("Ann|Paris|2020-01-31", ["Bo|Rome|2021-11-02", "Cy|Oslo|2019-05-07"], "2020-01-31"),
        ("Ann|$1,200.50", ["Bo|$12.00", "Cy|$7,000.25"], "$1,200.50"),
        ("Ann|10:15", ["Bo|9:30", "Cy|11:05"], "10:15"),
        ("ham|Go until jurong point", ["ham|Ok lar", "ham|U dun say"], "ham"),  # sorted by class
    ],
)
def test_a_row_of_words_with_a_value_is_data(first: str, below: list[str], value: str) -> None:
    found, note = is_header(first.split("|"), [row.split("|") for row in below], FileKeys(target=0))
    assert not found
    assert note.startswith(f"line 1 was read as data, as {value!r} is a value below;")


@pytest.mark.parametrize(
    ("first", "below"),
    [
        ("label|text", ["ham|Ok lar", "spam|Free entry", "ham|U dun say"]),
        ("ID|Dog|Cat", ["1|Dog|no", "2|Dog|Cat", "3|no|Cat"]),  # the id is a name above numbers
        ("Pet|Dog|Cat", ["a|Dog|", "b|Dog|Cat", "c||Cat"]),  # answers that may be ticked
        ("name|2020-01|2020-02", ["Ann|3|4", "Bo|5|6"]),  # months
        ("q0001_1|q0001_2", ["often|never", "never|often"]),
        ("City|Other", ["Rome|Other", "Oslo|x", "Bonn|y"]),  # once
        ("name|born", ["Ann|Rome", "name|born", "Bo|Oslo", "name|born"]),  # files put together
        ("name|born|2019-20|as", ["Ann|Rome|a|b", "name|born|2020-21|as", "Bo|Oslo|c|d", "name|born|2021-22|as"]),
    ],
)
def test_a_row_of_words_without_a_value_is_a_header(first: str, below: list[str]) -> None:
    assert is_header(first.split("|"), [row.split("|") for row in below], FileKeys(target=0)) == (True, "")


@pytest.mark.parametrize(
    ("lines", "above", "found"),
    [
        (["a,y", "1,b"], 0, 0),
        (["size,look", "a,y", "1,b"], 0, 1),
        (["Title", "size,look", "a, Y ", "1,b"], 1, 2),
        (["size,look", "cm,kg", "a,y", "1,b"], 0, 2),
        (["size,look,at", "cm,kg,s", "a,b,y", "1,2,3"], 0, 2),  # units above the names
        (["a, y", "c,y", "1,b"], 0, 0),
        (["size,look", "1,y", "1,b"], 0, 0),  # a row of data
        (["size,look", "y,y", "1,b"], 0, 0),
        (["before,,after,,", "kg,cm,kg,cm,y", "1,2,3,4,b"], 0, 0),  # below merged cells, both rows are needed
        (["before,,after,,", "kg,cm,lb,in,y", "1,2,3,4,b"], 0, 1),
        (["q1,q2,q3", "no,no,y", "yes,no,no"], 0, 0),  # answers
        (["size,look", "a,y"], 0, 0),  # no rows below
        (["size,look", "y", "1,b"], 0, 0),
        (["size,look", *["1,b"] * 9, "a,y", "1,b"], 0, 0),
    ],
)
def test_a_later_row_is_the_header_where_it_alone_names_the_target(lines: list[str], above: int, found: int) -> None:
    records = [(at, at + 1, line.split(",")) for at, line in enumerate(lines)]
    assert above_target(records, above, FileKeys(target="y")) == found
    for keys in (FileKeys(target="y", header=False), FileKeys(target=1), FileKeys()):
        assert above_target(records, above, keys) == above
