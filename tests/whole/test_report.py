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


def test_methods_and_scores_are_printed_for_a_paper_and_nothing_is_written(done: CommandRunner, capsys: Output) -> None:
    before = done.contents()
    assert report.main(["moons", "--latex"]) == 0
    printed = capsys.readouterr().out
    score = json.loads((done.study / "results.json").read_text())["test"]["score"]
    assert printed.startswith("% Methods\n\nThe models predict ")
    assert f"tuned model & {score:.4f} & [" in printed
    assert done.contents() == before


def test_without_a_journal_or_the_ledger_the_report_names_what_is_missing(done: CommandRunner, capsys: Output) -> None:
    Path("alone").mkdir()
    shutil.copy("studies/moons/results.json", "alone/results.json")
    Path("studies/ledger.jsonl").unlink()
    assert report.main(["alone"]) == 0
    out = capsys.readouterr().out
    assert "no learning curves" in out
    assert "ledger.jsonl has no entry for the test score" in Path("alone/report.md").read_text()
    assert Path("alone/report.md").exists()


def test_the_texts_of_the_study_file_are_applied_as_they_are_now(done: CommandRunner, capsys: Output) -> None:
    results, file = done.study / "results.json", Path("studies/moons.toml")
    before, study = json.loads(results.read_text()), file.read_text()
    assert "report" not in before
    file.write_text(f'{study}\n[report]\nauthor = "Ann <b>"\nlimits = """Not for\nother moons."""\n')
    assert report.main(["moons"]) == 0
    page, document = (done.study / "report.html").read_text(), json.loads(results.read_text())
    assert '<bdi data-fact="report.author">Ann &lt;b&gt;</bdi>' in page
    assert '<bdi data-fact="report.limits">Not for other moons.</bdi>' in page
    texts = document.pop("report")
    assert (texts["author"], texts["limits"], document) == ("Ann <b>", "Not for other moons.", before)
    file.write_text(study)
    assert report.main(["moons"]) == 0
    assert "Ann &lt;b&gt;" in (done.study / "report.html").read_text()
    with_another = {"report.author": "Eve"}
    again = done.tune("moons", *(f"--set={key}={text}" for key, text in with_another.items()))
    assert again.code == 0
    assert json.loads(results.read_text())["report"] == {**dict.fromkeys(texts, ""), "author": "Eve"}
    assert json.loads(results.read_text())["digest"] == before["digest"]
    assert '"report.author">Eve<' in (done.study / "report.html").read_text()
    file.write_text(f"{study}\n[report]\n")
    assert report.main([str(file)]) == 0
    assert "report" not in json.loads(results.read_text())
    assert ">Eve<" not in (done.study / "report.html").read_text()
    file.write_text(f'{study}\n[report]\nauthors = "Ann"\n')
    capsys.readouterr()
    assert report.main(["moons"]) == 2
    assert capsys.readouterr().err == (
        f"error: {file}: report.authors: there is no such key (did you mean report.author?).\n"
    )


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
