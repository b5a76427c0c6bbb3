"""Unknown categories are counted and named, and those that only spell a known one otherwise are read as it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.data.new_data.unknown_categories import UnknownCategories
from support.models import mixed_model
from support.tables import mixed_frame


def of_mixed_model() -> UnknownCategories:
    form = mixed_model(("no", "yes")).rows
    return UnknownCategories(form.categories, form.pooled)


def test_the_categories_that_have_inputs_of_their_own_go_with_a_model() -> None:
    model = mixed_model(("no", "yes"))
    city, colour = model.preprocessor.categories
    assert (city.pooled, colour.pooled) == (True, False)
    assert model.rows.categories == {"city": frozenset(city.names), "colour": frozenset(colour.names)}
    assert model.rows.pooled == {"city"}


def test_known_and_missing_categories_are_no_news() -> None:
    categories, rows = of_mixed_model(), mixed_frame(100)
    assert categories.look_at(rows) is rows
    assert (categories.unknown(), categories.respelled()) == ([], [])


def test_a_column_with_pooled_values_is_left_out() -> None:
    categories, rows = of_mixed_model(), mixed_frame(100)
    rows["city"] = "elsewhere"  # rare cities share an input
    categories.look_at(rows)
    assert categories.unknown() == []


def test_others_are_counted_and_the_first_are_named() -> None:
    categories, rows = of_mixed_model(), mixed_frame(100)
    rows.loc[rows.index[:1], "colour"] = "teal"
    categories.look_at(rows)
    assert categories.unknown() == [
        "1 cell holds a category that the model has not seen (rows count from 0): colour ('teal' in row 0)"
    ]
    rows.loc[rows.index[:5], "colour"] = ["a", "b", "c", "d", "a"]
    categories.look_at(rows)
    assert categories.unknown() == [
        "6 cells hold categories that the model has not seen (rows count from 0): colour ('teal', 'a', 'b', ... in "
        "rows 0, 100, 101, ...)"
    ]


def test_where_no_cell_of_a_column_is_known_it_is_said() -> None:
    categories = UnknownCategories({"kind": frozenset({"brick", "wood", None}), "empty": frozenset({None})})
    categories.look_at(pd.DataFrame({"kind": ["stone", np.nan], "empty": ["x", "y"]}))
    assert categories.unknown()[0].endswith("kind ('stone' in row 0), empty ('x', 'y' in rows 0, 1)")
    categories.look_at(pd.DataFrame({"kind": ["clay", np.nan], "empty": [np.nan, np.nan]}))
    assert categories.unknown()[0].endswith(
        "kind ('stone', 'clay' in rows 0, 2; none of its cells is one of 'brick', 'wood'), empty ('x', 'y' in rows 0, "
        "1)"
    )


def test_a_category_that_differs_in_case_or_space_alone_is_that_of_training() -> None:
    categories = UnknownCategories({"flag": frozenset({"True", "False"}), "code": frozenset({"tSM0", "TsM0", "tsm"})})
    rows = pd.DataFrame({"flag": ["TRUE", "False", np.nan, "maybe"], "code": ["TSM0", "tsm", "TSM", " tsm "]})
    read = categories.look_at(rows)
    assert read["flag"].fillna("-").tolist() == ["True", "False", "-", "maybe"]
    assert read["code"].tolist() == ["TSM0", "tsm", "tsm", "tsm"]  # the first could be either
    assert rows["flag"][0] == "TRUE"
    categories.look_at(rows[:1])
    assert categories.respelled() == [
        "4 cells are read as categories of training, which they spell otherwise: flag ('TRUE' as 'True'), code "
        "('TSM' as 'tsm', ' tsm ' as 'tsm')"
    ]
    assert categories.unknown() == [
        "3 cells hold categories that the model has not seen (rows count from 0): flag ('maybe' in row 3), code "
        "('TSM0' in rows 0, 4)"
    ]


@pytest.mark.parametrize("known", [("true", "false"), ("TRUE", "FALSE")])
def test_0_and_1_are_truth_values_however_training_spells_them(known: tuple[str, str]) -> None:
    categories = UnknownCategories({"won": frozenset(known)})
    assert categories.look_at(pd.DataFrame({"won": ["1", "0"]}))["won"].tolist() == list(known)
    assert categories.unknown() == []


def test_0_and_1_are_the_truth_values_of_a_column_that_has_no_other_category() -> None:
    categories = UnknownCategories(
        {"won": frozenset({"False", "True", None}), "said": frozenset({"False", "True", "?"})}
    )
    rows = categories.look_at(pd.DataFrame({"won": ["1", "0", "2", None], "said": ["1", "True", "?", None]}))
    assert rows["won"].tolist()[:3] == ["True", "False", "2"]
    assert categories.respelled() == [
        "2 cells are read as categories of training, which they spell otherwise: won ('1' as 'True', '0' as 'False')"
    ]
    assert categories.unknown()[0].endswith("won ('2' in row 2), said ('1' in row 0)")


def test_a_known_category_of_a_pooled_column_is_respelled_and_others_may_be_rare_ones() -> None:
    categories = UnknownCategories({"self": frozenset({"Red", "Blue"})}, {"self"})
    read = categories.look_at(pd.DataFrame({"self": ["RED", "rare 7", "Blue"]}))
    assert read["self"].tolist() == ["Red", "rare 7", "Blue"]
    assert (len(categories.respelled()), categories.unknown()) == (1, [])


def test_a_whole_number_with_a_point_is_the_one_without_it() -> None:
    for known, new in ((("1", "10"), "10.0"), (("1.0", "10.0"), "10")):
        categories = UnknownCategories({"code": frozenset(known)}, {"code"})
        rows = categories.look_at(pd.DataFrame({"code": [new, known[0], None]}))
        assert rows["code"].tolist()[:2] == [known[1], known[0]]
        assert categories.respelled() == [
            f"1 cell is read as a category of training, which they spell otherwise: code ('{new}' as '{known[1]}')"
        ]
    assert UnknownCategories({"code": frozenset({"1", "1.0"})}).look_at(rows.assign(code="1.00"))["code"][0] == "1.00"
