"""A record does not pass when it was edited."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from experiments.errors import StudyStateError
from experiments.study.folders.results_file import read_own_results, read_results
from support.results import change, made_up


@pytest.fixture(autouse=True)
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("studies/rows").mkdir(parents=True)
    path = Path("studies/rows/results.json")
    path.write_text(json.dumps(made_up().document()))
    return path


def test_what_was_written_is_read(path: Path) -> None:
    assert read_own_results(path).result == made_up()


def test_what_is_not_there_is_one_line() -> None:
    with pytest.raises(StudyStateError, match=r"^studies/rows/none\.json: there are no results\.$"):
        read_results(Path("studies/rows/none.json"))


@pytest.mark.parametrize(
    ("edit", "where", "words"),
    [
        (lambda one: one["spec"]["study"].update(seed=1), "spec.study.seed", ("1", "0")),
        (lambda one: one["spec"]["data"].update(split_seed=2), "spec.data.split_seed", ("2", "0")),
        (
            lambda one: one["trials"][1]["params"].update(learning_rate=0.5),
            "best.params.learning_rate",
            ("0.02", "0.5"),
        ),
        (lambda one: one["trials"][0].update(value=0.9), "default.cv_mean", ("0.625", "0.9")),
        (lambda one: one["best"].update(number=2), "best.number", ("2", "there are 2 trials")),
        (lambda one: one["best"].update(epochs=5), "best.epochs", ("5", "4")),
        (lambda one: one["best"].update(fold_scores=[1.0, 1.0]), "best.fold_scores[0]", ("1.0", "0.75")),
    ],
)
@pytest.mark.parametrize("sign", [False, True])
def test_where_a_record_contradicts_itself(
    path: Path, edit: Callable[[dict[str, Any]], Any], where: str, words: tuple[str, str], sign: bool
) -> None:
    assert read_results(path).contradictions() == []
    change(path, edit, sign)
    found = read_results(path).contradictions()
    assert [one.where for one in found] == ([where] if sign else ["digest", where])
    assert (found[-1].recorded, found[-1].found) == words
    with pytest.raises(StudyStateError, match=r"results\.json: was changed after it was written: "):
        read_own_results(path)


def test_what_another_version_recorded_is_said_to_be_so(path: Path) -> None:
    change(path, lambda one: one.pop("analysis"), sign=True)
    assert read_results(path).contradictions() == []
    with pytest.raises(StudyStateError, match="another version of this program"):
        read_own_results(path)


def test_a_number_too_large_is_no_result(path: Path) -> None:
    """Python reads it as infinity, which has no place in a digest."""
    document = json.loads(path.read_text())
    document["spec"]["study"]["seed"] = "HERE"
    path.write_text(json.dumps(document).replace('"HERE"', "1e999"))
    with pytest.raises(StudyStateError, match=r"results\.json: not the results of a study"):
        read_results(path)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "\xff", '{"schema": NaN}', "[" * 100_000])
def test_other_files_are_no_results(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(StudyStateError, match=r"results\.json: not the results of a study"):
        read_results(path)
