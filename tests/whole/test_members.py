"""A final model of several networks: its search is that of a single one, and it predicts their mean."""

from __future__ import annotations

import io
from contextlib import chdir
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments import predict
from experiments.evaluation.final_model.model import read_model
from support.desk import CommandRunner

SHORT = ("--set", "search.trials=5", "--set", "training.epochs=6", "--set", "final.members=3")


@pytest.fixture
def whole(desk: CommandRunner) -> dict[str, Any]:
    """The results of the study as they are when nothing happens to it."""
    desk.take("members", lambda other: other.tuned("moons", *SHORT, "--out", "whole"))
    return desk.results(Path("whole"))


def test_another_number_of_networks_is_the_same_search_with_another_model(
    desk: CommandRunner, whole: dict[str, Any]
) -> None:
    one = desk.tuned("moons", *SHORT, "--set", "final.members=1", "--out", "one")
    assert one["trials"] == whole["trials"]
    assert one["analysis"]["selection"] == whole["analysis"]["selection"]
    assert one["test"]["metrics"]["neg_log_loss"] != whole["test"]["metrics"]["neg_log_loss"]
    ledger = (desk.folder / "studies" / "ledger.jsonl").read_text()
    assert len({line.split('"models":"')[1][:64] for line in ledger.splitlines() if '"models":"' in line}) == 2
    (first, *_), (only,) = (
        [read_model(desk.folder / out / "model").network.parameters.values[member] for member in range(count)]
        for out, count in (("whole", 3), ("one", 1))
    )
    assert first.tobytes() == only.tobytes()


def test_predictions_are_the_mean_of_its_networks(
    desk: CommandRunner, whole: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    model = read_model(desk.folder / "whole" / "model")
    names = model.rows.names
    rows = pd.DataFrame(np.random.default_rng(0).normal(size=(30, 2)), columns=names)
    rows.to_csv(desk.folder / "new.csv", index=False)
    with chdir(desk.folder):
        assert predict.main(["whole", "new.csv"]) == 0
    found = pd.read_csv(io.StringIO(capsys.readouterr().out))
    x = model.preprocessor.transform(rows)
    z = np.array([model.network.predict(x, member) for member in range(3)], np.float64)
    shares = np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(found.iloc[:, 1:], shares.mean(axis=0), rtol=1e-6)
    assert found["prediction"].astype(str).tolist() == [
        model.target.classes[at] for at in shares.mean(axis=0).argmax(axis=-1)
    ]


def test_levels_are_those_on_record(desk: CommandRunner, whole: dict[str, Any]) -> None:
    assert whole["final"]["members"] == whole["analysis"]["out_of_fold"]["members"] == 3
    known = whole["analysis"]["uncertainty"]
    held = read_model(desk.folder / "whole" / "model").uncertainty
    assert held is not None
    assert (held.quantiles, held.units, held.by) == (known["quantiles"], known["units"], known["by"])
    assert held.temperature == known["temperature"]["value"]
    one = desk.tuned("moons", *SHORT, "--set", "final.members=1", "--out", "one")["analysis"]["uncertainty"]
    assert one["units"] == known["units"]
    assert one["quantiles"] != known["quantiles"], "they are of models of a single network"


def test_a_horizon_of_its_own_is_on_record(desk: CommandRunner, whole: dict[str, Any]) -> None:
    longer = desk.tuned("moons", *SHORT, "--set", "final.epochs=18", "--out", "longer")
    assert longer["trials"] == whole["trials"]
    assert longer["final"]["epochs"] == 3 * whole["final"]["epochs"] == 3 * whole["best"]["epochs"]
    assert longer["final"]["default_epochs"] == 3 * whole["trials"][0]["epochs"]
    refused = desk.tune("moons", "--set", "final.epochs=9", "--set", "training.schedule=plateau", "--out", "refused")
    assert (refused.code, refused.error.count("\n")) == (2, 1)
    assert "final.epochs: a plateau schedule lowers the rate" in refused.error
    for members in ("0", "33", "x"):
        refused = desk.tune("moons", "--set", f"final.members={members}", "--out", "refused")
        assert (refused.code, refused.error.count("\n")) == (2, 1)
        assert "final.members: must be " in refused.error
    assert not Path(desk.folder / "refused").exists()
