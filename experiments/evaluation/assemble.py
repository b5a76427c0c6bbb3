"""From what a study found to its StudyResult."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from experiments.data.table import Kind, Table
from experiments.errors import SearchError
from experiments.evaluation.records import AnalysisRecord
from experiments.evaluation.results import (
    BestRecord,
    ColumnCounts,
    DataRecord,
    DefaultRecord,
    LedgerRecord,
    LookRecord,
    MissingCounts,
    SplitRecord,
    StudyResult,
    TrialRecord,
    WorkerFailure,
)
from experiments.search.context import StudyContext
from experiments.search.trial import INTERVENTIONS, FinishedTrial, best_trial


def best_of(told: Sequence[FinishedTrial]) -> FinishedTrial:
    """The COMPLETE trial with the highest value; the first of equals.

    Raises:
        SearchError: no trial is COMPLETE.
    """
    best = best_trial(told)
    if best is None:
        diverged = sum(one.result.reason == "diverged" for one in told)
        hint = " lower space.learning_rate." if diverged else ""
        raise SearchError(
            f"no trial of {len(told)} came to a score ({diverged} diverged), so there is nothing to refit;{hint} "
            "The test set was not read."
        )
    return best


def default_of(told: Sequence[FinishedTrial]) -> FinishedTrial | None:
    """Trial 0, unless it came to no score."""
    return told[0] if told[0].result.state == "COMPLETE" else None


def assemble(
    study: StudyContext,
    told: Sequence[FinishedTrial],
    test: LookRecord | None,
    ledger: LedgerRecord | None,
    provenance: dict[str, Any],
    timing: dict[str, float],
    analysis: AnalysisRecord | None = None,
) -> StudyResult:
    """The result of a study whose trials are all told."""
    spec, data, best, default = study.spec, study.data, best_of(told), default_of(told)
    return StudyResult(
        study=spec.study.name,
        spec=spec.to_document(),
        data=DataRecord(
            name=data.name,
            rows=data.rows,
            features=data.features,
            task=data.target.task,
            classes=data.target.classes,
            fingerprint=data.fingerprint,
            columns=ColumnCounts(**_counted(data.development.table.kinds)),
            missing=_missing(data.development.table),
        ),
        split=SplitRecord(
            development=len(data.development.y),
            test=len(data.test),
            test_fingerprint=data.test.fingerprint,
            folds_fingerprint=data.folds.fingerprint,
        ),
        trials=tuple(_trial(one) for one in told),
        interventions=tuple(
            WorkerFailure(trial=one.result.number, kind=kind)
            for one in told
            for kind in INTERVENTIONS
            if kind == one.result.reason
        ),
        default=None if default is None else DefaultRecord(number=0, **_cv(default)),
        best=BestRecord(
            number=best.result.number, epochs=best.result.epochs, fold_scores=best.result.fold_scores, **_cv(best)
        ),
        test=test,
        analysis=analysis,
        ledger=ledger,
        provenance=provenance,
        timing=timing,
    )


def _counted(kinds: Sequence[Kind]) -> dict[str, int]:
    return {kind: kinds.count(kind) for kind in ("number", "category", "pixel")}


def _missing(table: Table) -> MissingCounts:
    """Count the columns with missing cells; an array of numbers or pixels has none."""
    if isinstance(table.features, np.ndarray):
        return MissingCounts(number=0, category=0)
    holes = [kind for kind, hole in zip(table.kinds, table.features.isna().any(), strict=True) if hole]
    return MissingCounts(number=holes.count("number"), category=holes.count("category"))


def _trial(told: FinishedTrial) -> TrialRecord:
    result = told.result
    return TrialRecord(
        number=result.number,
        state=result.state,
        reason=result.reason,
        params=dict(told.params),
        value=result.value,
        last=result.last,
        epochs=result.epochs,
        fold_scores=result.fold_scores,
    )


def _cv(told: FinishedTrial) -> dict[str, Any]:
    return {"params": dict(told.params), "cv_mean": told.result.value, "cv_std": told.result.cv_std}
