"""The lines of a comparison on the terminal."""

from __future__ import annotations

from experiments.study.comparing.compare_files import print_comparison
from support.comparisons import comparison, difference
from support.study_folders import shown


def test_the_column_of_letters_is_not_called_a_number_of_rows() -> None:
    titles, first = shown(print_comparison, comparison(difference(0.1, 0.05, 0.15))).splitlines()[1:3]
    at = titles.index("same rows")
    assert first[at : at + len("same rows")].strip() == "a"
