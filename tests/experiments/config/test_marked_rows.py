"""Rows that a column marks are one text, however they are typed, and their column is named as the file names it."""

from __future__ import annotations

import pytest

from experiments.config.data_options import DataSection
from experiments.config.marked_rows import column_and_values, in_one_spelling


def test_spaces_and_repeats_make_no_other_study() -> None:
    typed = [DataSection(source="a.csv", test_rows=one) for one in ("fold=9,10", " fold = 9 , 10,9")]
    assert [one.to_document() for one in typed] == [typed[0].to_document()] * 2
    assert typed[0].to_document()["test_rows"] == "fold=9,10"
    assert "test_size" not in typed[0].to_document()  # which has no effect beside it
    assert "test_rows" not in DataSection(source="a.csv").to_document()


def test_a_column_is_named_as_the_file_names_it() -> None:
    data = DataSection(source="a.csv", target="y", test_rows="SPLIT=test")
    assert data.with_names({"SPLIT": "Split"}).test_rows == "Split=test"
    assert data.with_names({"Y": "y"}).test_rows == "SPLIT=test"
    assert data.columns("test_rows") == ("SPLIT",)
    assert DataSection(source="a.csv", test_rows="-1=test").columns("test_rows") == (-1,)


@pytest.mark.parametrize("typed", ["split", "split=", "=test", "fold=9,,10", ""])
def test_what_names_no_rows_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r'must be COLUMN=VALUE, as in "split=test" or "fold=9,10", but got'):
        in_one_spelling(typed)


def test_a_value_may_have_an_equals_sign() -> None:
    assert column_and_values("part=a=b") == ("part", ("a=b",))
