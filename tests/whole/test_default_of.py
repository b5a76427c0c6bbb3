"""A study whose default won another one: a refit on new rows, or a search that has to beat it."""

from __future__ import annotations

from contextlib import chdir
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import experiments
from experiments import delete, reproduce
from experiments.data.hints.chosen_with import TOO_GOOD
from experiments.errors import ExperimentError
from experiments.study.running import default_rows
from support.desk import CommandRunner
from support.tables import mixed_frame

SHORT = ("epochs=6", "cv.n_splits=3", "final.members=1")
FEW = [word for setting in SHORT for word in ("--set", setting)]
MARCH = ["old", "--name", "march", "--set", "data.source=march.csv", "--default-of", "old"]


def study_of_rows(desk: CommandRunner) -> None:
    """Run a study of the first 160 rows, whose winner is not its default."""
    frame = mixed_frame(240, seed=4)
    frame["y"] = np.where((frame["age"] - 40) / 12 + 2.0 * (frame["colour"] == "red") > 1.0, "yes", "no")
    frame[:160].to_csv(desk.folder / "rows.csv", index=False)
    frame.to_csv(desk.folder / "march.csv", index=False)
    made = ["--data", "rows.csv", "--target", "y", "--name", "old", *FEW, "--set", "trials=4"]
    results = desk.tuned(*made, "--out", "studies/old", "--quiet")
    assert results["best"]["number"] > 0


@pytest.fixture
def old(desk: CommandRunner) -> dict[str, Any]:
    """The results of that study."""
    desk.take("old", study_of_rows)
    return results_of(desk, "old")


def results_of(desk: CommandRunner, name: str) -> dict[str, Any]:
    return desk.results(Path("studies") / name)


def notes(results: dict[str, Any]) -> list[str]:
    return [note for note in results["reading"]["notes"] if note.endswith(TOO_GOOD)]


def learnt_before(desk: CommandRunner, results: dict[str, Any], old: dict[str, Any]) -> int:
    """The test rows of one study that another learnt from, by their numbers in the files."""
    ours, theirs = (
        set(np.load(desk.folder / "studies" / one["study"] / "validation_rows.npz")["numbers"].tolist())
        for one in (results, old)
    )
    return len((set(range(results["data"]["rows"])) - ours) & theirs)


def test_one_trial_is_a_refit_of_the_winner_that_is_tested(desk: CommandRunner, old: dict[str, Any]) -> None:
    done = desk.tune(*MARCH, "--trials", "1")
    assert (done.code, done.complaints) == (0, "")
    march = results_of(desk, "march")
    (trial,) = march["trials"]
    layers = old["best"]["params"]["hidden_layers"]
    used = {key for key in trial["params"] if not key.startswith("hidden_units") or int(key[13:]) <= layers}
    assert {key: trial["params"][key] for key in used} == {key: old["best"]["params"][key] for key in used}
    assert (march["data"]["rows"], march["test"]["rows"], march["spec"]["training"]) == (
        240,
        48,
        old["spec"]["training"],
    )
    assert done.out.startswith(f"default: trial {old['best']['number']} of old, ")
    known = learnt_before(desk, march, old)
    assert known > 10
    (note,) = notes(march)
    assert note.startswith(f"{known} of the 48 test rows are equal to rows that the study old learnt from: the default")
    assert done.out.count(note) == 2  # at the beginning and at the end
    page = (desk.folder / "studies" / "march" / "report.md").read_text()
    assert f"**Before you trust this score: {note}**" in page
    assert "proposed by" not in page


def test_it_is_the_study_of_its_file(
    desk: CommandRunner, old: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    desk.tuned(*MARCH, "--trials", "2", "--no-test", "--quiet", "--out", "studies/march")
    begun = results_of(desk, "march")
    assert "finished before" in desk.tune("march", "--no-test").out
    assert "finished before" in desk.tune(*MARCH, "--trials", "2", "--no-test").out
    tested = desk.tuned("march", "--quiet", "--out", "studies/march")
    assert (tested["trials"], notes(tested)) == (begun["trials"], notes(begun))
    copy = desk.folder / "copy.toml"
    copy.write_text((desk.folder / "studies" / "march" / "study.toml").read_text().replace("../../", ""))
    by_hand = desk.tuned("copy.toml", "--out", "by_hand", "--quiet")
    assert (by_hand["digest"], notes(by_hand)) == (tested["digest"], [])
    other = desk.tune(*MARCH[:-2])
    assert (other.code, other.error.count("\n")) == (2, 1)
    assert "studies/march holds another study: default." in other.error
    assert other.error.endswith("; python -m experiments.tune studies/march goes on with that one.\n")
    assert desk.tune("march", "--set", "seed=1").error.endswith(", --fresh starts anew in its place.\n")
    with chdir(desk.folder):
        assert reproduce.main(["march", "--workers", "1", "--out", "again"]) == 0
    assert "compared          spec, data, split, 2 trials, best, test" in capsys.readouterr().out
    assert notes(desk.results(Path("again"))) == notes(tested)


def test_a_search_has_to_beat_the_winner(desk: CommandRunner, old: dict[str, Any]) -> None:
    found = desk.tuned("--data", "march.csv", "--target", "y", "--default-of", "old", *FEW, "--set", "trials=3",
                       "--quiet", "--out", "studies/march")  # fmt: skip
    assert len(found["trials"]) == 3
    assert found["default"]["params"]["learning_rate"] == old["best"]["params"]["learning_rate"]
    assert found["trials"][1]["params"] != found["trials"][0]["params"]
    assert len(notes(found)) == 1


def test_what_is_known_of_the_rows_outlasts_them_and_a_fresh_start(desk: CommandRunner, old: dict[str, Any]) -> None:
    first = notes(desk.tuned(*MARCH, "--trials", "1", "--quiet", "--out", "studies/march"))
    (desk.folder / "rows.csv").write_text((desk.folder / "march.csv").read_text())
    again = ["--fresh", "--quiet", "--out", "studies/march"]
    assert notes(desk.tuned(*MARCH, "--trials", "1", *again)) == first
    assert notes(desk.tuned("march", *again)) == first
    with chdir(desk.folder):
        assert delete.main(["march", "--yes", "--tracking-uri", "none"]) == 0
    assert notes(desk.tuned("march", *again)) == first
    late = desk.tuned(*MARCH, "--trials", "1", "--name", "late", "--quiet", "--out", "studies/late")
    (note,) = notes(late)
    assert "it is not known which rows were learnt from there" in note
    file = desk.folder / "studies" / "march" / "study.toml"
    other = file.read_text().replace("learning_rate = 0", "learning_rate = 1e-3 # 0")
    file.write_text(other)
    assert notes(desk.tuned("march", *again)) == []  # another default


def test_a_study_of_that_study_file_has_the_same_default(desk: CommandRunner, old: dict[str, Any]) -> None:
    march = desk.tuned(*MARCH, "--trials", "1", "--quiet", "--out", "studies/march")
    next_one = ["march", "--name", "april", "--quiet", "--out", "studies/april"]
    assert notes(desk.tuned(*next_one)) == notes(march)
    assert notes(desk.tuned(*next_one, "--fresh", "--set", "default.learning_rate=0.002")) == []


def test_the_rows_of_a_winner_that_was_a_winner_before_count_too(desk: CommandRunner, old: dict[str, Any]) -> None:
    desk.tuned(*MARCH, "--trials", "1", "--set", "split_seed=1", "--quiet", "--out", "studies/march")
    third = ["march", "--name", "third", "--default-of", "march", "--set", "split_seed=2", "--trials", "1"]
    (note,) = notes(desk.tuned(*third, "--quiet", "--out", "studies/third"))
    assert "that the studies march and old learnt from" in note


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        (
            ["old", "--default-of", "old"],
            "error: --default-of: the winner is written into a new study file, so it goes",
        ),
        (["old", "--name", "new", "--default-of", "odd"], "error: --default-of: must be a study's name ("),
        (["old", "--name", "new", "--default-of", "moons"], "error: studies/moons: there is no study in this folder;"),
        (
            ["moons", "--name", "new", "--default-of", "old", "--trials", "0"],
            "error: --trials: `1 <= N <= 1000000` mus",
        ),
        (
            ["--data", "march.csv", "--target", "age", "--name", "new", "--default-of", "old"],
            "error: --default-of: old predicts classes, but this study predicts a number; name a study of the",
        ),
        (
            ["--data", "march.csv", "--target", "age", "--name", "new", "--default-of", "old", "--set", "cv.outer=2"],
            "error: --default-of: old predicts classes, but this study predicts a number; name a study of the",
        ),
        (
            ["old", "--name", "new", "--default-of", "old", "--set", "space.hidden_layers={low=1, high=1}"],
            "error: --default-of old: default.hidden_layers: must be at most 1",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(
    desk: CommandRunner, old: dict[str, Any], arguments: list[str], rule: str
) -> None:
    if "high=1" in arguments[-1]:
        desk.tuned("old", "--name", "deep", "--set", "hidden_layers=2", "--quiet", "--out", "studies/deep")
        arguments[arguments.index("--default-of") + 1] = "deep"
        rule = rule.replace("of old", "of deep")
    done = desk.tune(*arguments)
    assert (done.code, done.error.count("\n"), done.error[: len(rule)]) == (2, 1, rule)
    assert not (desk.folder / "studies" / "new").exists()


def test_a_try_has_no_winner(desk: CommandRunner, old: dict[str, Any]) -> None:
    desk.tuned("old", "--name", "try", "--trials", "2", "--quiet", "--out", "studies/try")
    done = desk.tune("old", "--name", "new", "--default-of", "try")
    assert (done.code, done.error) == (
        2,
        "error: studies/try: has no winner yet, after a try of 2 of 4 trials; python -m experiments.tune try runs the "
        "others.\n",
    )


def test_a_damaged_record_is_refused_and_written_again(desk: CommandRunner, old: dict[str, Any]) -> None:
    first = desk.tuned(*MARCH, "--trials", "1", "--quiet", "--out", "studies/march")
    record = desk.folder / "studies" / "march" / "default_of.json"
    whole = record.read_bytes()
    for damaged in (b"", whole[:100], b"[]", whole.replace(b'"learnt": "', b'"learnt": "?')):
        record.write_bytes(damaged)
        done = desk.tune("march", "--fresh")
        assert (done.code, done.error.count("\n")) == (2, 1)
        assert "default_of.json: does not say which rows the default was chosen with" in done.error
    assert notes(desk.tuned(*MARCH, "--trials", "1", "--fresh", "--quiet", "--out", "studies/march")) == notes(first)
    assert record.read_bytes() == whole


def test_the_data_is_read_once(desk: CommandRunner, old: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    desk.tuned(*MARCH, "--trials", "1", "--no-test", "--quiet", "--out", "studies/march")
    monkeypatch.delattr(default_rows, "data_again")
    desk.tuned(*MARCH, "--trials", "2", "--quiet", "--out", "studies/march")


def test_from_python(desk: CommandRunner, old: dict[str, Any]) -> None:
    fast: dict[str, Any] = {"trials": 1, "workers": 1, "quiet": True}
    with chdir(desk.folder):
        desk.tuned(*MARCH, "--trials", "1", "--quiet", "--out", "studies/march")
        by_name = experiments.run("old", "march.csv", name="other", default_of="old", **fast)
        assert by_name.trials.drop(columns="trained").equals(experiments.open("march").trials.drop(columns="trained"))
        frame = pd.read_csv("march.csv")
        given = experiments.run(data=frame, target="y", name="frame", default_of=Path("studies/old"), **fast)
        assert given.best_params == by_name.best_params
        assert not Path("studies/frame/study.toml").exists()
        assert given.result.reading is not None
        assert given.result.reading.notes[-1:] == tuple(notes(results_of(desk, "march")))
        with pytest.raises(ExperimentError, match=r"^default_of: .* it goes with name= or with data=; "):
            experiments.run("old", default_of="old", quiet=True)
