"""Classes that differ in case or space alone are one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from experiments.data.columns.spellings import with_one_spelling
from experiments.data.table import Table


def table(words: Sequence[object], own_test: int = 0, classes: tuple[str, ...] | None = None) -> Table:
    target = np.array(words)
    x = np.zeros((len(target), 1))
    return Table("mine", x, ("number",), ("0",), target, "y", classes, own_test=own_test)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["true", "True", "TRUE", "True"], ["True"] * 4),
        (["no", "No", "yes"], ["no", "no", "yes"]),  # of equals the first
        (["not  sure", "Not sure", "not sure", "not sure"], ["not sure"] * 4),
        (["STRASSE", "straße", "x"], ["STRASSE", "STRASSE", "x"]),
        (["cafe\u0301", "caf\u00e9", "caf\u00e9"], ["caf\u00e9"] * 3),  # as a Mac's names of files have it
    ],
)
def test_the_most_frequent_spelling_names_a_class(words: list[str], named: list[str]) -> None:
    found, lines = with_one_spelling(table(words))
    assert found.target.tolist() == named
    assert len(lines) == 1
    assert f"are one class, {named[0]!r}" in lines[0]


def test_the_sources_own_test_rows_name_nothing() -> None:
    found, _ = with_one_spelling(table(["no", "yes", "NO", "NO", "Maybe"], own_test=3))
    assert found.target.tolist() == ["no", "yes", "no", "no", "Maybe"]


def test_codes_whose_case_tells_them_apart_stay() -> None:
    codes = ["tSM0", "TsM0", "tsM0", "TSm0", "tSm0", "no", "No", "no"]
    found, lines = with_one_spelling(table(codes))
    assert found.target.tolist() == [*codes[:5], "no", "no", "no"]
    assert lines == (
        "target 'y': 'No' and 'no' are one class, 'no'; data.categories = ['y'] keeps them apart in a table.",
    )


def test_what_differs_otherwise_or_is_declared_stays() -> None:
    for whole in (table(["a ", "b"]), table([1, 2]), table([0, 1], classes=("no", "No"))):
        assert with_one_spelling(whole) == (whole, ())
