"""No leak: what the sealed rows hold changes nothing but `test` and the data's fingerprints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.config.data_options import DataSection
from experiments.data import prepare
from experiments.data.load import load_table
from experiments.data.splits.development_rows import development_rows
from experiments.data.splits.holdout import SealedTestSet
from experiments.data.splits.outer_folds import split_off
from experiments.data.splits.split import DevelopmentSet
from experiments.evaluation.records.results import StudyResult
from support.desk import CommandRunner
from support.tables import mixed_frame, mixed_table


def outside_test(result: StudyResult) -> dict[str, Any]:
    document = result.document()
    for key in ("digest", "test", "ledger", "provenance", "timing"):
        del document[key]
    del document["data"]["fingerprint"], document["split"]["test_fingerprint"]
    return document


def model_files(folder: Path) -> dict[str, bytes]:
    model = folder / "model"
    return {str(path.relative_to(model)): path.read_bytes() for path in model.rglob("*") if path.is_file()}


@pytest.mark.parametrize("final", [[], ["final.choice=with_default", "default.learning_rate=0.05"]])
def test_garbage_in_the_sealed_rows_of_a_mixed_table_changes_nothing_else(
    final: list[str], desk: CommandRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = ("search.trials=6", "final.members=2", *final)
    known: dict[str, Any] = {"table": mixed_table(120, "regression"), "workers": 1 if final else 2}
    clean = desk.studied("clean", *settings, ledger=Path("clean.jsonl"), **known)

    def with_garbage(*arguments: Any) -> tuple[DevelopmentSet, SealedTestSet]:
        development, test = split_off(*arguments)
        frame = mixed_frame(len(test), seed=99).assign(colour="green", age=-7.0)
        return development, SealedTestSet(frame, np.random.default_rng(0).normal(0, 1e6, len(test)))

    monkeypatch.setattr(prepare, "split_off", with_garbage)
    dirty = desk.studied("dirty", *settings, ledger=Path("dirty.jsonl"), **known)
    assert outside_test(dirty) == outside_test(clean)
    assert model_files(desk.folder / "dirty") == model_files(desk.folder / "clean")
    assert ("default/model.json" in model_files(desk.folder / "clean")) == bool(final)
    assert dirty.test is not None
    assert clean.test is not None
    assert dirty.test.score < clean.test.score
    assert dirty.split.test_fingerprint != clean.split.test_fingerprint
    assert clean.data.task == "regression"
    assert clean.analysis is not None
    assert clean.analysis.uncertainty is not None
    assert '"0.9": ' in model_files(desk.folder / "clean")["model.json"].decode(), "the errors' quantiles are compared"


def test_garbage_in_the_files_own_sealed_rows_changes_nothing_else(desk: CommandRunner) -> None:
    """Words among numbers, dates, empty cells, new categories: in the file itself, before anything is read.

    No two rows are equal: copies stay on one side, whatever side that is.
    """
    frame = mixed_frame(150, seed=3).assign(number=range(150), same="x").astype(object)
    frame["y"] = ["no" if row % 3 else "yes" for row in range(150)]
    source, few = desk.folder / "people.csv", ("--set", "search.trials=3", "--set", "training.epochs=6", "--quiet")
    command = ("--data", str(source), "--target", "y", *few)
    frame.to_csv(source, index=False)
    clean = desk.tuned(*command, "--out", "clean")
    split_off = load_table(DataSection(source=str(source), target="y"), {})
    sealed = sorted(
        set(range(150)) - set(development_rows(split_off, DataSection(source="a.csv", target="y")).tolist())
    )
    assert len(sealed) == 30
    frame.loc[sealed, ["age", "city", "height", "colour", "number", "same"]] = [
        cells
        for row in range(10)
        for cells in (
            ["old", f"Zürich {row}", "2026-01-31", "", "?", "other"],
            ["", "", "-", f"a colour that nobody has seen {row}", "x", ""],
            ["12 kg", f"2026-01-{row + 10}", "1e400", "9", "9", "y"],
        )
    ]
    frame.to_csv(source, index=False)
    (desk.folder / "studies" / "ledger.jsonl").unlink()
    dirty = desk.tuned(*command, "--out", "dirty")
    changed = {key for key in clean if clean[key] != dirty[key]}
    assert {"split", "test"} <= changed
    assert changed <= {"digest", "data", "split", "test", "reading", "copies", "ledger", "provenance", "timing"}
    assert {key for key in clean["data"] if clean["data"][key] != dirty["data"][key]} == {"fingerprint"}
    assert dirty["reading"]["left_out"] == [
        {"name": "number", "reason": "counts_rows"},
        {"name": "same", "reason": "constant"},
    ]
    assert dirty["reading"]["unread"] == 40
    assert model_files(desk.folder / "dirty") == model_files(desk.folder / "clean")
