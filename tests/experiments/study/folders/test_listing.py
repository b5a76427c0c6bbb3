"""The list of studies: a block for each metric, with data, sampler, and the studies that have the same rows."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from experiments.config.spec import SearchSection
from experiments.evaluation.records.results import StudyResult
from experiments.search.journal import Journal
from experiments.study.folders.folder import StudyFolder
from experiments.study.folders.listing import SAME_ROWS, print_list
from experiments.study.folders.status import print_status
from experiments.tracking.writer_lock import lock_of
from experiments.tracking.writer_state import new_state, write_state
from support import study_folders
from support.study_folders import FILE, SPEC, TOLD, fill, results, shown

WHOLE = SearchSection(trials=4)


def test_the_list_has_every_study_with_a_file_or_a_folder(studies: Path) -> None:
    fill(studies / "one", told=4, finished=4)
    fill(studies / "four", told=4, finished=4, tested=False)
    (studies / "four" / "study.toml").write_text(FILE.format(name="four").replace("trials = 4", "trials = 20"))
    (studies / "old.toml").write_text(FILE.format(name="new"))
    fill(studies / "old", told=1)
    fill(studies / "three [red]\x1b", told=2)
    (studies / "bad.toml").write_text("[study]\n")
    text = shown(print_list, studies)
    rows = {line.split("  ")[0].strip(): " ".join(line.split()) for line in text.splitlines()}
    assert rows["one"] == "one done 4 moons a qmc 0.7500 0.8125"
    assert rows["four"] == "four tried 4 of 20 moons a qmc 0.7500"
    assert rows["old (new)"] == "old (new) not started moons tpe"
    assert rows["old"] == "old interrupted 1 moons qmc 0.5000"
    assert rows["two"] == "two not started moons tpe"
    assert rows["bad"] == "bad unreadable"
    assert "three [red]\\x1b interrupted 2 moons qmc 0.7500" in " ".join(text.split())
    assert "study.name: this key is required" in " ".join(text.split())
    assert max(map(len, text.splitlines()[:10])) <= 80
    wide = shown(print_list, studies, width=120).splitlines()
    assert wide[1].endswith("last change")
    assert re.search(r"0\.8125  20\d\d-\d\d-\d\d \d\d:\d\d", next(line for line in wide if line.startswith("one ")))


def test_a_study_that_was_tested_before_its_last_trials_is_not_called_untested(studies: Path) -> None:
    fill(studies / "one", told=4, finished=4, tested=False)
    document = json.loads((studies / "one" / "results.json").read_text())
    document["ledger"] = {"file": "l", "looks": 1, "own": 1, "largest_overlap": 0.0, "head": "h", "first": "f"}
    (studies / "one" / "results.json").write_text(json.dumps(StudyResult.of_document(document).document()))
    rows = {line.split("  ")[0].strip(): " ".join(line.split()) for line in shown(print_list, studies).splitlines()}
    assert rows["one"] == "one searched 4 moons qmc 0.7500 earlier"


def test_the_name_of_a_study_is_broken_last(studies: Path) -> None:
    name = "a_study_whose_name_is_typed"
    fill(studies / name, told=4, finished=4)
    for width in (80, 66):
        assert any(line.split()[0] == name for line in shown(print_list, studies, width=width).splitlines())
    assert "moons" in shown(print_list, studies, width=80)
    titles = shown(print_list, studies, width=66).splitlines()[1].split()
    assert titles == ["study", "state", "trials", "selection", "test"]  # no two have the same rows


def test_a_search_without_any_score_is_not_called_interrupted(studies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    diverged = [replace(TOLD[2], result=replace(TOLD[2].result, number=at)) for at in (0, 1)]
    monkeypatch.setattr(study_folders, "TOLD", diverged)
    fill(studies / "none", told=2)
    for asked, state in ((2, "no score, 2 trials"), (4, "interrupted, 2 of 4 trials")):
        assert shown(print_status, "none", studies / "none", SearchSection(trials=asked)).startswith(f"none: {state}")


def test_each_metric_has_a_block_and_studies_without_one_come_last(studies: Path) -> None:
    for name, metric in (("by_error", "neg_mean_absolute_error"), ("by_accuracy", "accuracy"), ("more", "accuracy")):
        fill(studies / name, told=4, finished=4)
        document = results(4, tested=True) | {"spec": {**SPEC, "cv": {"metric": metric}}}
        (studies / name / "results.json").write_text(json.dumps(StudyResult.of_document(document).document()))
    lines = shown(print_list, studies).splitlines()
    titles = ["accuracy", "MAE (lower is better)", "no metric yet"]
    assert [line for line in lines if line in titles] == titles
    at = [lines.index(title) for title in titles]
    names = [line.split()[0] for line in lines]
    assert names[at[0] + 2 : at[1]] == ["by_accuracy", "more"]
    assert names[at[1] + 2 : at[2]] == ["by_error"]
    assert names[at[2] + 2 : -1] == ["one", "two"]


def test_studies_with_the_same_rows_and_folds_have_a_letter_in_common(studies: Path) -> None:
    for name, data, folds in (("a", "f", "g"), ("b", "f", "h"), ("c", "f", "g"), ("d", "k", "h"), ("e", "k", "h")):
        fill(studies / name, told=2)
        Journal(studies / name / "journal.log").begin(
            {"spec": SPEC, "data": {"fingerprint": data, "folds": folds}, "uid": name}
        )
    lines = [line.split() for line in shown(print_list, studies).splitlines()]
    letters = {line[0]: line[4] for line in lines if line[1:2] == ["interrupted"]}
    assert letters == {"a": "a", "b": "qmc", "c": "a", "d": "b", "e": "b"}
    assert lines[-1] == SAME_ROWS.split()
    assert "  same  sampler" in shown(print_list, studies).splitlines()[1]


def test_the_list_and_the_status_tell_what_mlflow_lacks(studies: Path) -> None:
    uri = "sqlite:///mlruns/mlflow.db"
    for name in ("one", "two"):
        fill(studies / name, told=4, finished=4)
    assert "MLflow" not in shown(print_list, studies)
    lacks = new_state("run", uri).model_copy(update={"missing": f"MLflow at {uri} is missing 1 of 4 trials (gone)"})
    write_state(studies / "one", lacks)
    write_state(studies / "two", lacks.model_copy(update={"missing": None, "done": True}))
    line = f"{lacks.missing}; python -m experiments.sync {studies / 'one'} sends it"
    lines = shown(print_list, studies).splitlines()
    assert lines[1].split()[-1] == "MLflow"
    assert [lines[2].split()[0], lines[2].split()[-1]] == ["one", "incomplete"]
    assert lines[3].split()[-1] != "incomplete"
    assert lines[4:] == [SAME_ROWS, line]
    assert f"MLflow {line}" in " ".join(shown(print_status, "one", studies / "one", WHOLE).split())
    with lock_of(studies / "one", uri):
        assert shown(print_list, studies).splitlines()[2].endswith("on its way")
        assert line not in shown(print_list, studies)
    running = StudyFolder(studies / "one")
    running.claim()
    assert "MLflow" not in shown(print_list, studies)
    running.release()


def test_no_study_is_said_so(tmp_path: Path) -> None:
    assert "no study here" in " ".join(shown(print_list, tmp_path / "studies").split())


@pytest.mark.parametrize("name", ["results.json", "journal.log"])
def test_a_damaged_file_is_named_and_the_others_are_listed(studies: Path, name: str) -> None:
    fill(studies / "two", told=1)
    (studies / "one").mkdir()
    (studies / "one" / name).write_text("[1]\n")
    lines = [" ".join(line.split()) for line in shown(print_list, studies).splitlines()]
    assert "one unreadable" in lines
    assert any(line.startswith("two interrupted 1 of 4") for line in lines)
    assert any(name in line for line in lines)


def test_a_second_test_is_told_from_a_first_one(studies: Path) -> None:
    fill(studies / "one", told=4, finished=4)
    document = json.loads((studies / "one" / "results.json").read_text())
    document["test"]["times_scored"] = 2
    (studies / "one" / "results.json").write_text(json.dumps(StudyResult.of_document(document).document()))
    rows = {line.split("  ")[0].strip(): " ".join(line.split()) for line in shown(print_list, studies).splitlines()}
    assert rows["one"] == "one done 4 moons qmc 0.7500 0.8125 (again)"
