"""New rows that have their target already are predicted without it, and it is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.data.new_data.new_rows import read_rows
from experiments.data.new_data.row_format import RowFormat
from support.tables import cells

FORM = RowFormat([("a", "number")], target="net price")


@pytest.mark.parametrize(
    ("text", "keep"), [("a,net price\n1,\n2,\n", ()), ("a\n1\n", ()), ("a,net price\n1,2\n", ("net price",))]
)
def test_a_target_that_is_not_there_or_is_kept_is_no_news(text: str, keep: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text(text)
    assert read_rows(tmp_path / "new.csv", FORM, 10, keep).notes == ()


def test_a_target_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("Net price,a\n,1\n7,2\n")
    rows = read_rows(tmp_path / "new.csv", FORM, 10)
    assert rows.ignored == ()
    assert rows.notes == (
        "the target 'Net price' is there, too; it is not used: --keep 'Net price' copies it beside the predictions, "
        "and python -m experiments.score scores them",
    )


def test_a_target_that_is_scored_is_no_news_and_stands_in_the_columns_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("Net price,a\n,1\n7,2\n")
    rows = read_rows(tmp_path / "new.csv", FORM, 10, scored=True)
    assert rows.notes == ()
    assert rows.raw is not None
    assert cells(rows.raw)["Net price"] == ["", "7"]
