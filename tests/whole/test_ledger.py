"""The ledger as studies meet it: counted, cut, removed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from experiments import report, reproduce
from experiments.errors import LookError
from support.desk import Desk

LEDGER = Path("mlruns/looks.jsonl")


def test_other_studies_looks_at_the_same_rows_are_counted_and_shown(done: Desk) -> None:
    second = done.tune("moons", "--out", "second", "--set", "study.seed=1", "--trials", "2")
    assert (second.code, second.error) == (0, "")
    assert "2 so far at these rows or some of them; another study saw 100% of them" in second.out
    assert "| scorings of these test rows or some of them | 2 |" in Path("second/report.md").read_text()
    other = done.studied("other", "data.split_seed=1", "search.trials=2").ledger
    assert other is not None
    assert other.looks == 3
    assert 0 < other.largest_overlap < 0.5


def test_a_ledger_that_was_cut_is_found_by_every_command(done: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    done.studied("second", "study.seed=1", "search.trials=2")
    lines = LEDGER.read_bytes().splitlines(keepends=True)
    LEDGER.write_bytes(b"".join(lines[:-1]))
    before = done.contents()
    for command in (report.main, reproduce.main):
        assert command(["second"]) == 2
        error = capsys.readouterr().err
        assert "mlruns/looks.jsonl: has lost entries" in error
        assert error.count("\n") == 1
    for acknowledged in (False, True):
        with pytest.raises(LookError, match="has lost entries"):
            done.studied("second", "study.seed=1", "search.trials=2", acknowledge_reuse=acknowledged)
    assert done.contents() == before
    assert report.main(["moons"]) == 0  # whose head is still there


def test_without_its_ledger_a_scored_study_goes_on_only_as_the_same_look(done: Desk) -> None:
    digest = done.results()["digest"]
    LEDGER.unlink()
    chosen: list[dict[str, Any]] = [{}, {"look": "leave"}, {"acknowledge_reuse": True}]
    for trials, options in ((5, chosen[0]), *((8, one) for one in chosen)):
        with pytest.raises(LookError, match=r"does not know of the look .*--acknowledge-reuse with --trials 5"):
            done.studied("studies/moons", f"search.trials={trials}", **options)
        assert not LEDGER.exists()
    assert done.studied("studies/moons", acknowledge_reuse=True).digest == digest
    with pytest.raises(LookError, match="had its look at the test set after 5 trials"):
        done.studied("studies/moons", "search.trials=8")
