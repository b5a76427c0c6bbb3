"""What was lost is computed again to the same bits, or the study does not go on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from experiments.config.documents import without_trials
from experiments.errors import StudyStateError
from experiments.study.running.resume import check_same_study, restore
from experiments.version import SCHEMA
from support.searched import Searched, searched

pytestmark = pytest.mark.slow

DOCUMENT = {
    "study": {"name": "moons"},
    "data": {"source": "moons"},
    "cv": {"n_splits": 3},
    "training": {"epochs": 12, "patience": 3},
    "search": {"trials": 14, "pruner": "hyperband"},
    "space": {"learning_rate": {"low": 1e-3, "high": 1e-1, "log": True}},
}


@pytest.fixture
def done(tmp_path: Path) -> Searched:
    return searched(DOCUMENT, tmp_path)


def restored(done: Searched) -> int:
    told, lost = restore(done.study, done.told, done.files, done.inputs, done.executor)
    assert told == done.told
    return lost


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_only_what_was_lost_is_computed_and_comes_out_the_same(done: Searched, tmp_path: Path) -> None:
    whole = contents(tmp_path)
    complete = [one.result for one in done.told if one.result.state == "COMPLETE"]
    assert sorted(whole) == sorted(f"{result.number}.npy" for result in complete)
    assert len(complete) < len(done.told), "some were pruned"
    assert any(result.marks for result in complete), "and those that were not were marked"
    assert (restored(done), done.executor.asked) == (0, [])
    first, second, *_ = whole
    (tmp_path / first).unlink()
    (tmp_path / second).write_bytes(b"nonsense")
    assert (restored(done), done.executor.asked) == (2, ["run_trial", "run_trial"])
    assert contents(tmp_path) == whole


def test_a_trial_that_comes_to_something_else_is_refused(done: Searched, tmp_path: Path) -> None:
    for file in tmp_path.iterdir():
        file.unlink()
    first = done.told[0]
    done.told[0] = replace(first, result=replace(first.result, value=0.123))
    with pytest.raises(StudyStateError, match=r"trial 0: .* comes to 0\.\d+ instead of 0\.123"):
        restored(done)
    assert not list(tmp_path.iterdir())


def test_trials_of_an_older_journal_learn_what_their_files_hold(done: Searched, tmp_path: Path) -> None:
    older = [replace(one, result=replace(one.result, out_of_fold="")) for one in done.told]
    told, lost = restore(done.study, older, done.files, done.inputs, done.executor)
    assert told == done.told
    assert lost == len(list(tmp_path.iterdir()))


@pytest.mark.parametrize(
    ("rows", "folds", "metric", "said"),
    [
        ("other", "other", "accuracy", "the rows that are read from the data have changed"),
        ("", "other", "accuracy", "the same rows are divided into other folds"),
        ("", "other", "f1", "cv.metric was f1 and is accuracy"),
        ("other", "other", "f1", "cv.metric was f1 and is accuracy; the rows that are read from the data have changed"),
    ],
)
def test_a_refusal_says_what_has_changed(
    done: Searched, tmp_path: Path, rows: str, folds: str, metric: str, said: str
) -> None:
    spec, data = without_trials(done.study.spec.to_document()), done.study.data
    known = {
        "format": SCHEMA,
        "spec": {**spec, "cv": {**spec["cv"], "metric": metric}},
        "data": {"fingerprint": rows or data.fingerprint, "folds": folds or data.folds.fingerprint},
        "uid": "u",
    }
    with pytest.raises(StudyStateError) as refusal:
        check_same_study(known, done.study, tmp_path)
    assert f"holds another study: {said}. Another --name" in str(refusal.value).replace('"', "")
