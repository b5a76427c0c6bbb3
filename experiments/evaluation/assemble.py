"""The StudyResult of a finished study, put together from its parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.data.hints.chosen_with import TOO_GOOD
from experiments.data.prepare import StudyData
from experiments.data.splits.copies import Copies
from experiments.data.table import Kind, Table, TableReading
from experiments.evaluation.analysis.tested_trials import default_of, winner_of
from experiments.evaluation.final_model.refit import refit_task
from experiments.evaluation.records.analysis_record import AnalysisRecord, FinalRecord
from experiments.evaluation.records.report_record import report_record
from experiments.evaluation.records.results import (
    BestRecord,
    ColumnCounts,
    ColumnRecord,
    DataRecord,
    DefaultRecord,
    FinalScore,
    LedgerRecord,
    LeftOutColumn,
    MissingCounts,
    ReadingRecord,
    StudyResult,
    TrialRecord,
    WorkerFailure,
)
from experiments.evaluation.records.split_record import CopiesRecord, HoldoutRecord, Origin, SplitRecord
from experiments.evaluation.statistics.expanded_interval import even_units
from experiments.search.context import StudyContext
from experiments.search.trial import INTERVENTIONS, FinishedTrial


def best_record(trial: FinishedTrial) -> BestRecord:
    """Record the trial whose configuration is kept."""
    result = trial.result
    return BestRecord(number=result.number, epochs=result.epochs, fold_scores=result.fold_scores, **_cv(trial))


def assemble(
    study: StudyContext,
    trials: Sequence[FinishedTrial],
    test: FinalScore | None,
    ledger: LedgerRecord | None,
    provenance: dict[str, Any],
    timing: dict[str, float],
    analysis: AnalysisRecord | None = None,
) -> StudyResult:
    """Put together the result of a study whose trials have all finished."""
    spec, data, best, default = study.spec, study.data, winner_of(study, trials, analysis), default_of(trials)
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
            columns=_columns(data.development.table.kinds),
            missing=_missing(data.development.table),
        ),
        split=SplitRecord(
            development=len(data.development.y),
            test=len(data.test),
            test_fingerprint=data.test.fingerprint,
            folds_fingerprint=data.folds.fingerprint,
        ),
        trials=tuple(_trial(trial) for trial in trials),
        interventions=tuple(
            WorkerFailure(trial=trial.result.number, kind=kind)
            for trial in trials
            for kind in INTERVENTIONS
            if kind == trial.result.reason
        ),
        default=None if default is None else DefaultRecord(number=0, **_cv(default)),
        best=best_record(best),
        final=FinalRecord(
            members=spec.final.members,
            epochs=refit_task(study, best).epochs,
            default_epochs=None if default is None else refit_task(study, default).epochs,
        ),
        test=test,
        analysis=analysis,
        reading=_reading(data),
        copies=_copies(data.copies),
        holdout=_holdout(data, nested=spec.cv.outer is not None),
        report=report_record(spec.report),
        ledger=ledger,
        provenance=provenance,
        timing=timing,
    )


def _columns(kinds: Sequence[Kind]) -> ColumnCounts:
    return ColumnCounts(number=kinds.count("number"), category=kinds.count("category"), pixel=kinds.count("pixel"))


def _missing(table: Table) -> MissingCounts:
    """Count the columns with missing cells; an array of numbers or pixels has none."""
    if isinstance(table.features, np.ndarray):
        return MissingCounts(number=0, category=0)
    holes = [kind for kind, hole in zip(table.kinds, table.features.isna().any(), strict=True) if hole]
    return MissingCounts(number=holes.count("number"), category=holes.count("category"))


def _reading(data: StudyData) -> ReadingRecord | None:
    """Record how a table was read, and what of it is not used; None of pixels that nothing was decided about.

    Of pixels as well it is recorded that their test score may be too good.
    """
    reading, table = data.reading, data.development.table
    if reading is None and set(table.kinds) == {"pixel"}:
        notes = tuple(note for note in data.notes if note.endswith(TOO_GOOD))
        return ReadingRecord(notes=notes) if notes else None
    reading = reading or TableReading(tuple(zip(table.columns, table.kinds, strict=True)))
    missing = np.zeros(len(table.columns), int)
    if not isinstance(table.features, np.ndarray):
        missing = table.features.isna().to_numpy().sum(axis=0)
    return ReadingRecord(
        target=table.target_name,
        columns=tuple(
            ColumnRecord(name=name, kind=kind, format=reading.formats.get(name, ""), missing=int(holes))
            for (name, kind), holes in zip(reading.columns, missing, strict=True)
        ),
        left_out=tuple(LeftOutColumn(name=one.name, reason=one.reason) for one in reading.left_out),
        no_target=reading.no_target,
        dropped=sum(reading.dropped.values()),
        unread=reading.unread,
        large=reading.large,
        notes=(*reading.notes, *data.notes),
    )


def _copies(copies: Copies | None) -> CopiesRecord:
    """Record the copies; rows that are equal by chance are none."""
    if copies is None:
        return CopiesRecord(rows=0, split="free")
    return CopiesRecord(rows=copies.rows, split=copies.split, test=copies.test)


def _holdout(data: StudyData, nested: bool) -> HoldoutRecord:
    """Record where the test rows come from, and the groups; in nested cross-validation every row is a test row."""
    table = data.development.table
    tested = table.groups if nested or table.groups is None else data.test.groups
    split: Origin = "own" if data.own_test else "drawn" if table.time is None else "last"
    return HoldoutRecord(
        origin="outer_folds" if nested else split,
        development_groups=None if tested is None else _groups(table.groups),
        test_groups=_groups(tested),
        even_test_groups=None if tested is None else even_units(np.unique(tested, return_counts=True)[1]),
    )


def _groups(groups: NDArray[Any] | None) -> int | None:
    return None if groups is None else len(np.unique(groups))


def _trial(trial: FinishedTrial) -> TrialRecord:
    result = trial.result
    return TrialRecord(
        number=result.number,
        state=result.state,
        reason=result.reason,
        params=dict(trial.params),
        value=result.value,
        last=result.last,
        epochs=result.epochs,
        fold_scores=result.fold_scores,
    )


def _cv(trial: FinishedTrial) -> dict[str, Any]:
    return {"params": dict(trial.params), "cv_mean": trial.result.value, "cv_std": trial.result.cv_std}
