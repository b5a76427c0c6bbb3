"""A key that is absent means what it meant before the key existed, and at that value it is in no document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from experiments.config.later_keys import LATER_KEYS, without_later_keys
from experiments.config.spec import SearchSection, StudySpec
from support.study_keys import changed_meanings, keys_of_the_study_file

TABLES = sorted((Path(__file__).parents[2] / "support").glob("version_*/expected/keys.json"))
STUDY: dict[str, Any] = {
    "study": {"name": "x"},
    "data": {"source": "iris"},
    "space": {"learning_rate": {"low": 1e-4, "high": 0.1, "log": True}},
}


def test_there_is_a_table_of_each_version() -> None:
    assert [path.parts[-3] for path in TABLES][:1] == ["version_0_2_0"]


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.parts[-3])
def test_an_old_study_file_means_what_it_meant(table: Path) -> None:
    before = json.loads(table.read_text())
    assert changed_meanings(before, json.loads(json.dumps(keys_of_the_study_file()))) == []


def test_the_table_has_the_keys_of_every_section() -> None:
    keys = json.loads(TABLES[0].read_text())
    assert keys["data.source"] == "(needed)"
    assert (keys["cv.outer"], keys["cv.n_splits"], keys["training.hidden_units"]) == (None, 5, 64)
    assert (keys["final.choice"], keys["report.author"]) == ("best", "")
    assert (keys["search.pruner_options.percentile (percentile)"], keys["space.PARAMETER.log (Range)"]) == (25.0, False)


def test_a_changed_table_is_seen() -> None:
    before = {"cv.n_splits": 5, "final.members": 1, "final.gone": 0, "cv.same": True}
    now = {
        **{"cv.n_splits": 4, "final.members": 1, "cv.same": 1},
        **{"cv.new": 3, "cv.later": 2, "cv.unset": None, "report.about": "", "cv.bare": "(needed)"},
        **{"space.PARAMETER.prior (Range)": 0.5, "space.PARAMETER.weights (Choices)": None, "cv.moved": 7},
    }
    assert changed_meanings(before, now, {"cv.later": 2, "cv.moved": 6}) == [
        "final.gone is gone",
        "cv.n_splits was 5 and is 4",
        "cv.same was True and is 1",
        "cv.new is new: LATER_KEYS must have it with its default, 3",
        "cv.bare is new and has no default",
        "space.PARAMETER.prior (Range) is new: its default must be None, which is not written, but is 0.5",
        "cv.moved is new: LATER_KEYS must have it with its default, 7",
    ]


def test_a_key_that_somebody_adds_is_seen() -> None:
    class More(SearchSection):
        restarts: int = 3
        seeds: int | None = None

    class Study(StudySpec):
        search: More = More()

    now = keys_of_the_study_file(Study)
    later = {**LATER_KEYS, "search.restarts": 3}
    assert changed_meanings(keys_of_the_study_file(), now) == [
        "search.restarts is new: LATER_KEYS must have it with its default, 3"
    ]
    assert changed_meanings(keys_of_the_study_file(), now, later) == []
    document = Study.model_validate(STUDY).to_document()
    assert document["search"]["restarts"] == 3
    assert without_later_keys(document, later) == StudySpec.model_validate(STUDY).to_document()


@pytest.mark.parametrize("key", LATER_KEYS)
def test_a_later_key_at_its_first_value_is_in_no_document(key: str) -> None:
    section, name = key.split(".")
    with_key = StudySpec.model_validate({**STUDY, section: {name: LATER_KEYS[key]}}).to_document()
    assert with_key == StudySpec.model_validate(STUDY).to_document()
    assert name not in with_key[section]


def test_another_value_is_in_the_document() -> None:
    document = StudySpec.model_validate({**STUDY, "final": {"choice": "smallest"}}).to_document()
    assert document["final"]["choice"] == "smallest"


def test_only_the_same_value_of_the_same_type_is_left_out() -> None:
    later = {"a.b": 1, "a.c.d": "x"}
    assert without_later_keys({"a": {"b": 1, "c": {"d": "x", "e": 2}}, "b": 1}, later) == {"a": {"c": {"e": 2}}, "b": 1}
    assert without_later_keys({"a": {"b": True, "c": {"d": "y"}}}, later) == {"a": {"b": True, "c": {"d": "y"}}}
