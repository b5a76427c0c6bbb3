"""The benchmark: its rows, its ratios, and its output, with networks that train in milliseconds."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments.benchmark import __main__ as benchmark
from experiments.benchmark.cases import FOLDS, ROWS, Row, data_of
from experiments.benchmark.matmul_floor import products
from experiments.benchmark.measure import measure, prepare
from experiments.benchmark.networks import compare
from experiments.benchmark.peers import OURS, TRAINERS, peers
from experiments.benchmark.tabulate import Line, print_table, wide_console

pytestmark = pytest.mark.slow

TINY = replace(ROWS["digits"], sizes=(64, 4, 10), samples=100, epochs=1)
TINY_DROPOUT = Row("wide", (9, 5, 4, 3), 16, 60, 1, dropout=0.5, input_dropout=0.2)


def test_the_data_has_the_shape_that_the_row_says() -> None:
    for row in ROWS.values():
        data = data_of(row)
        assert data.x.shape == (row.samples, row.sizes[0])
        assert data.y.shape == (row.samples,)
        assert set(data.y.tolist()) == set(range(row.sizes[-1]))
        assert len(data.folds) == FOLDS
        held_out = [np.setdiff1d(np.arange(row.samples), rows) for rows in data.folds]
        assert sorted(np.concatenate(held_out).tolist()) == list(range(row.samples))


def test_the_data_is_the_same_each_time() -> None:
    first, second = data_of(TINY_DROPOUT), data_of(TINY_DROPOUT)
    assert np.array_equal(first.x, second.x)
    assert np.array_equal(first.folds, second.folds)


def test_the_rows_of_the_command_are_those_that_there_are() -> None:
    assert tuple(ROWS) == benchmark.ROW_NAMES


def test_every_peer_trains_every_kind_of_row() -> None:
    for peer in [OURS, *peers()]:
        for row in (TINY, TINY_DROPOUT):
            assert TRAINERS[peer](row, data_of(row)) > 0


def test_the_floor_holds_the_products_of_the_step() -> None:
    forward, backward = [(2, 8, 5), (2, 8, 4), (2, 8, 3)], [(2, 4, 3), (2, 8, 4), (2, 5, 4), (2, 8, 5), (2, 9, 5)]
    assert [np.shape(product()) for product in products(TINY_DROPOUT, batch=8, folds=2)] == forward + backward


def test_pairs_alternate_and_the_ratio_is_the_median_of_theirs() -> None:
    seconds = {OURS: iter([1.0, 2.0, 1.0]), "pytorch": iter([4.0, 4.0, 9.0])}
    called = []

    def fake(trainer: str) -> Line:
        called.append(trainer)
        return {"seconds": next(seconds[trainer]), "peak_mb": 10.0 if trainer == OURS else 30.0, "kernel": "Haswell"}

    line = compare("digits", "pytorch", 3, fake)
    assert called == [OURS, "pytorch", "pytorch", OURS, OURS, "pytorch"]
    assert (line["ratio"], line["seconds"], line["peer_seconds"]) == (4.0, 1.0, 4.0)
    assert (line["peak_mb"], line["peer_peak_mb"], line["kernel"]) == (10.0, 30.0, "Haswell")


def test_a_measurement_comes_from_a_process_with_the_environment() -> None:
    for _, file in prepare([TINY]):
        line = measure("floor", file, {"OPENBLAS_NUM_THREADS": "1"})
    assert line["seconds"] > 0
    assert 5 < line["peak_mb"] < 1000


@pytest.fixture
def tiny_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ROWS, "digits", TINY)


@pytest.mark.long
def test_the_table_is_printed_and_written_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], tiny_row: None
) -> None:
    assert benchmark.main(["--rows", "digits", "--repeats", "1", "--json", str(tmp_path / "table.json")]) == 0
    table = json.loads((tmp_path / "table.json").read_text())
    assert [line["peer"] for line in table] == peers()
    for line in table:
        assert {"row", "peer", "ratio", "seconds", "peer_seconds"} <= set(line)
        assert line["row"] == "digits"
        faster = line["peer_seconds"] / line["seconds"]
        assert line["ratio"] == pytest.approx(min(faster, 1.0) if line["peer"] == "floor" else faster)
    out = capsys.readouterr().out
    assert "digits 64-4-10, batch 32" in out
    assert "BLAS kernel" in out
    assert ("PyTorch is not installed" in out) == ("pytorch" not in peers())


def test_bad_arguments_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, message in (
        (["--rows", "digits,nothing"], "rows must be of digits, tabular, mnist, wide, but got 'nothing'"),
        (["--repeats", "0"], "a count must be an integer of at least 1, but got '0'"),
        (["--large", "--study"], "not allowed with"),
    ):
        with pytest.raises(SystemExit, match="2"):
            benchmark.main(arguments)
        assert message in capsys.readouterr().err


def test_a_table_has_rules_blank_cells_and_plain_words() -> None:
    console = wide_console()
    lines = [{"a": "x", "b": True, "c": 1.25}, {"a": "y", "b": False, "c": None}]
    with console.capture() as captured:
        print_table(console, lines, {"name": "a", "yes": "b", "number": "c:.1f"}, section="a")
    first, rule, second = [text for text in captured.get().splitlines() if text][3:6]
    assert first.replace("│", " ").split() == ["x", "yes", "1.2"]
    assert set(rule) <= set("├─┼┤")
    assert second.replace("│", " ").split() == ["y", "no"]
