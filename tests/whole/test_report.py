"""A report written again from results.json is the same file, and a changed results.json is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from experiments import report
from support.desk import CommandRunner

Output = pytest.CaptureFixture[str]


def test_the_report_is_written_again_with_the_same_bytes(done: CommandRunner, capsys: Output) -> None:
    before = done.contents()
    for name in ("report.html", "report.md", "trials.csv"):
        (done.study / name).unlink()
    shutil.rmtree(done.study / "report_files")
    assert report.main(["moons"]) == 0
    assert done.contents() == before
    assert "studies/moons/report.html" in capsys.readouterr().out


def test_without_a_journal_or_the_ledger_the_report_names_what_is_missing(done: CommandRunner, capsys: Output) -> None:
    Path("alone").mkdir()
    shutil.copy("studies/moons/results.json", "alone/results.json")
    Path("studies/ledger.jsonl").unlink()
    assert report.main(["alone"]) == 0
    out = capsys.readouterr().out
    assert "no learning curves" in out
    assert "ledger.jsonl has no entry for the test score" in Path("alone/report.md").read_text()
    assert Path("alone/report.md").exists()


def test_a_changed_results_file_is_refused(done: CommandRunner, capsys: Output) -> None:
    path = done.study / "results.json"
    document = json.loads(path.read_text())
    document["test"]["score"] = 0.99
    path.write_text(json.dumps(document))
    before = done.contents()
    assert report.main(["moons"]) == 2
    assert "results.json: was changed after it was written: digest is" in capsys.readouterr().err
    assert done.contents() == before


def test_the_journal_of_another_study_is_refused(done: CommandRunner, capsys: Output) -> None:
    done.studied("other", "study.seed=1", look="leave")
    shutil.copy("other/journal.log", done.study / "journal.log")
    assert report.main(["moons"]) == 2
    assert "journal.log: trial" in capsys.readouterr().err


def test_bad_input_is_one_line(done: CommandRunner, capsys: Output) -> None:
    Path("studies/moons/results.json").unlink()
    for study, words in (("moons", "there are no results"), ("nowhere", "STUDY: must be")):
        assert report.main([study]) == 2
        error = capsys.readouterr().err
        assert (error[:7], error.count("\n")) == ("error: ", 1)
        assert words in error
