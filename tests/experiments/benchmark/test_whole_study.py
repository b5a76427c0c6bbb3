"""Both sides of a whole study: who is measured, in which order, and what the lines say."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from experiments.benchmark import __main__ as benchmark
from experiments.benchmark import whole_study
from experiments.benchmark.timed_command import ENDS, WHOLE, Seconds
from experiments.benchmark.whole_study import AT_TERMINAL, OURS, THEIRS, Key
from experiments.study.command.timing import SEARCH

TABLE = "a,b,y\n" + "".join(f"{row},{row % 7},{['no', 'yes'][row % 2]}\n" for row in range(60))


class Bench:
    """A fake of the measurements, which notes what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[Key] = []
        self.command: Sequence[str] = ()
        self.files: set[str] = set()

    def measure(self, key: Key, command: Sequence[str], folder: Path) -> Seconds:
        self.asked.append(key)
        self.command = command
        self.files = {file.name for file in (folder / "peer").iterdir()}
        trials, side = key
        round_ = 1 + self.asked.count(key)
        if side == THEIRS:
            return {WHOLE: trials * round_ * 3.0}
        return {WHOLE: trials + 10.0, "search": trials * 1.0, "report": 10.0}


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    made = Bench()
    monkeypatch.setattr(whole_study, "_measure", made.measure)
    return made


def lines_of(*arguments: str) -> list[dict[str, object]]:
    return list(whole_study.run(benchmark.parser().parse_args(arguments)))


def test_the_sides_take_turns_and_the_ratio_is_the_median_of_the_pairs(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    comparison, *stages = lines_of("--study", "--repeats", "3", "--trials", "10")
    assert bench.asked == [(10, OURS), (10, THEIRS), (10, THEIRS), (10, OURS), (10, OURS), (10, THEIRS)]
    assert (comparison["row"], comparison["peer"]) == ("digits, 10 trials", "Optuna + scikit-learn")
    assert (comparison["seconds"], comparison["peer_seconds"]) == (20.0, 90.0)
    assert (comparison["ratio"], comparison["range"]) == (4.5, "3.00 to 6.00")
    assert [(line["stage"], line["seconds"], line["share"]) for line in stages] == [
        ("whole", 20.0, 1.0),
        ("search", 10.0, 0.5),
        ("report", 10.0, 0.5),
    ]
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "digits: 3 times in turn: tune with 10 trials, the peer with 10 trials"
    assert told[1].startswith("scikit-learn's network goes without ")
    assert "dropout" in told[1]


def test_more_trials_cost_what_the_longer_study_takes_beyond_the_shorter(bench: Bench) -> None:
    lines = lines_of("--study", "wine", "--repeats", "1", "--more", "5", "--terminal")
    assert bench.asked == [(30, OURS), (30, THEIRS), (30, AT_TERMINAL), (35, OURS), (35, THEIRS)]
    rows = {str(line["row"]): line for line in lines if "peer" in line}
    assert list(rows) == ["wine, 30 trials", "wine, 30 trials, at a terminal", "wine, trials 31 to 35"]
    more = rows["wine, trials 31 to 35"]
    assert (more["seconds"], more["peer_seconds"], more["ratio"]) == (5.0, 30.0, 6.0)
    assert {line["row"] for line in lines if "stage" in line} == set(list(rows)[:2])


def test_a_table_is_named_from_any_folder_and_its_settings_go_to_both_sides(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "t.csv").write_text(TABLE)
    monkeypatch.chdir(tmp_path)
    lines = lines_of("--study", "--data", "t.csv", "--target", "y", "--set", "training.epochs=7", "--repeats", "1")
    assert lines[0]["row"] == "t, 40 trials"
    data, words = list(bench.command[:4]), bench.command[4:]
    assert data == ["--data", str(tmp_path / "t.csv"), "--target", "y"]
    assert set(words) == {"--set", "training.epochs=7", "search.patience=0", "search.budget_minutes=0"}
    assert bench.files == {"settings.json", "rows.csv", "target.npy", "folds.npz"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--study", "wine", "--data", "t.csv"], "--study names 'wine'; leave one out"),
        (["--study", "--target", "y"], "--target goes with --data"),
        (["--study", "nothing"], "must be a study's name"),
        (["--data", "t.csv"], "go with --study, which is missing"),
        (["--large", "--more", "3"], "go with --study, which is missing"),
        (["--study", "--set", "training.optimizer=sgd"], "it has no optimizer sgd, only adam"),
    ],
)
def test_what_does_not_fit_is_one_line(
    arguments: list[str], message: str, bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    assert benchmark.main(arguments) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line
    assert not bench.asked


@pytest.mark.long
def test_whole_processes_are_measured(tmp_path: Path, untracked: None, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "t.csv").write_text(TABLE)
    table = ["--study", "--data", str(tmp_path / "t.csv"), "--target", "y", "--set", "training.epochs=2"]
    assert benchmark.main([*table, "--trials", "2", "--repeats", "1", "--json", str(tmp_path / "lines.json")]) == 0
    out = capsys.readouterr().out
    assert "t, 2 trials" in out
    assert "where our seconds go" in out
    comparison, *stages = json.loads((tmp_path / "lines.json").read_text())
    assert comparison["ratio"] == comparison["peer_seconds"] / comparison["seconds"]
    seconds = {line["stage"]: line["seconds"] for line in stages}
    assert {"data", SEARCH, "report", ENDS} < set(seconds)
    parts = sum(spent for stage, spent in seconds.items() if stage != WHOLE and not stage.startswith(" "))
    assert parts == pytest.approx(seconds[WHOLE], abs=0.1)
