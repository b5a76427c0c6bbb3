"""A study's folder from a stranger: its symbolic links are replaced, refused or removed, and never followed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from experiments.delete import main as delete
from experiments.report import main as report
from experiments.tune import main as tune
from support.desk import CommandRunner
from support.links import FILES, FOLDERS, PARTS, contents, lay, victim

TUNE = ["moons", "--workers", "1", "--quiet"]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    return tmp_path / "elsewhere"


def test_a_report_replaces_the_links_that_it_would_write_through(done: CommandRunner, elsewhere: Path) -> None:
    before = victim(elsewhere)
    lay(done.study, ("report.html", "report.md", "trials.csv", "report_files", "log.txt", *PARTS), elsewhere)
    assert report(["moons"]) == 0
    assert contents(elsewhere) == before
    for name in ("report.html", "report.md", "trials.csv", "report_files"):
        assert not (done.study / name).is_symlink()
    assert (done.study / "report.html").read_text().startswith("<!")
    assert list((done.study / "report_files").glob("*.svg"))


def test_a_study_that_starts_anew_replaces_every_link(done: CommandRunner, elsewhere: Path) -> None:
    results = done.results()
    before = victim(elsewhere)
    lay(done.study, (*FOLDERS, *FILES, *PARTS, "outer-1"), elsewhere)
    ledger = done.folder / "studies" / "ledger.jsonl"
    with ledger.open("ab") as file:
        file.write(b"{torn")
    ledger.with_suffix(".torn").symlink_to(elsewhere / "notes.txt")
    assert tune([*TUNE, "--fresh", "--set", "search.trials=5"]) == 0
    assert contents(elsewhere) == before
    assert ledger.with_suffix(".torn").read_bytes().endswith(b"{torn")
    assert done.results()["digest"] == results["digest"]
    left = {path.name for path in done.study.rglob("*") if path.is_symlink()}
    assert left == {"journal.log.torn", ".study.toml.part"}  # which were not written
    assert (done.study / "model" / "weights.npz").stat().st_size > 0


def test_a_study_goes_on_without_the_outputs_that_a_link_stood_for(done: CommandRunner, elsewhere: Path) -> None:
    before = victim(elsewhere)
    lay(done.study, FOLDERS, elsewhere)
    assert tune([*TUNE, "--set", "search.trials=5"]) == 0
    assert contents(elsewhere) == before
    assert sorted(path.name for path in (done.study / "out_of_fold").iterdir())[0] == "0.npy"


def test_delete_removes_links_and_nothing_beyond_them(done: CommandRunner, elsewhere: Path) -> None:
    before = victim(elsewhere)
    lay(done.study, (*FOLDERS, *FILES, *PARTS, "outer-1"), elsewhere)
    assert delete(["moons", "--yes", "--tracking-uri", "none"]) == 0
    assert contents(elsewhere) == before
    assert not done.study.exists()


@pytest.mark.parametrize("tail", [b"", b"what looks like a torn record"])
def test_a_journal_behind_a_link_is_not_written(
    done: CommandRunner, elsewhere: Path, capsys: pytest.CaptureFixture[str], tail: bytes
) -> None:
    victim(elsewhere)
    journal = elsewhere / "journal.log"
    journal.write_bytes((done.study / "journal.log").read_bytes() + tail)
    before = contents(elsewhere)
    (done.study / "journal.log").unlink()
    (done.study / "journal.log").symlink_to(journal)
    assert tune([*TUNE, "--set", "search.trials=6", "--no-test"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: studies/moons/journal.log: is a symbolic link, through which no study writes; ")
    assert contents(elsewhere) == before


def test_a_pipe_in_the_place_of_a_folder_holds_up_no_command(
    done: CommandRunner, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in FOLDERS:
        shutil.rmtree(done.study / name, ignore_errors=True)
        os.mkfifo(done.study / name)
    for command in (report, delete):
        assert command(["moons", *(["--yes", "--tracking-uri", "none"] if command is delete else [])]) in (0, 2)
        assert capsys.readouterr().err.count("\n") <= 1
    assert {path.name for path in done.study.iterdir()} == set(FOLDERS)  # somebody's, and not waited for


def test_a_pipe_in_the_place_of_a_file_holds_up_no_command(
    done: CommandRunner, capsys: pytest.CaptureFixture[str]
) -> None:
    (done.study / "results.json").unlink()
    os.mkfifo(done.study / "results.json")
    (done.study / "log.txt").unlink()
    os.mkfifo(done.study / "log.txt")
    for command in (report, delete):
        assert command(["moons", *(["--yes", "--tracking-uri", "none"] if command is delete else [])]) in (0, 2)
    assert capsys.readouterr().err == (
        "error: studies/moons/results.json: there are no results; the study has not come to its end.\n"
    )
