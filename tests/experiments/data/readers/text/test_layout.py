"""The layout follows from the first lines, and only where they leave no doubt."""

from __future__ import annotations

import csv

import pytest

from experiments.data.readers.text.layout import Layout, layout_of, records, titles, width_of


def found(text: str, usual: str = ",", separator: str | None = None, skip: int | None = None) -> Layout:
    layout = layout_of(text.splitlines(keepends=True), usual, separator, skip)
    assert layout is not None
    return layout


@pytest.mark.parametrize(
    ("text", "separator", "width"),
    [
        ("a,b\n1,2\n", ",", 2),
        ("a;b\n1;2\n", ";", 2),
        ("a;b;c\n7,4;3,2;1\n7,8;3,0;2\n", ";", 3),  # decimal commas
        ("7,4;3,2\n7,8;3,0\n", ";", 2),  # and no header
        ("a\tb\n7,4\t3,2\n", "\t", 2),
        ("a|b\n1|2\n", "|", 2),
        ("a b c\n1  2 3\n", " ", 3),
        ("1 2\n3 4\n", " ", 2),
        ("0,70 80 82,Training\n1,15 20 31,Test\n", ",", 3),  # pixels in a cell
        ("a b\n1,5 2,5\n3,5 4,5\n", " ", 2),
        ("a, b, c\n1, 2, 3\n", ",", 3),  # spaces after commas are none
        ("name,tags\nx,p;q\ny,r;s\n", ",", 2),
        ('a,b\n"x;y;z",1\n"p;q;r",2\n', ",", 2),
        ("18 8 307\t'a b'\n15 8 350\t'c d'\n", " ", 5),
        ("x\n1\n2\n", ",", 1),
        ("first name\nAda Lovelace\nAlan Turing\n", ",", 1),  # words in one column
        ("tags\na;b\nc;d\n", ",", 1),  # below a header of one cell
        ("when\n2024-01-01 10:00\n2024-01-02 11:00\n", ",", 1),
    ],
)
def test_the_separator_makes_lines_equal(text: str, separator: str, width: int) -> None:
    layout = found(text)
    assert (layout.separator, layout.width, layout.skip, layout.above) == (separator, width, 0, ())


def test_the_usual_separator_wins_between_equals() -> None:
    assert found("a\tb,c\nd\te,f\n").separator == ","
    assert found("a\tb,c\nd\te,f\n", usual="\t").separator == "\t"
    assert found("a;b,c\n1;2,3\n", separator=":").separator == ":"


@pytest.mark.parametrize(
    ("text", "skip", "above"),
    [
        ("# a comment\n% another\na,b,c\n1,2,3\n", 2, ("# a comment", "% another")),
        ("A title\na,b,c\n1,2,3\n", 1, ("A title",)),
        ("A title,\n\n\na,b,c\n1,2,3\n", 3, ("A title,",)),
        ("A title,,\na,b,c\n1,2,3\n", 1, ("A title,,",)),
        ("A title,,\n,,\na,b,c\n1,2,3\n", 2, ("A title,,", ",,")),
        ("Report,2024\na,b,c,d\n1,2,3,4\n", 1, ("Report,2024",)),
        ("|1x3 Cross validator\n1,a,x\n2,b,y\n", 1, ("|1x3 Cross validator",)),
        ("A title\n\na,b\n1,2\n", 2, ("A title",)),
        ("of three words\n1, a, x\n2, b, y\n", 1, ("of three words",)),  # as many as there are columns
        ("sep=;\na;b\n1;2\n", 1, ()),
        ("sep=;\n# a comment\na;b\n1;2\n", 2, ("# a comment",)),
        ("\n\na,b\n1,2\n", 0, ()),
        ("A title\na,b\n1,2\n3,4\n", 0, ()),  # two columns leave a doubt
        ("1,2\na,b,c,d\n1,2,3,4\n5,6,7,8\n", 0, ()),  # a short row of numbers is no title
        ("5,,\n1,2,3\n4,5,6\n", 0, ()),  # nor is a row with one number
        ("red,,\n1,2,3\n4,5,6\n", 0, ()),  # nor one that is above no header
        ("#1,2\n#3,4\n", 0, ()),  # where every line has the sign, it is no sign
        ("b,c\nr1,2,3\nr2,5,6\n", 0, ()),  # a header without a name for the row names
        ("a\n1\n2\n", 0, ()),
    ],
)
def test_comments_and_titles_stand_above(text: str, skip: int, above: tuple[str, ...]) -> None:
    layout = found(text)
    assert (layout.skip, layout.above) == (skip, above)
    assert len(layout.head) == sum(map(bool, text.split("\n")[skip:]))


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("# x y z\n1 2 3\n4 5 6\n", ["x", "y", "z"]),  # as NumPy writes it
        ("# rooms,y,z\n1,2,3\n4,5,6\n", ["# rooms", "y", "z"]),
        ("# by hand\n# x,y\n1,2\n", ["# x", "y"]),
        ("#CHROM,ID\nchr1,rs1\nchr2,rs2\n", ["#CHROM", "ID"]),
        ("# a, comment\nx,y\np,q\n", ["x", "y"]),  # above words, which may be a header themselves
        ("# made in,2024\n1,2\n3,4\n", ["1", "2"]),
    ],
)
def test_a_comment_may_be_the_header(text: str, first: list[str]) -> None:
    assert found(text).head[0][2] == first


def test_what_is_given_is_taken() -> None:
    layout = found("A title\na,b,c\n1,2,3\n", skip=0)
    assert (layout.skip, layout.head[0][2], layout.above) == (0, ["A title"], ())
    assert found("a;b,c\n1;2,3\n4;5,6\n", separator=";").head[1][2] == ["1", "2,3"]
    assert found("x\ny\na,b\n1,2\n", skip=2).head[0] == (2, 3, ["a", "b"])
    assert layout_of(["\n", "\n"]) is None
    assert layout_of(["a,b\n"], skip=5) is None


def test_a_record_may_have_several_lines() -> None:
    lines = ['x,"a\n', 'b"\n', "\n", "y,z\n"]
    assert list(records(lines, ",")) == [(0, 2, ["x", "a\nb"]), (3, 4, ["y", "z"])]
    assert list(records(lines, ",", skip=3)) == [(3, 4, ["y", "z"])]
    assert found("".join(["a,b\n", *lines])).head[1] == (1, 3, ["x", "a\nb"])


def test_the_last_line_of_a_part_of_a_file_says_nothing() -> None:
    layout = layout_of(["a,b\n", "1,2\n", "3,4\n", "5"], whole=False)
    assert layout is not None
    assert len(layout.head) == 3


def test_quotes_may_follow_a_space() -> None:
    layout = found('a, b\n1, "x, y"\n')
    assert (layout.spaced, layout.width, layout.head[1][2]) == (True, 2, ["1", "x, y"])
    assert not found('a,b\n1,"x, ""y"""\n').spaced


def test_a_cell_that_is_too_long_is_an_error() -> None:
    with pytest.raises(csv.Error):
        found("a" * 200_000)
    assert found(",".join(["a" * 70_000] * 2)).width == 2


def test_titles_need_a_table_below() -> None:
    rows = [(at, at + 1, cells) for at, cells in enumerate([["a"], ["b"], ["c"]])]
    assert (width_of(rows), titles(rows, 3)) == (1, 0)


@pytest.mark.parametrize(
    ("text", "separator", "width"),
    [
        (" id | age \n----+-----\n  1 | 2 \n", "|", 2),  # of psql
        ("| a | b |\n|-----|---:|\n| 1 | 2 |\n", "|", 4),  # of Markdown
        ("|a |b |\n-------\n|1 |2 |\n-------\n", "|", 4),  # of SAP
        ("id   age\n==== ====\n1    2\n", " ", 2),
    ],
)
def test_lines_of_dashes_are_no_records(text: str, separator: str, width: int) -> None:
    layout = found(text)
    assert (layout.separator, layout.width, layout.ruled) == (separator, width, True)
    assert [begins for begins, _, _ in layout.head] == [0, 2]
    assert [begins for begins, _, _ in records(text.splitlines(True), separator)] == [0, 2]


def test_missing_marks_are_no_lines_of_dashes() -> None:
    for text in ("a b\n1 2\n--- ---\n", "a|b\n1|2\n--|--\n", "a,b\n1,2\n----,----\n"):
        assert not found(text).ruled
        assert len(found(text).head) == 3
