"""The study whose winner is taken: it has one, and the words say which."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from experiments.errors import SpecError, StudyStateError
from experiments.study.folders.lookup import EXAMPLE
from experiments.study.folders.results_file import read_results
from experiments.study.request.asked_study import AskedStudy, asked_study
from experiments.study.request.default_of import study_with_winner, with_winner, words_of
from support.results import change


@pytest.fixture
def digits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example's results in a folder that is named by `digits`."""
    folder = tmp_path / "studies" / "digits"
    folder.mkdir(parents=True)
    shutil.copy(EXAMPLE, folder)
    monkeypatch.chdir(tmp_path)
    return folder / EXAMPLE.name


def test_the_winner_stands_in_the_file_and_in_the_spec(digits: Path) -> None:
    recorded = study_with_winner("digits")
    asked = asked_study("wine", None, {"name": "new", "default.l2": 0.5})
    taken = with_winner(asked, recorded, ["default.l2=0.5"])
    best = recorded.result.best.params
    assert taken.document is not None
    assert taken.document["default"]["learning_rate"] == taken.spec.default["learning_rate"] == best["learning_rate"]
    assert taken.spec.default["l2"] == 0.5
    assert (taken.folder, taken.default_of) == (asked.folder, recorded)
    assert taken.spec.space == asked.spec.space


def test_a_study_without_a_file_of_its_own_takes_none(digits: Path) -> None:
    recorded = study_with_winner("digits")
    asked = asked_study("wine", None, {})
    assert asked == AskedStudy(asked.spec, asked.folder)
    with pytest.raises(SpecError, match=r"^--default-of: .* goes with --name NEW or with --data FILE; "):
        with_winner(asked, recorded, [])


def test_only_a_finished_study_as_it_was_written_has_a_winner(digits: Path) -> None:
    whole = digits.read_bytes()
    change(digits, lambda document: document["provenance"].update(planned_trials=60))
    with pytest.raises(StudyStateError, match=r"^studies/digits: has no winner yet, after a try of 40 of 60 trials; "):
        study_with_winner("digits")
    digits.write_bytes(whole)
    change(digits, lambda document: document["best"]["params"].update(l2=1.0))
    with pytest.raises(StudyStateError, match="was changed after it was written"):
        study_with_winner("digits")
    digits.write_text(json.dumps({**json.loads(whole), "schema": 9}))
    with pytest.raises(StudyStateError, match="is of schema 9, which a later version of this program wrote"):
        study_with_winner("digits")
    digits.rename(digits.with_name("journal.log"))
    with pytest.raises(StudyStateError, match=r"there are no results; the study has not come to its end"):
        study_with_winner("digits")
    with pytest.raises(SpecError, match=r"^--default-of: must be a study's name \(.*\), .*, but got 'digit' \(did you"):
        study_with_winner("digit")


def test_the_words_name_the_trial_and_what_is_not_taken(digits: Path) -> None:
    asked = with_winner(
        asked_study("wine", None, {"name": "new", "space.hidden_units": {"low": 4, "high": 128}}),
        study_with_winner("digits"),
        [],
    )
    said = words_of(asked)
    assert said.startswith("default: trial 35 of digits, 114 ReLU, learning rate 0.00933, ")
    assert said.endswith(" epochs")
    recorded = read_results(digits)
    spec = {**recorded.result.spec, "final": {"members": 5, "choice": "with_default"}}
    with_networks = replace(recorded, result=replace(recorded.result, spec=spec))
    joined = words_of(replace(asked, default_of=with_networks))
    assert joined == f"{said}; the final model of digits also has networks of its own default, which are not taken"


def test_the_words_name_values_that_the_search_cannot_find(digits: Path) -> None:
    narrow = {
        "name": "new",
        "space.learning_rate": {"low": 0.1, "high": 0.5},
        "space.hidden_units": {"low": 4, "high": 64},
    }
    recorded, asked = study_with_winner("digits"), asked_study("wine", None, narrow)
    taken = with_winner(asked, recorded, [])
    assert words_of(taken).endswith(
        "epochs; learning_rate = 0.00933 and hidden_units = 114 lie outside of [space], from which the other trials are"
    )
    refit = with_winner(asked_study("wine", None, {**narrow, "trials": 1}), recorded, [])
    assert words_of(refit).endswith(" epochs")
