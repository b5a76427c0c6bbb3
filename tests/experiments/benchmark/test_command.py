"""The benchmark: its rows, its ratios, and its output, with networks that train in milliseconds."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments.benchmark import __main__ as benchmark
from experiments.benchmark import networks
from experiments.benchmark.cases import FOLDS, ROWS, Row, data_of
from experiments.benchmark.comparison import compare, ratio_of
from experiments.benchmark.matmul_floor import products
from experiments.benchmark.measure import Measurement, measure, prepare
from experiments.benchmark.peers import OURS, TRAINERS, peers
from experiments.benchmark.profile import profile

pytestmark = pytest.mark.slow

TINY = replace(ROWS["digits"], sizes=(64, 4, 10), samples=100, epochs=1)
TINY_DROPOUT = Row("wide", (9, 5, 4, 3), 16, 60, 1, dropout=0.5, input_dropout=0.2)


@pytest.mark.parametrize("name", ROWS)
def test_the_data_has_the_shape_that_the_row_says(name: str) -> None:
    row = ROWS[name]
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


@pytest.mark.parametrize("peer", [OURS, *peers()])
@pytest.mark.parametrize("row", [TINY, TINY_DROPOUT], ids=lambda row: row.name)
def test_every_peer_trains_every_kind_of_row(peer: str, row: Row) -> None:
    assert TRAINERS[peer](row, data_of(row)) > 0


def test_the_floor_holds_the_products_of_the_step() -> None:
    layers = products(TINY_DROPOUT, batch=8, folds=2)
    forward = [np.shape(layer.forward()) for layer in layers]
    weights = [np.shape(layer.weight_gradient()) for layer in layers]
    inputs = [None if layer.input_gradient is None else np.shape(layer.input_gradient()) for layer in layers]
    assert forward == [(2, 8, 5), (2, 8, 4), (2, 8, 3)]
    assert weights == [(2, 9, 5), (2, 5, 4), (2, 4, 3)]
    assert inputs == [None, (2, 8, 5), (2, 8, 4)]


def test_pairs_are_interleaved_and_the_ratio_is_the_median_of_theirs() -> None:
    seconds = {OURS: iter([1.0, 2.0, 1.0]), "pytorch": iter([4.0, 4.0, 9.0])}
    called = []

    def fake(trainer: str) -> Measurement:
        called.append(trainer)
        return Measurement(next(seconds[trainer]), 10.0 if trainer == OURS else 30.0, "Haswell")

    compared = compare("digits", "pytorch", 3, fake)
    assert called == [OURS, "pytorch"] * 3
    assert (compared.comparison.ratio, compared.comparison.seconds, compared.comparison.peer_seconds) == (4.0, 1.0, 4.0)
    assert (compared.peak_mb, compared.peer_peak_mb, compared.kernel) == (10.0, 30.0, "Haswell")


def test_a_fraction_of_the_floor_is_at_most_one() -> None:
    assert ratio_of([(2.0, 1.0)], "floor") == 0.5
    assert ratio_of([(1.0, 1.1)], "floor") == 1.0
    assert ratio_of([(1.0, 1.1)], "scikit-learn") == 1.1


def test_a_measurement_comes_from_a_process_with_the_environment(tmp_path: Path) -> None:
    prepare(TINY, tmp_path / "row")
    found = measure("floor", tmp_path / "row", {"OPENBLAS_NUM_THREADS": "1"})
    assert found.seconds > 0
    assert 5 < found.peak_mb < 1000


def test_the_parts_of_a_step_and_the_rest_are_the_step() -> None:
    *parts, step = profile(TINY_DROPOUT, data_of(TINY_DROPOUT))
    names = [part.name for part in parts]
    assert step.name == "step"
    assert sum(part.microseconds for part in parts) == pytest.approx(step.microseconds)
    assert {"gather", "0 Dropout forward", "1 Dense forward", "1 Dense backward", "loss", "Adam", "rest"} <= {*names}
    held = [part.products for part in parts if part.products is not None]
    assert len(held) == 6
    assert sum(held) == pytest.approx(step.products)


def test_the_table_is_written_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    networks.run_table([TINY], 1, tmp_path / "table.json")
    table = json.loads((tmp_path / "table.json").read_text())
    assert [line["peer"] for line in table] == peers()
    for line in table:
        assert set(line) == {"row", "peer", "ratio", "seconds", "peer_seconds"}
        assert line["row"] == "digits"
        faster = line["peer_seconds"] / line["seconds"]
        assert line["ratio"] == pytest.approx(min(faster, 1.0) if line["peer"] == "floor" else faster)
    out = capsys.readouterr().out
    assert "digits 64-4-10, batch 32" in out
    assert "BLAS kernel" in out
    assert ("PyTorch is not installed" in out) == ("pytorch" not in peers())


def test_profiles_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    networks.run_profiles([TINY])
    assert "0 Dense forward" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--rows", "digits,nothing"], "rows must be of digits, tabular, mnist, wide, but got 'nothing'"),
        (["--repeats", "0"], "a count must be an integer of at least 1, but got '0'"),
        (["--profile", "--study"], "not allowed with"),
    ],
)
def test_bad_arguments_are_refused(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        benchmark.main(arguments)
    assert stopped.value.code == 2
    assert said in capsys.readouterr().err


def test_help_loads_nothing_heavy() -> None:
    asked = "import sys, experiments.benchmark.__main__ as b; b.parser().format_help(); print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "sklearn", "rich", "optuna", "nnet"} & set(modules)


def test_options_reach_the_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen = []
    monkeypatch.setattr(networks, "run_table", lambda *arguments: seen.append(arguments))
    assert benchmark.main(["--rows", "mnist,digits", "--repeats", "2", "--json", str(tmp_path / "f")]) == 0
    assert seen == [([ROWS["mnist"], ROWS["digits"]], 2, tmp_path / "f")]
