"""A person's path: a try, the whole study, the same again, and what each of them says of the test rows."""

from __future__ import annotations

import json
import os
import re
from typing import Any

import pytest

from experiments.errors import DataError, LedgerError, StudyStateError
from experiments.search.journal import Journal
from experiments.tracking.outbox import read_outbox
from support.desk import CommandRunner


def entries(desk: CommandRunner) -> list[dict[str, Any]]:
    """What the desk's ledger holds."""
    files = [file for pattern in ("studies/ledger.jsonl", "mlruns/looks.jsonl") for file in desk.folder.glob(pattern)]
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def test_trying_costs_no_look(desk: CommandRunner) -> None:
    tried = desk.tune("moons", "--trials", "5")
    assert (tried.code, tried.error) == (0, "")
    assert "a try of 5 of the study's 14 trials" in tried.out
    assert "none: a try of 5 of 14 trials has no refit, no baselines and no test score" in tried.out
    assert "the same command without --trials runs all 14 trials" in tried.out
    assert desk.results()["test"] is None
    assert not (desk.study / "model").exists()
    assert entries(desk) == []
    again = desk.tune("moons", "--trials", "3")
    assert (again.code, again.error) == (0, "")
    assert "moons: 5 trials (" in again.out
    assert "finished before: nothing was computed" in again.out
    assert entries(desk) == []
    whole = desk.tune("moons")
    assert (whole.code, whole.error) == (0, "")
    assert len(desk.results()["trials"]) == 14
    assert "were used in 1 test, by this study alone" in whole.out
    before = desk.contents()
    same = desk.tune("moons")
    assert (same.code, same.error) == (0, "")
    assert "moons: 14 trials (" in same.out
    assert "finished before: nothing was computed" in same.out
    assert "were used in 1 test, by this study alone" in same.out
    assert desk.contents() == before
    assert [one["kind"] for one in entries(desk)] == ["reserved", "completed"]
    fresh = desk.tune("moons", "--fresh", "--no-test")
    assert (fresh.code, fresh.error) == (0, "")
    assert "by studies/ledger.jsonl this study has used these test rows in 1 test" in fresh.out
    assert desk.results()["ledger"]["looks"] == 1
    assert [one["kind"] for one in entries(desk)] == ["reserved", "completed"]
    for page in ("report.md", "report.html"):
        text = (desk.study / page).read_text()
        assert "still sealed" not in text
        assert "this study has used these test rows" in text.split("<!-- this run -->")[2]
        assert "This result has no test score." in text


def test_a_study_after_a_try_is_the_study_that_was_never_tried(
    desk: CommandRunner, undisturbed: dict[str, Any]
) -> None:
    tried = desk.studied("studies/moons", "search.trials=6", look="leave", planned=14).timing
    whole = desk.studied("studies/moons")
    assert whole.digest == undisturbed["digest"]
    assert whole.timing["search"] > tried["search"] > 0, "the seconds are those of all its runs"
    assert whole.timing["data"] > tried["data"] > 0
    assert "refit and look" in whole.timing


def test_a_try_is_scored_when_it_is_asked_for(desk: CommandRunner) -> None:
    result = desk.tuned("moons", "--trials", "4", "--score")
    assert len(result["trials"]) == 4
    assert result["test"]["times_scored"] == 1


def test_a_finished_study_has_the_ledger_as_it_is_now(done: CommandRunner) -> None:
    done.studied("second", "study.seed=1")
    recorded = done.results()
    assert recorded["ledger"]["looks"] == 1
    done.studied("studies/moons")
    assert done.results() == recorded
    top = (done.study / "report.md").read_text().split("<!-- this run -->")[2]
    assert "used in 2 tests: 1 by this study, 1 by others" in top.split("<!-- /this run -->")[0]


def test_a_finished_study_that_lost_a_file_is_computed_again(done: CommandRunner) -> None:
    digest = done.results()["digest"]
    (done.study / "out_of_fold" / "0.npy").write_bytes(b"")
    assert done.studied("studies/moons").digest == digest
    assert (done.study / "out_of_fold" / "0.npy").stat().st_size > 0


@pytest.mark.parametrize(
    ("override", "error", "message"),
    [
        ("cv.metric=r2", DataError, "cv.metric"),
        ("search.trials=3", StudyStateError, "holds 5 trials already"),
        ("cv.n_splits=4", StudyStateError, "holds another study"),
        ("search.trials=9", LedgerError, "was tested after 5 trials"),
    ],
)
def test_the_ledger_is_asked_last(done: CommandRunner, override: str, error: type[Exception], message: str) -> None:
    """A study that had its look is told first what is wrong with the study file, the data and the folder."""
    before = done.contents()
    with pytest.raises(error, match=message):
        done.studied("studies/moons", override)
    assert done.contents() == before


def test_an_exhausted_grid_ends_a_complete_study(desk: CommandRunner) -> None:
    grid = "space={learning_rate={choices=[0.01,0.1]},hidden_units={choices=[4,8]},l2={choices=[1e-4]}}"
    result = desk.studied("grid", grid, "search.sampler=grid")
    assert len(result.trials) == 4 + 1
    assert result.test is not None
    assert desk.studied("grid", grid, "search.sampler=grid").digest == result.digest


def test_a_damaged_outbox_of_a_finished_study_is_written_anew(done: CommandRunner) -> None:
    digest = done.results()["digest"]
    (done.study / "tracking.json").write_text("{")
    assert done.studied("studies/moons").digest == digest
    assert read_outbox(done.study) is not None


def test_timing_names_an_interruption_only_where_there_was_one(done: CommandRunner) -> None:
    assert not {"interrupted", "what was interrupted"} & Journal(done.study / "journal.log").timing.keys()


def test_a_finished_study_is_known_by_its_bytes_without_its_data_being_read(
    desk: CommandRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = desk.folder / "rows.csv"
    lines = ["x,y,kind", *(f"{n % 17},city {n % 5},{'ab'[n % 3 == 0]}" for n in range(60))]
    file.write_text("\n".join(lines))
    command = ("--data", "rows.csv", "--target", "kind", "--set", "search.trials=3", "--set", "training.epochs=2")
    assert desk.tune(*command, "--tracking-uri", "none").code == 0
    results = desk.folder / "studies" / "rows" / "results.json"
    before = results.read_bytes()

    def not_read(*_: Any) -> None:
        raise AssertionError("the data was read")

    with monkeypatch.context() as patched:
        for module in ("begun", "finished"):
            patched.setattr(f"experiments.study.running.{module}.prepare_study", not_read)
        for same in (command, ("rows",)):  # the study file that was written says more, from another folder
            again = desk.tune(*same, "--tracking-uri", "none")
            assert (again.code, "finished before: nothing was computed" in again.out) == (0, True)
    mine = results.with_name("study.toml")
    os.utime(results, (0, 0))  # as if the study file had been changed later
    mine.write_text(mine.read_text().replace("epochs = 2", "epochs = 3"))
    again = desk.tune(*command, "--tracking-uri", "none")
    assert "study.toml: said otherwise, and is now study.toml.before; python -m experiments.tune" in again.out
    assert (again.code, "finished before: nothing was computed" in again.out) == (0, True)
    assert ("epochs = 2" in mine.read_text(), "epochs = 3" in (mine.parent / "study.toml.before").read_text()) == (
        True,
        True,
    )
    file.write_text("\n".join(lines) + "\n")  # other bytes, the same rows
    again = desk.tune(*command, "--tracking-uri", "none")
    assert (again.code, "finished before: nothing was computed" in again.out) == (0, True)
    assert results.read_bytes() == before
    file.write_text("\n".join([*lines, "1,city 1,a"]))
    changed = desk.tune(*command, "--tracking-uri", "none")
    assert changed.code == 2
    assert "the rows that are read from the data have changed. " in changed.error


def test_a_try_that_was_scored_goes_on_to_the_whole_study(desk: CommandRunner) -> None:
    assert desk.tune("moons", "--trials", "3").code == 0
    assert len(desk.tuned("moons", "--score")["trials"]) == 3
    refused = desk.tune("moons")
    assert refused.code == 2
    assert "--no-test" in refused.error
    whole = desk.tune("moons", "--no-test")
    assert (whole.code, whole.error) == (0, "")
    result = desk.results()
    assert (len(result["trials"]), result["test"]) == (14, None)


def test_a_journal_with_parameters_that_no_trial_can_have_is_refused_in_one_line(desk: CommandRunner) -> None:
    assert desk.tune("moons", "--trials", "3").code == 0
    journal = desk.study / "journal.log"
    whole = journal.read_text()
    for change in (r"\g<1>-1.0", r"\g<1>true", '"other": 1.0'):
        rows = whole.splitlines()
        last = max(at for at, row in enumerate(rows) if "learning_rate" in row)
        rows[last] = re.sub(r'("learning_rate": ?)[0-9.e-]+', change, rows[last])
        journal.write_text("\n".join(rows) + "\n")
        refused = desk.tune("moons")
        assert refused.code == 2
        assert refused.error.count("\n") == 1
        assert "journal.log: not a journal of this program" in refused.error
    journal.write_text(whole)
    assert desk.tune("moons", "--no-test").code == 0
