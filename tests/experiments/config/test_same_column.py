"""A column is known by its name, whatever its case and white space, or by a beginning that no other has."""

from __future__ import annotations

from experiments.config.same_column import columns_in_part, same_column


def test_a_column_is_the_same_whatever_its_case_and_white_space() -> None:
    columns = ["First Name", "first_name", "Age", "AGE"]
    assert same_column("firstname ", columns) == ["First Name"]
    assert same_column("age", columns) == ["Age", "AGE"]
    assert same_column("gr\u00f6\u00dfe", ["Gro\u0308\u00dfe"]) == [
        "Gro\u0308\u00dfe"
    ]  # as a Mac's names of files have it
    assert same_column(2, columns) == same_column(None, columns) == []


def test_characters_that_nobody_sees_make_no_other_column() -> None:
    columns = ["\ufeffage", "\u200bincome", "city\u00a0name", "class\u202fname "]
    assert [same_column(typed, columns) for typed in ("age", "Income", "city name", "classname")] == [
        [name] for name in columns
    ]


def test_a_beginning_of_whole_words_is_preferred() -> None:
    columns = ["Q5. Would you go again?", "Q50. Age", "Q5", "price_usd", "price per m\u00b2", "year", "Stra\u00dfe"]
    assert columns_in_part("q50", columns) == ["Q50. Age"]
    assert columns_in_part("Q5. W", columns) == columns_in_part("Q5. Would you g..", columns) == columns[:1]
    assert columns_in_part("price", columns) == ["price_usd", "price per m\u00b2"]
    assert columns_in_part("y", columns) == columns_in_part("..", columns) == columns_in_part("", columns) == []
    assert columns_in_part("m\u00b2", columns) == []
    assert columns_in_part("per M\u00b2", columns) == ["price per m\u00b2"]  # an end behind a space
    assert columns_in_part("usd", columns) == columns_in_part("per m\u00b2..", columns) == []
    assert columns_in_part("y..", columns) == columns_in_part("y\u2026", columns) == ["year"]
    assert columns_in_part("Stras", columns) == ["Stra\u00dfe"]
