"""The options beside --data set keys of [data], and are refused without it with the --set to type instead."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from experiments.config.default_study import own_study
from experiments.errors import SpecError
from experiments.study.request.own_data import add_data_arguments, check_source, keys_of


def chosen(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("study", nargs="?")
    add_data_arguments(parser)
    return parser.parse_args(words)


def test_every_option_sets_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    typed = chosen(
        *("--data", "my.csv", "--drop", "Name", "-1", "'3'", "--target", "y", "--categories", "zip code"),
        *("--numbers", "a", "b", "--identifier", "id", "--time", "t", "--weights", "4", "--test", "in/new.csv"),
    )
    check_source(typed)
    spec, document = own_study(typed.data, typed.target, [], keys_of(typed))
    assert document["data"] == {
        **{"source": "my.csv", "target": "y", "drop": ["Name", -1, "3"], "categories": ["zip code"]},
        **{"numbers": ["a", "b"], "identifier": "id", "time": "t", "weights": 4, "test": "in/new.csv"},
    }
    assert (spec.data.drop, spec.data.test) == (("Name", -1, "3"), "in/new.csv")
    marked = chosen("--data", "my.csv", "--target", "y", "--test-rows", "fold=9, 10")
    assert own_study("my.csv", "y", [], keys_of(marked))[0].data.test_rows == "fold=9,10"
    timed = chosen("--data", "my.csv", "--target", "y", "--time", "year", "month")
    assert own_study("my.csv", "y", [], keys_of(timed))[0].data.time == ("year", "month")
    groups = chosen("--data", "my.csv", "--target", "y", "--groups", "who")
    assert own_study("my.csv", "y", [], keys_of(groups))[0].data.groups == "who"


def test_a_test_folder_needs_no_slash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "new").mkdir()
    assert own_study("old/", None, [], {"test": "new"})[0].data.test == "new/"


def test_without_data_the_override_to_type_is_named() -> None:
    with pytest.raises(SpecError) as caught:
        check_source(chosen("wine", "--drop", "a b", "c", "--time", "when"))
    assert str(caught.value) == (
        "--time goes with --data; a study's own is changed with --set 'data.time=\"when\"' "
        '--set \'data.drop=["a b", "c"]\'.'
    )
    with pytest.raises(SpecError, match=r"^--test-rows goes with --data; .* --set 'data\.test_rows=\"split=test\"'\.$"):
        check_source(chosen("wine", "--test-rows", "split=test"))
    with pytest.raises(SpecError, match=r"^STUDY: 'my rows\.csv' is a table, and no study; --data 'my"):
        check_source(chosen("my rows.csv", "--target", "y"))
