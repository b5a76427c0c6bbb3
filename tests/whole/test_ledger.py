"""The ledger as studies meet it: counted, cut, removed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sklearn.datasets

from experiments import report, reproduce
from experiments.errors import LedgerError
from support.desk import CommandRunner

LEDGER = Path("studies/ledger.jsonl")


def test_other_studies_looks_at_the_same_rows_are_counted_and_shown(done: CommandRunner) -> None:
    second = done.tune("moons", "--out", "second", "--set", "study.seed=1", "--set", "search.trials=2")
    assert (second.code, second.error) == (0, "")
    words = (
        "By studies/ledger.jsonl, these test rows were used in 2 tests: 1 by this study, 1 by others, at most 100% of "
    )
    for said in (second.out, Path("second/report.md").read_text()):
        assert f"{words}them at once" in said
    assert "| test evaluations that used these test rows or some of them | 2 |" in Path("second/report.md").read_text()
    other = done.studied("other", "data.split_seed=1", "search.trials=2").ledger
    assert other is not None
    assert other.looks == 3
    assert 0 < other.largest_overlap < 0.5


def test_a_ledger_that_was_cut_is_found_by_every_command(
    done: CommandRunner, capsys: pytest.CaptureFixture[str]
) -> None:
    done.studied("second", "study.seed=1", "search.trials=2")
    lines = LEDGER.read_bytes().splitlines(keepends=True)
    LEDGER.write_bytes(b"".join(lines[:-1]))
    before = done.contents()
    for command in (report.main, reproduce.main):
        assert command(["second"]) == 2
        error = capsys.readouterr().err
        assert "studies/ledger.jsonl: has lost entries" in error
        assert error.count("\n") == 1
    for acknowledged in (False, True):
        with pytest.raises(LedgerError, match="has lost entries"):
            done.studied("second", "study.seed=1", "search.trials=2", acknowledge_reuse=acknowledged)
    assert done.contents() == before
    assert report.main(["moons"]) == 0  # whose head is still there


def test_without_its_ledger_a_scored_study_goes_on_only_as_the_same_look(done: CommandRunner) -> None:
    digest = done.results()["digest"]
    LEDGER.unlink()
    chosen: list[dict[str, Any]] = [{}, {"look": "leave"}, {"acknowledge_reuse": True}]
    for trials, options in ((5, chosen[0]), *((8, one) for one in chosen)):
        with pytest.raises(LedgerError, match=r"has no entry of the test evaluation .*--set search\.trials=5"):
            done.studied("studies/moons", f"search.trials={trials}", **options)
        assert not LEDGER.exists()
    assert done.studied("studies/moons", acknowledge_reuse=True).digest == digest
    with pytest.raises(LedgerError, match="was tested after 5 trials"):
        done.studied("studies/moons", "search.trials=8")


def test_a_dropped_column_does_not_make_the_rows_new(desk: CommandRunner) -> None:
    x, y = sklearn.datasets.make_moons(120, noise=0.2, random_state=0)
    frame = pd.DataFrame(x, columns=["a", "b"]).assign(colour=["red", "blue", "green"] * 40, y=y)
    frame.to_csv(desk.folder / "my.csv", index=False)
    source = f"data.source={desk.folder}/my.csv"
    first = desk.studied("first", source, "data.target=y", "search.trials=2")
    second = desk.studied("second", source, "data.target=y", "search.trials=2", 'data.drop=["colour"]')
    assert first.split.test_fingerprint != second.split.test_fingerprint
    records = [one.ledger for one in (first, second)]
    assert [(one.looks, one.largest_overlap, one.own) for one in records if one is not None] == [
        (1, 0.0, 1),
        (2, 1.0, 1),
    ]


def test_an_old_ledger_is_moved_along_and_counts_on(done: CommandRunner, capsys: pytest.CaptureFixture[str]) -> None:
    before = LEDGER.read_bytes()
    LEDGER.rename("mlruns/looks.jsonl")
    assert done.tune("moons", "--plan").out.count("used in 1 test: 1 by this study") == 1
    assert Path("mlruns/looks.jsonl").read_bytes() == before
    second = done.tune("moons", "--out", "second", "--set", "study.seed=1", "--set", "search.trials=2")
    assert (second.code, second.error) == (0, "")
    assert second.out.count("mlruns/looks.jsonl is now studies/ledger.jsonl: ") == 1
    assert LEDGER.read_bytes().startswith(before)
    assert not Path("mlruns/looks.jsonl").exists()
    assert report.main(["second"]) == 0
    assert "is now" not in capsys.readouterr().out
    Path("mlruns/looks.jsonl").write_bytes(b"{}\n")
    assert report.main(["second"]) == 2
    assert capsys.readouterr().err.startswith(
        "error: studies/ledger.jsonl (test evaluations: 2) and mlruns/looks.jsonl (test evaluations: 0) are"
    )


def test_a_ledger_that_cannot_be_written_is_said_before_the_first_trial(
    desk: CommandRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, *_: Path(path).name != "studies")
    done = desk.tune("moons", "--out", "elsewhere")
    assert (done.code, done.error.count("\n")) == (2, 1)
    assert "studies/ledger.jsonl: the ledger cannot be written" in done.error
    assert not (desk.folder / "elsewhere").exists()
    assert desk.tune("moons", "--out", "elsewhere", "--no-test", "--set", "search.trials=2").code == 0
