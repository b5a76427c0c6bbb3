"""Categories that a model does not know are counted and named."""

from __future__ import annotations

from experiments.evaluation.unknown_categories import UnknownCategories
from support.models import mixed_model
from support.tables import mixed_frame


def test_known_and_missing_categories_are_no_news() -> None:
    unknown, rows = UnknownCategories(mixed_model(("no", "yes"))), mixed_frame(100)
    assert unknown.look_at(rows) is rows
    assert unknown.note() == ""


def test_a_column_with_pooled_values_is_left_out() -> None:
    model, rows = mixed_model(("no", "yes")), mixed_frame(100)
    rows["city"] = "elsewhere"  # rare cities share an input
    unknown = UnknownCategories(model)
    unknown.look_at(rows)
    assert unknown.note() == ""


def test_others_are_counted_and_the_first_are_named() -> None:
    unknown, rows = UnknownCategories(mixed_model(("no", "yes"))), mixed_frame(100)
    rows.loc[rows.index[:1], "colour"] = "teal"
    unknown.look_at(rows)
    assert (
        unknown.note() == "1 cell holds a category that the model has not seen, by row from 0: colour ('teal' in row 0)"
    )
    rows.loc[rows.index[:5], "colour"] = ["a", "b", "c", "d", "a"]
    unknown.look_at(rows)
    assert unknown.note() == (
        "6 cells hold categories that the model has not seen, by row from 0: colour ('teal', 'a', 'b', ... in rows 0, "
        "100, 101, ...)"
    )
