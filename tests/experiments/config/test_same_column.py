"""A column is known by its name, whatever its case and white space."""

from __future__ import annotations

from experiments.config.same_column import same_column


def test_a_column_is_the_same_whatever_its_case_and_white_space() -> None:
    columns = ["First Name", "first_name", "Age", "AGE"]
    assert same_column("firstname ", columns) == ["First Name"]
    assert same_column("age", columns) == ["Age", "AGE"]
    assert same_column("gr\u00f6\u00dfe", ["Gro\u0308\u00dfe"]) == [
        "Gro\u0308\u00dfe"
    ]  # as a Mac's names of files have it
    assert same_column(2, columns) == same_column(None, columns) == []
