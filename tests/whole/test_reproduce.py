"""A study computed again from its record: equal, or the first difference by name; never another look."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from experiments import reproduce
from experiments.search.journal_reader import view_journal
from experiments.study.folders.results_file import read_results
from experiments.study.running.replay import Replay
from support.desk import CommandRunner
from support.results import change

Output = pytest.CaptureFixture[str]


def again(arguments: list[str]) -> int:
    """The command's exit code, with one worker unless the arguments say otherwise."""
    return reproduce.main([*arguments, *([] if "--workers" in arguments else ["--workers", "1"])])


def test_the_same_study_again_is_no_new_look_and_disturbs_nothing(done: CommandRunner, capsys: Output) -> None:
    before = done.contents()
    assert again(["moons", "--workers", "2"]) == 0
    out = capsys.readouterr().out
    assert "moons: the same" in out
    assert f"{done.results()['digest']}, equal" in out
    assert "5 trials, best, test" in out
    assert [line for line in out.splitlines() if "loading" in line] == ["loading the data", "test: loading the data"]
    assert done.contents() == before


def test_elsewhere_it_is_the_first_look_there(done: CommandRunner, capsys: Output) -> None:
    shutil.move("studies/moons/results.json", "copy.json")
    shutil.rmtree("studies")
    shutil.rmtree("mlruns")
    assert again(["copy.json", "--out", "again"]) == 0
    assert "ledger.jsonl has no entry of the study's test evaluation" in capsys.readouterr().out
    assert Path("studies/ledger.jsonl").read_bytes().count(b'"reserved"') == 1
    assert not Path("mlruns/mlflow.db").exists()
    assert done.results(Path("again"))["digest"] == json.loads(Path("copy.json").read_text())["digest"]
    assert again(["copy.json", "--out", "again"]) == 2
    assert "--out: again holds a study already" in capsys.readouterr().err
    assert again(["copy.json", "--out", "n" * 300]) == 2
    assert "cannot be read: File name too long" in capsys.readouterr().err


def test_where_the_ledger_cannot_be_written_nothing_is_computed(done: CommandRunner, capsys: Output) -> None:
    shutil.move("studies/moons/results.json", "copy.json")
    shutil.rmtree("studies")
    Path("studies/ledger.jsonl").mkdir(parents=True)
    assert again(["copy.json", "--out", "again"]) == 2
    assert "the ledger cannot be written, but the test rows are scored again; reproduce" in capsys.readouterr().err
    assert not Path("again").exists()


def test_what_was_changed_in_a_copy_is_named(done: CommandRunner, capsys: Output) -> None:
    def edit(document: dict[str, Any]) -> None:
        document["trials"][3]["params"].update(l2=1e-3)
        document["trials"][0]["fold_scores"][1] = 0.5

    change(Path("studies/moons/results.json"), edit)
    ledger = Path("studies/ledger.jsonl").read_bytes()
    assert again(["moons"]) == 1
    out = capsys.readouterr().out
    assert "was changed after it was written: digest is" in out
    assert "moons: NOT the same" in out
    assert "first difference  trial 0: fold_scores[1]: 0.5 on record" in out
    assert "; and 1 more" in out
    assert Path("studies/ledger.jsonl").read_bytes() == ledger


def test_another_study_under_the_old_results_takes_no_look(done: CommandRunner, capsys: Output) -> None:
    change(Path("studies/moons/results.json"), lambda one: one["spec"]["study"].update(seed=1), sign=True)
    ledger = Path("studies/ledger.jsonl").read_bytes()
    assert again(["moons"]) == 1
    out = capsys.readouterr().out
    assert "spec.study.seed is 1, but by the rest of it 0" in out
    assert "first difference  trial 0: " in out
    assert "the test rows were not read" in out
    assert Path("studies/ledger.jsonl").read_bytes() == ledger


def test_the_final_models_are_scored_again_to_the_bit(done: CommandRunner, capsys: Output) -> None:
    before = done.contents()
    assert again(["studies/moons", "--final"]) == 0
    assert "the same, to the bit, computed again in" in capsys.readouterr().out
    assert done.contents() == before
    results = Path("studies/moons/results.json")
    change(results, lambda one: one["test"]["default"].update(score=0.9), sign=True)
    assert again([str(results), "--final"]) == 1
    assert "test.default.score: 0.9 on record" in capsys.readouterr().out
    change(results, lambda one: one["best"].update(epochs=3))
    assert again([str(results), "--final"]) == 1
    assert "best.epochs is 3, but by the rest of it" in capsys.readouterr().out


def test_another_kernel_is_said_and_the_scores_need_only_be_near(done: CommandRunner, capsys: Output) -> None:
    results = Path("studies/moons/results.json")
    change(results, lambda one: one["provenance"]["blas"].update(kernel="Electric"))
    assert again(["moons", "--final"]) == 0
    out = capsys.readouterr().out
    assert "not Electric as on record: last bits may differ" in out
    assert "of the width of the score's interval" in out
    change(results, lambda one: one["provenance"]["blas"].update(kernel=""))
    assert again(["moons", "--final"]) == 0
    assert "not unknown as on record: last bits may differ" in capsys.readouterr().out
    change(results, lambda one: one["test"].update(score=one["test"]["score"] - 0.1), sign=True)
    assert again(["moons", "--final"]) == 1
    assert "first difference  test.score" in capsys.readouterr().out


def test_a_kernel_that_nobody_knows_is_not_called_that_on_record(done: CommandRunner) -> None:
    results = Path("studies/moons/results.json")
    change(results, lambda one: one["provenance"]["blas"].update(kernel=""))
    said = dict(reproduce._conclusion(read_results(results), Replay(None, (), "", "spec")))
    assert said["BLAS kernel"] == "unknown, as the one on record: last bits may differ for that reason"


def test_a_plateau_schedule_is_refitted_with_the_rates_in_the_journal(done: CommandRunner, capsys: Output) -> None:
    keys = ("training.schedule=plateau", "training.plateau_patience=1", "training.epochs=30", "search.trials=3")
    best = done.studied("plateau", *keys, "space.learning_rate={low=0.05,high=0.1}").best.number
    journal = Path("plateau/journal.log")
    assert min(view_journal(journal).trials[best].result.curves.factors) < 1
    assert again(["plateau", "--final"]) == 0
    journal.unlink()
    assert again(["plateau", "--final"]) == 2
    assert "has a plateau schedule" in capsys.readouterr().err


def test_an_outcome_that_a_death_caused_is_repeated(done: CommandRunner, capsys: Output) -> None:
    result = done.studied("died", "search.trials=4", interventions={2: "worker died"}, look="leave")
    assert [one.trial for one in result.interventions] == [2]
    assert again(["died"]) == 0
    assert f"{result.digest}, equal" in capsys.readouterr().out
    assert again(["died", "--final"]) == 2
    assert "has no test score" in capsys.readouterr().err


def test_a_second_look_is_on_record_and_is_repeated_as_one(done: CommandRunner, capsys: Output) -> None:
    second = done.studied("studies/moons", "search.trials=14", acknowledge_reuse=True)
    assert second.test is not None
    assert second.test.times_scored == 2
    ledger = Path("studies/ledger.jsonl").read_bytes()
    assert again(["moons", "--final"]) == 0
    assert Path("studies/ledger.jsonl").read_bytes() == ledger
    Path("studies/ledger.jsonl").unlink()
    assert again(["moons", "--final"]) == 0
    assert "the record counts 2 test evaluations of this study, the ledger here 1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "STUDY: must be a study's name ("),
        (["moons", "--workers", "0"], "1 <= workers"),
        (["moons", "--data", "moons.csv"], "come by name and from no file"),
        (["studies/moons/journal.log"], "not the results of a study"),
    ],
)
def test_bad_input_is_one_line(done: CommandRunner, capsys: Output, arguments: list[str], words: str) -> None:
    assert again(arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert words in error
