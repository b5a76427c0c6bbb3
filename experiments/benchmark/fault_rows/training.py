"""Rows about trainings that diverge."""

from __future__ import annotations

import math
import re
import sqlite3
from collections.abc import Iterator
from typing import Any

from experiments.benchmark.fault_rows.desk import Desk
from experiments.benchmark.fault_rows.injected import instead_of
from experiments.benchmark.fault_rows.outcome import demand
from experiments.benchmark.fault_rows.refusals import NOISE, accepted, check_refusal
from experiments.benchmark.fault_rows.studies import ALONE, MOONS, NAME

RATE = "learning_rate = { low = 1e-3, high = 1e-1, log = true }"
WIDE = RATE.replace("1e-1", "1e18")
SOME = MOONS.replace(RATE, WIDE).replace("epochs = 12", 'epochs = 12\noptimizer = "sgd"') + (
    "\n[default]\nlearning_rate = 0.01\n"
)
KINDS = {  # a study in which some trainings diverge, by what it is
    "classes by SGD": SOME,
    "classes by Adam, without a pruner": SOME.replace('optimizer = "sgd"', "").replace(
        "[search]", '[search]\npruner = "none"'
    ),
    "numbers by SGD with momentum": SOME.replace('"moons"\n\n[cv]', '"diabetes"\n\n[cv]').replace(
        'optimizer = "sgd"', 'optimizer = "sgd"\nmomentum = 0.9'
    ),
}
ALL = MOONS.replace(RATE, RATE.replace("1e-3", "1e17").replace("1e-1", "1e18")).replace(
    "epochs = 12", 'epochs = 12\noptimizer = "sgd"'
) + ("\n[default]\nlearning_rate = 1e18\n")
LARGEST = r"1\.(79|8)\d*e\+?308"
OF_DATA, OF_TEXT = (".json", ".jsonl", ".csv", ".log"), (".md", ".html", ".svg", ".txt")  # endings of files
STRICT = {"PYTHONWARNINGS": "error::RuntimeWarning"}  # a warning of NumPy's ends the command


def diverged(desk: Desk) -> Iterator[str]:
    """Make a learning rate that makes losses NaN or infinite."""
    for kind, text in KINDS.items():
        place = desk.another(text.replace("trials = 14", "trials = 20"))
        result = accepted(place, NAME, "--workers", "2", noise=(*NOISE, "Warning", "overflow", "invalid value"))
        trials, epochs = result["trials"], result["spec"]["training"]["epochs"]
        lost = [trial for trial in trials if trial["reason"] == "diverged"]
        demand(lost, f"{kind}: no training diverges, so nothing is shown")
        for trial in lost:
            _check_record(trial, epochs)
        best = trials[result["best"]["number"]]
        finite = best["state"] == "COMPLETE" and math.isfinite(best["value"])
        demand(finite, f"{kind}: the best trial is {best['state']} with {best['value']}")
        complete = [trial["value"] for trial in trials if trial["state"] == "COMPLETE"]
        demand(best["value"] == max(complete), f"{kind}: the best trial has not the best score of those that completed")
        _check_no_infinity(place, kind)
        yield f"{kind}: {len(lost)} of {len(trials)} trials pruned as diverged with their epoch, none the best"
        again = place.another(place.text)
        again.succeed(*ALONE, more=STRICT)
        demand(again.results()["digest"] == result["digest"], f"{kind}: another number of workers, another digest")
    yield "no warning shown, nor raised where warnings are errors"
    yield "neither 1.8e308 nor NaN in any file or in MLflow's database"


def all_diverged(desk: Desk) -> Iterator[str]:
    """Make every training diverge."""
    place = desk.another(ALL.replace("trials = 14", "trials = 4"))
    words = r"no trial of 4 came to a score \(4 diverged\).* lower learning_rate"
    opened = "experiments.data.splits.holdout:SealedTestSet.open"
    guard = instead_of(place.folder / "injected", opened, "raise SystemExit('the test rows were read')")
    line = check_refusal(place.run(NAME, "--workers", "1", more=guard), words)
    yield f"exit 2: {line.removeprefix('error: ')}"
    demand(not place.entries(), "the ledger has an entry")
    demand(not (place.study / "results.json").exists(), "there are results")
    demand(len(place.trials()) == 4, "not all trials are told")
    yield "the test rows stayed sealed, no reservation in the ledger"
    check_refusal(place.run(NAME, "--workers", "2"), words)
    demand(not place.entries() and len(place.trials()) == 4, "the second call changed the study")
    yield "the same command again says the same"


def _check_record(trial: dict[str, Any], epochs: int) -> None:
    """Check the record of a trial that diverged: the last epoch with a score, 0 if none had one.

    Raises:
        Broken: it is another.
    """
    name = f"trial {trial['number']}"
    demand(trial["state"] == "PRUNED" and trial["value"] is None, f"{name} is {trial['state']}: {trial['value']}")
    demand(0 <= trial["epochs"] <= epochs, f"{name} ends in epoch {trial['epochs']} of {epochs}")


def _check_no_infinity(desk: Desk, kind: str) -> None:
    """Check that no file and no metric in MLflow holds an infinite number or what stands for one.

    Raises:
        Broken: one does.
    """
    for path in desk.folder.rglob("*"):
        if path.is_file() and path.suffix in OF_DATA + OF_TEXT and path.name != "README.md":
            odd = rf"{LARGEST}|\bNaN\b|\bInfinity\b" if path.suffix in OF_DATA else LARGEST
            found = re.search(odd, path.read_text(errors="replace"))
            demand(found is None, f"{kind}: {path.name} holds {found and found[0]}")
    database = sqlite3.connect(desk.folder / "mlruns" / "mlflow.db")
    try:
        values = database.execute("select is_nan or abs(value) > 1e300 from metrics").fetchall()
        demand(values, f"{kind}: MLflow has no metric")
        infinite = sum(one for (one,) in values)
        demand(not infinite, f"{kind}: {infinite} numbers in MLflow are NaN or infinite")
    finally:
        database.close()
