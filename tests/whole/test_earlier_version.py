"""A study folder that version 0.1.0 wrote: it can be read and deleted, its look counts, and it is not computed with."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from experiments import delete, predict, report, reproduce, tune
from experiments.errors import StudyStateError
from support.desk import CommandRunner

FOLDER = Path(__file__).parents[1] / "support" / "version_0_1_0"
Main = Callable[[Sequence[str]], int]


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandRunner:
    shutil.copytree(FOLDER, tmp_path / "old")
    monkeypatch.chdir(tmp_path / "old")
    return CommandRunner(tmp_path / "old")


def test_its_report_is_written_with_what_was_recorded(old: CommandRunner, capsys: pytest.CaptureFixture[str]) -> None:
    recorded = (old.study / "results.json").read_bytes()
    assert report.main(["moons"]) == 0, capsys.readouterr().err
    document = json.loads(recorded)
    for page in ("report.md", "report.html"):
        text = (old.study / page).read_text()
        assert f"{document['test']['score']:.4f}" in text
        assert document["digest"] in text
    assert (old.study / "results.json").read_bytes() == recorded


def test_its_model_predicts(old: CommandRunner, capsys: pytest.CaptureFixture[str]) -> None:
    Path("new.csv").write_text("x,y\n0.5,0.25\n-1.0,0.75\n")
    assert predict.main(["moons", "new.csv"]) == 0
    assert capsys.readouterr().out.count("\n") == 3


def test_it_is_listed_and_deleted(old: CommandRunner, capsys: pytest.CaptureFixture[str]) -> None:
    assert tune.main(["--list"]) == 0
    listed = capsys.readouterr().out
    assert "moons" in listed
    assert "done" in listed
    assert "0.8000" in listed
    assert tune.main(["moons", "--status"]) == 0
    assert "moons: done, 3 trials" in capsys.readouterr().out
    assert delete.main(["moons", "--yes", "--tracking-uri", "none"]) == 0
    assert not old.study.exists()


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        (tune.main, ["moons", "--workers", "1", "--tracking-uri", "none"]),
        (tune.main, ["moons", "--workers", "1", "--tracking-uri", "none", "--trials", "2"]),
        (tune.main, ["moons", "--workers", "1", "--tracking-uri", "none", "--set", "search.trials=5"]),
        (reproduce.main, ["moons", "--workers", "1"]),
        (reproduce.main, ["moons", "--workers", "1", "--final"]),
    ],
)
def test_it_is_not_computed_with(
    command: Main, arguments: list[str], old: CommandRunner, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (old.study / "results.json").read_bytes(), (old.study / "journal.log").read_bytes()
    assert command(arguments) == 2
    error = capsys.readouterr().err
    assert "version 0.1.0 of this program, this is version 0.2.0" in error
    assert error.count("\n") == 1
    assert ((old.study / "results.json").read_bytes(), (old.study / "journal.log").read_bytes()) == before


def test_its_look_counts(old: CommandRunner) -> None:
    with pytest.raises(StudyStateError, match=r"version 0\.1\.0"):
        old.studied("studies/moons")
    ledger = old.studied("other").ledger
    assert ledger is not None
    assert (ledger.looks, ledger.own, ledger.largest_overlap) == (2, 1, 1.0)
