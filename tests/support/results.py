"""The results of a study of two trials, made up."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from experiments.evaluation.records.result_digest import digest
from experiments.evaluation.records.results import (
    BestRecord,
    DataRecord,
    DefaultRecord,
    FinalScore,
    LedgerRecord,
    StudyResult,
    TrialRecord,
)
from experiments.evaluation.records.split_record import SplitRecord

SPEC = {
    "study": {"name": "rows", "seed": 0},
    "data": {"source": "iris", "split_seed": 0},
    "cv": {"metric": "accuracy"},
    "training": {"hidden_units": 16, "activation": "relu"},
    "space": {"learning_rate": {"low": 0.001, "high": 0.1, "log": True}},
}


def made_up() -> StudyResult:
    """Trial 1 won, and was scored."""
    folds = {0: (0.5, 0.75), 1: (0.75, 1.0)}
    trials = tuple(
        TrialRecord(
            number=number,
            state="COMPLETE",
            reason="",
            params={"learning_rate": 0.01 * (number + 1)},
            value=sum(scores) / 2,
            last=0.5,
            epochs=3 + number,
            fold_scores=scores,
        )
        for number, scores in folds.items()
    )
    return StudyResult(
        study="rows",
        spec=SPEC,
        data=DataRecord(name="iris", rows=60, features=4, task="classification", classes=("a", "b"), fingerprint="f"),
        split=SplitRecord(development=48, test=12, test_fingerprint="t", folds_fingerprint="g"),
        trials=trials,
        interventions=(),
        default=DefaultRecord(number=0, params=trials[0].params, cv_mean=0.625, cv_std=0.125),
        best=BestRecord(number=1, params=trials[1].params, cv_mean=0.875, cv_std=0.125, epochs=4, fold_scores=folds[1]),
        test=FinalScore(
            metric="accuracy",
            score=0.75,
            ci95=(0.5, 1.0),
            ci_method="wilson",
            rows=12,
            times_scored=1,
            metrics={},
            default=None,
            difference=None,
            verdict="not compared",
        ),
        ledger=LedgerRecord(looks=1, largest_overlap=0.0, head="h", first="e"),
        provenance={"seeds": {"study": 0, "split": 0}, "blas": {"kernel": "Haswell"}},
        timing={},
    )


def change(path: Path, edit: Callable[[dict[str, Any]], Any], sign: bool = False) -> None:
    """Edit a results.json, and sign it with the digest that it then has."""
    document = json.loads(path.read_text())
    edit(document)
    path.write_text(json.dumps(document | ({"digest": digest(document)} if sign else {})))


def replaced(record: Any, path: str, **changes: Any) -> Any:
    """Return a record with changes in the record at a dotted path below it."""
    name, _, rest = path.partition(".")
    return replace(record, **({name: replaced(getattr(record, name), rest, **changes)} if name else changes))
