"""Every part of a long and of a large study is measured, in a small form."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

import pandas as pd
import pytest

from experiments.benchmark import large
from experiments.benchmark.large import ROWS_STUDY, TRIALS_STUDY, growth, planned_mb, run, show, write_rows
from experiments.benchmark.large_steps import steps_of_rows, steps_of_trials
from experiments.benchmark.tabulate import Line, wide_console
from experiments.errors import SearchError
from experiments.tune import main as tune

ANSWER = "memory         about 1.5 GB in the command and its workers; 19 GB are free"


def watched(module: list[str], folder: Path) -> tuple[float, float, str]:
    size = int((folder / "studies" / "large.toml").read_text().split("trials = ")[1].split()[0])
    if "large_steps" in module[0]:
        return 0.0, 0.0, json.dumps({"what": f"a step of {module[1]}", "seconds": 3.0, "peak_mb": 7.0}) + "\n"
    return float(size**2), 80.0, ANSWER


def test_each_size_is_measured_and_its_growth_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "watched", watched)
    lines = list(run(Namespace(trials=8, table_rows=16)))
    long = [line for line in lines if line["kind"] == "trials"]
    assert [line["size"] for line in long if line["what"] == "report"] == [2, 4, 8]
    assert [line["growth"] for line in long if line["what"] == "tune, the whole study"] == [None, 2.0, 2.0]
    assert {line["size"] for line in lines if line["kind"] == "rows"} == {2, 4, 8, 16}
    assert [line["growth"] for line in lines if line["what"] == "a step of rows"] == [None, 0.0, 0.0, 0.0]
    (plan, *_) = [line for line in lines if line["what"] == "memory that the plan says"]
    assert (plan["seconds"], plan["peak_mb"], plan["growth"]) == (None, 1500.0, None)
    assert any("sync" in line["what"] for line in long)
    console = wide_console()
    with console.capture() as captured:
        show(lines, console)
    table = captured.get()
    (row,) = [line for line in table.splitlines() if "tune, the whole study" in line and "64.00" in line]
    assert [cell.strip() for cell in row.split("│")[2:-1]] == ["4.00", "16.00", "64.00", "2.00", "80"]


def test_a_short_time_tells_no_growth() -> None:
    short: Line = {"size": 10, "seconds": 0.01}
    assert growth(short, {"size": 20, "seconds": 9.0}) is None
    assert growth(None, short) is None
    assert growth({"size": 10, "seconds": 1.0}, {"size": 20, "seconds": 2.0}) == 1.0


def test_what_a_plan_says_is_read_in_mb() -> None:
    assert planned_mb("memory  about 485.2 MB in") == 485.2
    assert planned_mb(ANSWER) == 1500.0
    assert planned_mb("nothing") != planned_mb("nothing")


def test_the_table_has_30_columns_and_an_answer(tmp_path: Path) -> None:
    write_rows(tmp_path / "table.csv", 10_300)
    frame = pd.read_csv(tmp_path / "table.csv")
    assert frame.shape == (10_300, 31)
    assert (frame["answer"] == "yes").equals(frame["x0"] + (frame["city"] == "Basel") > 0.3)
    write_rows(tmp_path / "fewer.csv", 300)
    assert (tmp_path / "table.csv").read_text().startswith((tmp_path / "fewer.csv").read_text().split("\n")[0])


@pytest.mark.slow
def test_a_command_is_watched_with_its_children(tmp_path: Path) -> None:
    (tmp_path / "parent.py").write_text(
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; x = b\"x\" * 90_000_000; time.sleep(1)'])\n"
        "child.wait(); print('done')\n"
    )
    (tmp_path / "wrong.py").write_text("import sys; print('no'); sys.exit('it is wrong')\n")
    seconds, peak, said = large.watched(["parent"], tmp_path)
    assert (said, 0 < seconds < 30) == ("done\n", True)
    assert 90 < peak < 1000
    with pytest.raises(SearchError, match="wrong ended with exit code 1: it is wrong"):
        large.watched(["wrong"], tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["trials", "rows"])
def test_every_step_of_a_study_is_measured(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "studies" / "large").mkdir(parents=True)
    (tmp_path / "studies" / "large.toml").write_text((TRIALS_STUDY if kind == "trials" else ROWS_STUDY).format(size=4))
    if kind == "trials":
        assert tune(["large", "--workers", "1", "--tracking-uri", "none", "--quiet"]) == 0
        steps_of_trials()
    else:
        write_rows(tmp_path / "table.csv", 400)
        steps_of_rows()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len({line["what"] for line in lines}) == len(lines) >= 8
    assert all(line["seconds"] >= 0 and line["peak_mb"] > 10 for line in lines)
