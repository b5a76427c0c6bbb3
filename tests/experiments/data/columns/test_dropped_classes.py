"""Classes are left out by their text or their number."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from experiments.data.columns.dropped_classes import check_dropped, dropped_rows, without_classes
from experiments.data.raw_table import RawTable
from experiments.errors import DataError

Make = Callable[..., RawTable]


@pytest.mark.parametrize(
    ("written", "dropped", "left"),
    [
        (["a", "b", None, "A"], ("a",), [None, "b", None, "A"]),
        (["4", "4.0", "40", "5"], ("4",), [None, None, "40", "5"]),
        (["cafe\u0301", "caf\u00e9", None, "cafe"], ("caf\u00e9",), [None, None, None, "cafe"]),
        ([4, 5, None, 40], ("4.0",), [None, 5, None, 40]),
        ([4.0, 5.5, None, 40.0], ("4", "5.5"), [None, None, None, 40.0]),
        ([True, False, None, True], ("True",), [None, "False", None, None]),
    ],
)
def test_the_rows_of_a_class_lose_their_target(
    sheet: Make, written: list[object], dropped: tuple[str, ...], left: list[object]
) -> None:
    raw = sheet(x=[1, 2, 3, 4], y=written)
    check_dropped(raw, "y", dropped)
    assert without_classes(raw, "y", dropped).columns["y"].to_pylist() == left


def test_the_rows_of_a_class_are_counted_over_all_files(sheet: Make) -> None:
    files = sheet(y=["4", "four", None, "4.0"]), sheet(y=["four", "4"])
    assert dropped_rows(files, "y", ("4", "four")) == {"4": 3, "four": 2}
    assert dropped_rows(files, "y", ()) == {}


def test_a_class_that_is_not_there_is_refused_with_those_that_are(sheet: Make) -> None:
    with pytest.raises(DataError, match=r"column 'y' has no class '5', 'six'; it has '4', 'four'\.$"):
        check_dropped(sheet(y=["4", "four", None]), "y", ("4", "5", "six"))
