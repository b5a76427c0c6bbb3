"""Every command finds a study by its name, also where no study file has that name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from experiments import delete, predict, report, reproduce, sync, tune
from experiments.study.folders.status import study_status
from experiments.tracking.tracker import OFF
from support.desk import CommandRunner

Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def other(looked_once: Path, done: CommandRunner) -> Path:
    """The folder of a second study."""

    def second(desk: CommandRunner) -> None:
        shutil.copytree(looked_once, desk.folder, dirs_exist_ok=True)
        desk.studied("studies/other", "study.name=other", "search.trials=3")

    done.take("two", second)
    return done.folder / "studies" / "other"


def test_its_status_is_found_and_its_number_of_trials_is_its_own(capsys: Output) -> None:
    assert tune.main(["other", "--status"]) == 0
    assert capsys.readouterr().out.startswith("other: done, 3 trials (")
    assert tune.main(["moons", "--status", "--set", "study.name=other"]) == 0
    assert capsys.readouterr().out.startswith("other: done, 3 trials (")
    assert tune.main(["--list"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert listed[0] == "accuracy"
    assert [line.split()[:4] for line in listed[2:4]] == [
        ["moons", "done", "5", "moons"],
        ["other", "done", "3", "moons"],
    ]


def test_it_is_not_run_by_its_name_and_one_line_says_what_to_type(done: CommandRunner, capsys: Output) -> None:
    before = done.contents()
    assert tune.main(["other", "--workers", "1"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: STUDY: studies/other holds a study without a study file")
    assert "python -m experiments.tune FILE --set study.name=other" in error
    assert error.count("\n") == 1
    assert done.contents() == before


def test_a_changed_study_under_another_name_goes_on_by_that_name(done: CommandRunner) -> None:
    tried = done.tune("moons", "--name", "linear", "--set", "hidden_layers=0", "--trials", "2", "--tracking-uri", OFF)
    assert (tried.code, tried.error) == (0, "")
    whole = done.tune("linear", "--tracking-uri", OFF)
    assert (whole.code, whole.error) == (0, "")
    assert "linear: 5 trials (" in whole.out
    spec = done.results(done.folder / "studies" / "linear")["spec"]
    assert (spec["study"]["name"], spec["training"]["hidden_layers"]) == ("linear", 0)
    assert "hidden_layers" not in spec["space"]


def test_report_predict_and_reproduce_find_it(other: Path, capsys: Output) -> None:
    assert report.main(["other"]) == 0
    assert "studies/other/report.html" in capsys.readouterr().out
    assert reproduce.main(["other", "--final", "--workers", "1"]) == 0
    assert "other: the same" in capsys.readouterr().out
    Path("new.csv").write_text("wrong\n1\n")
    assert predict.main(["other", "new.csv"]) == 2
    assert "new.csv" in capsys.readouterr().err  # its model was read


def test_sync_and_delete_find_it(other: Path, capsys: Output) -> None:
    assert sync.main(["other", "--tracking-uri", OFF]) == 2
    assert "--tracking-uri: must be a store, but got none." in capsys.readouterr().err  # and not: no such study
    assert delete.main(["other", "--yes", "--tracking-uri", OFF]) == 0
    assert "studies/other: 3 trials here" in capsys.readouterr().out
    assert not other.exists()


def test_fewer_trials_than_the_file_asks_for_without_a_score_are_a_try(done: CommandRunner, capsys: Output) -> None:
    done.studied("studies/moons", "search.trials=2", look="leave", fresh=True)
    assert tune.main(["moons", "--status"]) == 0
    assert capsys.readouterr().out.startswith("moons: tried, 2 of 5 trials (")
    assert tune.main(["moons", "--status", "--set", "search.trials=2"]) == 0
    assert capsys.readouterr().out.startswith("moons: searched, 2 trials (")
    assert study_status(Path("studies/moons"), None).state == "searched"
