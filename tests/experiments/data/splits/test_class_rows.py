"""A class with too few rows is refused with its rows and all the classes that would have to go."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from experiments.config.data_options import DataSection
from experiments.data.columns.target_type import labelled
from experiments.data.load import load_table
from experiments.data.splits.class_rows import with_every_class
from experiments.data.splits.split import split
from experiments.errors import DataError


def test_rare_classes_are_not_advised_to_go_where_one_class_would_be_left(tmp_path: Path) -> None:
    labels = [*["a"] * 20, "b", "c"]
    (tmp_path / "my.csv").write_text("x,y\n" + "".join(f"{row / 7},{label}\n" for row, label in enumerate(labels)))
    table = load_table(DataSection(source=str(tmp_path / "my.csv"), target="y"), {})
    with pytest.raises(DataError, match=r"class 'b' has 1 \(.*\); remove its rows, or add some\.$"):
        split(labelled(table), 0.2, 0)
    dropped = DataSection(source=str(tmp_path / "my.csv"), target="y", drop_classes=("b", "c"))
    with pytest.raises(
        DataError, match=r"all 20 rows have 'a'; name another column, or fewer classes in data\.drop_classes\.$"
    ):
        load_table(dropped, {})


def test_all_rare_classes_are_named_at_once(tmp_path: Path) -> None:
    labels = [*["a", "b"] * 20, "rare", "seldom", "seldom", "Größe"]
    (tmp_path / "my.csv").write_text("x,y\n" + "".join(f"{row / 7},{label}\n" for row, label in enumerate(labels)))
    table = load_table(DataSection(source=str(tmp_path / "my.csv"), target="y"), {})
    advice = r"leave all 3 such classes out with data\.drop_classes = \[\"Größe\", \"rare\", \"seldom\"\]\.$"
    with pytest.raises(DataError, match=advice):
        split(labelled(table), 0.2, 0)


def test_numbers_with_a_word_are_advised_to_go_without_it(tmp_path: Path) -> None:
    labels = [*["1", "2", "4", "Indef."] * 9, "10", "32"]
    (tmp_path / "my.csv").write_text("x,y\n" + "".join(f"{row / 7},{label}\n" for row, label in enumerate(labels)))
    data = DataSection(source=str(tmp_path / "my.csv"), target="y")
    table = load_table(data, {})
    advice = r"or leave out the rows of words with data\.missing = \[\"Indef\.\"\]"
    with pytest.raises(DataError, match=f"class '10' has 1 .*, {advice} if the target is a number, or leave all 2"):
        split(labelled(table), 0.2, 0)
    with pytest.raises(DataError, match=f"'y' has classes; set classification, {advice}\\.$"):
        labelled(table, "regression")
    assert labelled(load_table(data.model_copy(update={"missing": ("Indef.",)}), {}), "regression").y.max() == 32


def test_advice_on_rare_classes_keeps_those_that_are_dropped_already_and_names_rows_of_the_file(tmp_path: Path) -> None:
    labels = ["ash", "a", "b"] * 12 + ["ash", "", "elm", "oak", "elm"]
    (tmp_path / "my.csv").write_text("x,y\n" + "".join(f"{row / 7},{label}\n" for row, label in enumerate(labels)))
    data = DataSection(source=str(tmp_path / "my.csv"), target="y", drop_classes=("ash",))
    table = load_table(data, {})
    with pytest.raises(DataError) as caught:
        split(labelled(table), 0.2, 0)
    assert "class 'oak' has 1 (its rows, from 0: 39)" in str(caught.value)
    assert 'data.drop_classes = ["ash", "elm", "oak"].' in str(caught.value)
    data = data.model_copy(update={"drop_classes": ("ash", "elm", "oak")})
    split(labelled(load_table(data, {})), 0.2, 0)


def test_a_class_is_learnt_from_two_groups_or_more() -> None:
    """A class of one group lacks either where it is learnt or where it is validated, however many rows it has there."""
    y, groups = np.array([0, 1, 0, 1, 0, 0, 0, 1, 0, 1]), np.array([0, 0, 0, 0, 1, 1, 2, 2, 3, 3])
    one, two = ((np.flatnonzero(groups < of_test), np.flatnonzero(groups >= of_test)) for of_test in (2, 3))
    assert with_every_class(iter((one, two)), y, groups) is two
    assert with_every_class(iter((one, two)), y) is one
