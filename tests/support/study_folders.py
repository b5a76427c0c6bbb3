"""Folders of studies with journals and results that are made up."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from optuna.distributions import FloatDistribution
from rich.console import Console

from experiments.evaluation.records.results import StudyResult
from experiments.search.journal import Journal
from experiments.search.trial import Curves, FinishedTrial, TrialResult

SPEC = {
    "data": {"source": "moons"},
    "cv": {"metric": "r2"},
    "search": {"sampler": "qmc"},
    "training": {"hidden_layers": 0, "activation": "relu"},
    "space": {"l2": {"low": 0, "high": 1}},
}
FILE = (
    '[study]\nname = "{name}"\n[data]\nsource = "moons"\n[search]\ntrials = 4\n[space]\nl2 = {{ low = 0, high = 1 }}\n'
)
TOLD = [
    FinishedTrial({"l2": 0.0}, TrialResult(0, "COMPLETE", "", 0.5, 0.5, 1, 0.1, (0.5,), Curves((), (), (), ()))),
    FinishedTrial({"l2": 0.5}, TrialResult(1, "COMPLETE", "", 0.75, 0.7, 1, 0.1, (0.7,), Curves((), (), (), ()))),
    FinishedTrial({"l2": 0.2}, TrialResult(2, "PRUNED", "diverged", None, None, 0, None, (), Curves((), (), (), ()))),
    FinishedTrial({"l2": 0.7}, TrialResult(3, "COMPLETE", "", 0.75, 0.7, 1, 0.1, (0.7,), Curves((), (), (), ()))),
]


def results(trials: int, tested: bool) -> dict[str, Any]:
    rows = [
        {"number": n, "state": "COMPLETE", "reason": "", "params": {}, "value": 0.75, "last": 0.7, "epochs": 1}
        | {"fold_scores": [0.7]}
        for n in range(trials)
    ]
    test = {"metric": "r2", "score": 0.8125, "ci95": [0.7, 0.9], "ci_method": "wilson", "rows": 80}
    test |= {"times_scored": 1, "metrics": {}, "default": None, "difference": None, "verdict": "not compared"}
    best = {
        "number": min(1, trials - 1),
        "params": {},
        "cv_mean": 0.75,
        "cv_std": 0.1,
        "epochs": 1,
        "fold_scores": [0.7],
    }
    document = {
        **{"schema": 2, "study": "one", "spec": SPEC, "trials": rows, "interventions": [], "default": None},
        "data": {"name": "moons", "rows": 400, "features": 2, "task": "classification", "classes": ["a", "b"]}
        | {"fingerprint": "f"},
        "split": {"development": 320, "test": 80, "test_fingerprint": "t", "folds_fingerprint": "g"},
        **{"best": best, "test": test if tested else None, "ledger": None, "provenance": {}, "timing": {}},
    }
    return StudyResult.of_document(document).document()


def fill(folder: Path, told: int, finished: int | None = None, tested: bool = True, spec: Any = SPEC) -> None:
    """Write a journal of so many trials of a study file, and the results of so many, if any."""
    folder.mkdir(exist_ok=True)
    journal = Journal(folder / "journal.log")
    if told:
        journal.begin({"spec": spec, "data": {"fingerprint": folder.name, "folds": "e"}, "uid": "u"})
    for one in TOLD[len(journal.trials()) : told]:
        journal.append(one, {"l2": FloatDistribution(0, 1)}, inside=True, spent=60.0)
    (folder / "log.txt").write_text("".join(f"line {number}\n" for number in range(8)) + "half a li")
    if finished is not None:
        (folder / "results.json").write_text(json.dumps(results(finished, tested)))


def shown(function: Any, *arguments: Any, width: int = 80) -> str:
    """Return what a function prints on a terminal."""
    console = Console(file=io.StringIO(), width=width, highlight=False)
    function(console, *arguments)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()
