from __future__ import annotations

from pathlib import Path

import pytest

from experiments.benchmark.datasets import TABLES, write_table
from experiments.benchmark.tables import COLUMNS, compare_table
from experiments.benchmark.tabulate import print_table, wide_console
from experiments.config.default_study import own_study
from experiments.data.prepare import prepare

pytestmark = pytest.mark.slow


def test_a_study_takes_every_table(tmp_path: Path) -> None:
    for name in TABLES:
        file = tmp_path / f"{name}.csv"
        rows, target = write_table(name, file)
        data = prepare(own_study(str(file), target)[0], {})
        assert (data.rows, len(data.folds.pairs)) == (rows, 5)
        wanted = "regression" if name in ("diabetes", "friedman", "rents") else "classification"
        assert data.target.task == wanted
        before = file.read_bytes()
        write_table(name, file)
        assert file.read_bytes() == before


def test_both_are_scored_on_the_same_rows(untracked: None) -> None:
    line = compare_table("people", trials=2, splits=1)
    assert (line["table"], line["rows"], line["metric"], line["splits"]) == ("people", 1000, "accuracy", 1)
    assert 0.5 < min(line["ours"], line["peer"]) <= max(line["ours"], line["peer"]) < 1
    assert [round(200 * line[who], 6) % 1 for who in ("ours", "peer")] == [0, 0]
    console = wide_console()
    with console.capture() as captured:
        print_table(console, [line], COLUMNS)
    assert f"{line['ours']:.4f}" in captured.get()
