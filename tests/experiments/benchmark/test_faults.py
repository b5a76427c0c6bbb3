"""The command of the fault table: its record, its end, its words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from experiments.benchmark import __main__ as benchmark
from experiments.benchmark import faults
from experiments.benchmark.fault_rows import table
from experiments.benchmark.fault_rows.desk import Desk
from experiments.benchmark.fault_rows.outcome import NotMade, demand
from experiments.benchmark.fault_rows.record import Record
from experiments.benchmark.fault_rows.row import Row


class Table:
    """Rows that need no study.

    made: the names of the rows whose faults were made, in order.
    """

    def __init__(self) -> None:
        self.made: list[str] = []
        self.right = False
        checks = {"1": self.holds, "2": self.breaks, "3": self.is_not_made, "4": self.fails}
        self.rows = [Row(name, f"fault {name}", "nothing", check) for name, check in checks.items()]

    def holds(self, desk: Desk) -> Iterator[str]:
        self.made.append("1")
        yield f"{desk.file.name} is there"

    def breaks(self, _: Desk) -> Iterator[str]:
        self.made.append("2")
        yield "a part held"
        demand(self.right, "two trials are lost")

    def is_not_made(self, _: Desk) -> Iterator[str]:
        self.made.append("3")
        raise NotMade("no such system")
        yield ""

    def fails(self, _: Desk) -> Iterator[str]:
        self.made.append("4")
        yield str(1 / 0)


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Table:
    known = Table()
    monkeypatch.setattr(table, "ROWS", known.rows)
    monkeypatch.setattr("experiments.benchmark.fault_rows.desk.Room._database", lambda room: _file(room.folder / "db"))
    monkeypatch.chdir(tmp_path)
    return known


def _file(path: Path) -> Path:
    path.touch()
    return path


def recorded(path: Path) -> list[tuple[str, str]]:
    return [(line["row"], line["outcome"]) for line in map(json.loads, path.read_text().splitlines())]


def test_each_outcome_is_in_the_record_and_a_broken_row_is_exit_code_1(
    rows: Table, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert benchmark.main(["--faults", "1,3"]) == 0
    assert benchmark.main(["--faults"]) == 1
    assert rows.made == ["1", "3", "2", "3", "4"]
    record = tmp_path / "faults.jsonl"
    outcomes = [("1", "held"), ("3", "not made"), ("2", "broken"), ("3", "not made"), ("4", "broken")]
    assert recorded(record) == outcomes
    first, third, second, _, fourth = map(json.loads, record.read_text().splitlines())
    assert (first["checked"], first["why"]) == (["moons.toml is there"], "")
    assert (second["checked"], second["why"]) == (["a part held"], "two trials are lost")
    assert third["why"] == "no such system"
    assert fourth["why"] == "the check failed: ZeroDivisionError: division by zero"
    assert {"version", "commit", "code", "processor", "date", "seconds", "happens", "follows"} <= first.keys()
    out = capsys.readouterr().out
    assert "2: broken: two trials are lost; a part held" in out
    assert "4 rows: 1 held, 2 broken, 1 not made." in out


def test_what_is_known_is_not_run_again_unless_it_is_asked_for_or_the_program_changed(
    rows: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = tmp_path / "mine.jsonl"
    words = ["--faults", "1,2", "--record", str(record)]
    assert [benchmark.main(words), benchmark.main(words)] == [1, 1]
    assert rows.made == ["1", "2"]
    rows.right = True
    assert [benchmark.main([*words, "--again"]), benchmark.main(words)] == [0, 0]
    assert rows.made == ["1", "2"] * 2
    monkeypatch.setattr("experiments.benchmark.fault_rows.record.code_digest", lambda: "another")
    assert benchmark.main(words) == 0
    assert rows.made == ["1", "2"] * 3
    assert len(recorded(record)) == 6


def test_a_row_that_was_not_made_is_tried_again(rows: Table, tmp_path: Path) -> None:
    assert [benchmark.main(["--faults", "1,3"]), benchmark.main(["--faults", "1,3"])] == [0, 0]
    assert rows.made == ["1", "3", "3"]
    assert recorded(tmp_path / "faults.jsonl") == [("1", "held"), ("3", "not made"), ("3", "not made")]


def test_the_record_of_a_clone_is_the_committed_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert faults.default_place() == Path("faults.jsonl")
    (tmp_path / "experiments" / "benchmark").mkdir(parents=True)
    assert faults.default_place() == Path("experiments/benchmark/faults.jsonl")


def test_other_words_are_refused_in_one_line(rows: Table, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.jsonl").write_text("nothing\n")
    for words, message in (
        (["--faults", "25"], "--faults: must name rows of 1, 2, 3, 4 or kills, but got '25'."),
        (["--again"], "--record and --again go with --faults, which is missing; add it."),
        (["--faults", "1", "--record", "bad.jsonl"], "bad.jsonl: is not a record of faults"),
    ):
        assert benchmark.main(words) == 2
        assert message in capsys.readouterr().err
    assert not rows.made


def test_fifty_kills_have_names_of_their_own_in_every_stage() -> None:
    kills = table.chosen_rows("kills")
    assert len({row.name for row in kills}) == 50
    stages = {row.happens.partition(":")[0] for row in kills}
    assert {"start", "first compile", "search", "refit", "report", "writer after the command's end"} <= stages
    assert Record(Path("missing.jsonl")).known("kill 1") is None
