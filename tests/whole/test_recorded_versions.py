"""The studies that each version from 0.2.0 on has recorded: this version goes on with them as if they were its own.

tests/scripts/version_folder.py says what state each of them is in.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from experiments import compare, report, reproduce, sync
from experiments.evaluation.records.result_digest import digested
from experiments.evaluation.scoring.ledger_place import LEDGER, find_ledger
from experiments.search.arithmetic import obstacle, processor
from experiments.study.folders.results_file import known_rows, read_own_results
from support.desk import CommandRunner
from support.earlier import predictions

FOLDERS = sorted(path.parent for path in (Path(__file__).parents[1] / "support").glob("version_*/expected"))
STATES = {  # with the trials as `--list` shows them
    "apart": ("done", "3"),
    "interrupted": ("interrupted", "3 of 5"),
    "joined": ("done", "4"),
    "looked": ("done", "4"),
    "nested": ("done", "2"),
    "reserved": ("interrupted", "3"),
    "sealed": ("searched", "3"),
    "tried": ("tried", "2 of 4"),
}
TESTED = ("looked", "apart", "nested", "joined")
STOPPED = ("interrupted", "reserved", "sealed", "tried")

computes = pytest.mark.skipif(obstacle(processor()) is not None, reason="this machine has no portable arithmetic")


@pytest.fixture(params=FOLDERS, ids=lambda path: path.name)
def recorded(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandRunner:
    shutil.copytree(request.param, tmp_path / "recorded")
    monkeypatch.chdir(tmp_path / "recorded")
    return CommandRunner(tmp_path / "recorded")


def expected_digests(desk: CommandRunner) -> dict[str, str]:
    digests: dict[str, str] = json.loads((desk.folder / "expected" / "digests.json").read_text())
    return digests


def results(desk: CommandRunner, name: str) -> dict[str, Any]:
    return desk.results(desk.folder / "studies" / name)


def ledger_entries(desk: CommandRunner, kind: str) -> list[str]:
    lines = (desk.folder / "studies" / "ledger.jsonl").read_text().splitlines()
    entries = [json.loads(line) for line in lines]
    names = {entry["look"]: entry["name"] for entry in entries if entry["kind"] == "reserved"}
    return [names[entry["look"]] for entry in entries if entry["kind"] == kind]


def test_there_are_folders() -> None:
    assert [folder.name for folder in FOLDERS][:1] == ["version_0_2_0"]
    for folder in FOLDERS:
        studies = json.loads((folder / "expected" / "digests.json").read_text())
        assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 41_000 * len(studies)


def test_each_study_is_in_its_state(recorded: CommandRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "140")
    before = recorded.contents()
    listed = recorded.tune("--list").out.splitlines()
    for name, (state, trials) in STATES.items():
        (line,) = [line for line in listed if line.split()[:1] == [name]]
        listed_as = [state, *(["(nested)"] if name == "nested" else []), *trials.split()]
        assert line.split()[1 : 1 + len(listed_as)] == listed_as
        status = recorded.tune(name, "--status").out
        assert f"{name}: {state}, {trials} trials" in status
        if name in TESTED:
            assert f"{results(recorded, name)['test']['score']:.4f}" in status
    assert recorded.contents() == before


def test_its_models_predict_what_they_predicted(recorded: CommandRunner) -> None:
    found, folder = predictions(recorded.folder), recorded.folder / "expected"
    assert sorted(found) == sorted(TESTED)
    for name, text in found.items():
        kept = (folder / f"{name}.csv").read_text()
        if obstacle(processor()) is None:
            assert text == kept
        else:
            assert [line.split(",")[0][:4] for line in text.splitlines()] == [
                line.split(",")[0][:4] for line in kept.splitlines()
            ]


def test_its_reports_are_written_again(recorded: CommandRunner) -> None:
    before = recorded.contents()
    for name in (*TESTED, "sealed", "tried"):
        assert report.main([name]) == 0
        page = (recorded.folder / "studies" / name / "report.md").read_text()
        assert results(recorded, name)["digest"] in page
    assert "The makers of this program" in (recorded.folder / "studies" / "looked" / "report.md").read_text()
    assert {name: recorded.contents()[name] for name in before} == before  # trials.csv, too


def test_its_results_have_the_digest_that_they_had(recorded: CommandRunner) -> None:
    found = list((recorded.folder / "studies").rglob("results.json"))
    assert len(found) == 8
    for path in found:
        own = read_own_results(path)
        assert own.result.digest == own.digest
    digests = expected_digests(recorded)
    assert {name: results(recorded, name)["digest"] for name in TESTED} == {name: digests[name] for name in TESTED}


def test_its_looks_are_counted(recorded: CommandRunner) -> None:
    assert ledger_entries(recorded, "reserved") == [*TESTED, "reserved"]
    assert ledger_entries(recorded, "completed") == list(TESTED)
    rows = known_rows(read_own_results(recorded.folder / "studies" / "looked" / "results.json"))
    seen = find_ledger(LEDGER).read("another study", rows)
    assert (seen.looks, seen.own, seen.largest_overlap) == (4, 0, 1.0)  # of all but apart


@computes
def test_a_tested_study_is_finished(recorded: CommandRunner) -> None:
    before = recorded.contents()
    for name in TESTED:
        done = recorded.tune(name)
        assert (done.code, done.error) == (0, ""), done
        assert "finished before: nothing was computed" in done.out
    after = recorded.contents()
    changed = {Path(name).name for name in before if before[name] != after[name]}
    assert changed == set()


@computes
@pytest.mark.parametrize("name", STOPPED)
def test_a_study_that_was_stopped_ends_with_the_digest_of_an_undisturbed_one(
    name: str, recorded: CommandRunner
) -> None:
    journal = (recorded.folder / "studies" / name / "journal.log").read_bytes()
    done = recorded.tune(name)
    assert (done.code, done.error) == (0, ""), done
    assert results(recorded, name)["digest"] == expected_digests(recorded)[name]
    assert (recorded.folder / "studies" / name / "journal.log").read_bytes().startswith(journal)
    assert ledger_entries(recorded, "completed") == [*TESTED, name]
    assert ledger_entries(recorded, "reserved").count(name) == 1


@computes
@pytest.mark.parametrize("name", ["nested", "joined"])
def test_it_is_reproduced_without_another_look(
    name: str, recorded: CommandRunner, capsys: pytest.CaptureFixture[str]
) -> None:
    assert reproduce.main([name, "--workers", "1"]) == 0, capsys.readouterr()
    assert "the same, to the bit" in capsys.readouterr().out
    assert ledger_entries(recorded, "reserved") == [*TESTED, "reserved"]


@computes
def test_a_statistic_that_was_wrong_is_all_that_differs(
    recorded: CommandRunner, capsys: pytest.CaptureFixture[str]
) -> None:
    """The corrected score of R2 had what scoring few rows does, and intervals of few test rows were too narrow."""
    assert reproduce.main(["apart", "--workers", "1", "--out", "again"]) == 1
    assert "first difference  test.ci95[0]: " in capsys.readouterr().out
    assert ledger_entries(recorded, "reserved") == [*TESTED, "reserved"]
    before, after = map(digested, (results(recorded, "apart"), recorded.results(recorded.folder / "again")))
    for document in (before, after):
        for name in ("corrected", "ci95", "optimism"):
            del document["analysis"]["selection"][name]
        for scored in (document["test"], *document["test"]["references"]):
            scored.pop("ci_method", None)
            del scored["ci95"]
    assert {key: after[key] for key in ("spec", "trials", "best", "test", "analysis")} == {
        key: before[key] for key in ("spec", "trials", "best", "test", "analysis")
    }


@computes
def test_an_outer_study_is_reproduced_with_the_columns_of_its_own_rows(
    recorded: CommandRunner, capsys: pytest.CaptureFixture[str]
) -> None:
    left_out = [results(recorded, f"nested{outer}")["spec"]["data"]["drop"] for outer in ("", "/outer-1", "/outer-2")]
    assert left_out == [["name"], ["name"], ["name", "age"]]  # whose ages count the rows of this fold
    assert reproduce.main(["nested", "--final", "--workers", "1"]) == 0, capsys.readouterr()


def test_its_studies_are_compared(recorded: CommandRunner) -> None:
    assert compare.main(["looked", "nested", "--out", "compared"]) == 0
    shown = json.loads((recorded.folder / "compared" / "compare.json").read_text())
    assert {one["name"]: one["test"]["score"] for one in shown["studies"]} == {
        name: results(recorded, name)["test"]["score"] for name in ("looked", "nested")
    }


@pytest.mark.usefixtures("tracked")
def test_mlflow_gets_its_trials(recorded: CommandRunner, database: Path) -> None:
    (recorded.folder / "mlruns").mkdir()
    shutil.copy(database, recorded.folder / "mlruns" / "mlflow.db")
    assert report.main(["looked"]) == 0
    for name in ("looked", "interrupted"):
        assert sync.main([name, "--tracking-uri", recorded.store]) == 0
    client = recorded.client()
    for name, trials in (("looked", 4), ("interrupted", 3)):
        experiment = client.get_experiment_by_name(name)
        runs = client.search_runs([experiment.experiment_id])
        assert sorted(run.data.tags["trial"] for run in runs if "trial" in run.data.tags) == list(
            map(str, range(trials))
        )
