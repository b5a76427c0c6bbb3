from __future__ import annotations

from pathlib import Path

import pytest

from experiments.benchmark.datasets import TABLES, seeds_for
from experiments.benchmark.render import tables_table, wide_console
from experiments.benchmark.tables import compare_tables
from experiments.config.default_study import own_study
from experiments.data.prepare import prepare

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_one_that_a_study_takes(name: str, tmp_path: Path) -> None:
    file = tmp_path / f"{name}.csv"
    rows = TABLES[name].write(file)
    spec, _ = own_study(str(file), TABLES[name].target)
    data = prepare(spec, {})
    assert (data.rows, len(data.folds.pairs)) == (rows, 5)
    wanted = "regression" if name in ("diabetes", "friedman", "rents") else "classification"
    assert data.target.task == wanted
    file.unlink()
    assert TABLES[name].write(file) == rows


def test_small_tables_are_split_more_often() -> None:
    assert (len(seeds_for(999)), len(seeds_for(1000))) == (10, 5)


def test_both_are_scored_on_the_same_rows() -> None:
    (row,) = compare_tables(["people"], trials=2, splits=1)
    assert (row.table, row.rows, row.metric, row.splits) == ("people", 1000, "accuracy", 1)
    assert 0.5 < min(row.ours, row.peer) <= max(row.ours, row.peer) < 1
    assert [round(200 * score, 6) % 1 for score in (row.ours, row.peer)] == [0, 0]
    console = wide_console()
    with console.capture() as captured:
        console.print(tables_table([row]))
    assert f"{row.ours:.4f}" in captured.get()
