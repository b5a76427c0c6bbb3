"""The outer studies: the same study file, but for the rows and the seed."""

from __future__ import annotations

from typing import Any

import pytest

from experiments.config.documents import without_trials
from experiments.config.outer import outer_study, rows_of, with_folds_at_most
from experiments.config.spec import StudySpec
from experiments.config.study_file import parse_spec
from experiments.errors import SpecError


def spec(cv: dict[str, Any] | None = None, **data: Any) -> StudySpec:
    document = {
        "study": {"name": "moons", "seed": 7},
        "data": {"source": "moons", **data},
        "cv": cv or {},
        "space": {"l2": {"low": 0, "high": 1}},
    }
    return parse_spec(document, "moons.toml")


def test_a_study_without_outer_folds_is_identified_as_before() -> None:
    document = without_trials(spec().to_document())
    assert set(document["cv"]) == {"splitter", "n_splits", "n_repeats", "metric"}
    assert document["data"] == {"source": "moons", "task": "auto", "test_size": 0.2, "split_seed": 0}


def test_with_outer_folds_the_size_of_a_test_set_does_not_matter() -> None:
    documents = [spec({"outer": 5}, **size).to_document() for size in ({}, {"test_size": 0.3})]
    assert documents[0] == documents[1]
    assert documents[0]["cv"]["outer"] == 5
    assert documents[0]["data"] == {"source": "moons", "task": "auto", "split_seed": 0}
    assert parse_spec(documents[0], "again").to_document() == documents[0]


def test_an_outer_study_has_its_fold_and_a_seed_of_its_own() -> None:
    whole = spec({"outer": 3, "metric": "accuracy"}, test_size=0.3)
    of_folds = [outer_study(whole, fold).to_document() for fold in (1, 2, 3)]
    assert [one["data"]["test_fold"] for one in of_folds] == [[1, 3], [2, 3], [3, 3]]
    assert [one["study"]["seed"] for one in of_folds] == [8, 9, 10]
    assert all("outer" not in one["cv"] and "test_size" not in one["data"] for one in of_folds)
    again = parse_spec(of_folds[1], "outer-2")
    assert again.to_document() == of_folds[1]
    assert rows_of(again).test_fold == (2, 3)
    assert (rows_of(whole).test_fold, rows_of(spec()).test_fold) == ((0, 3), None)
    last = whole.model_copy(update={"study": whole.study.model_copy(update={"seed": 2**63 - 1})})
    assert outer_study(last, 1).study.seed == 0
    with pytest.raises(ValueError, match="no outer folds"):
        outer_study(spec(), 1)


def test_what_names_another_test_set_is_refused() -> None:
    with pytest.raises(
        SpecError, match=r"cv\.outer: the outer folds are the test sets, but data\.test_fold = \(1, 5\)"
    ):
        spec({"outer": 5}, test_fold=[1, 5])
    with pytest.raises(SpecError, match=r"cv\.outer: .* but data\.test = 'b\.csv' names another; remove one of them"):
        spec({"outer": 5}, source="a.csv", target="y", test="b.csv")
    with pytest.raises(
        SpecError, match=r"cv\.outer: .* but data\.test_rows = 'fold=9' names another; remove one of them"
    ):
        spec({"outer": 5}, source="a.csv", target="y", test_rows="fold=9")
    with pytest.raises(SpecError, match=r"data: .*test_fold and test = 'b\.csv' both name the test set"):
        spec(source="a.csv", target="y", test="b.csv", test_fold=[1, 5])


def test_a_fold_that_is_not_there_is_refused() -> None:
    for fold in ([4, 3], [0, 3], [1, 1], [1, 21]):
        with pytest.raises(SpecError, match="test_fold"):
            spec(test_fold=fold)
    for folds in (1, 21, 0, 2.5):
        with pytest.raises(SpecError, match=r"cv\.outer"):
            spec({"outer": folds})


def test_a_number_of_folds_on_record_is_no_demand() -> None:
    named = spec({"outer": 3, "n_splits": 4})
    again = with_folds_at_most(named)
    assert again.to_document() == named.to_document()
    for one in (again, outer_study(again, 1)):
        assert "n_splits" not in one.cv.model_fields_set
    assert "n_splits" in outer_study(named, 1).cv.model_fields_set
