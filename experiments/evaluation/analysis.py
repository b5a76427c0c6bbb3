"""The analysis of a finished search, from development rows alone: a pure function of the study and its data.

The workers compute all that depends on last bits, since they share one BLAS kernel.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from experiments.config.documents import rounded
from experiments.data.table import Table
from experiments.errors import StudyStateError
from experiments.evaluation.assemble import best_of, default_of
from experiments.evaluation.diagnostics import CLASSES, predictions
from experiments.evaluation.final_folds import FinalModels
from experiments.evaluation.hyperparameter_importance import importances
from experiments.evaluation.reasons import (
    LeftOut,
    NetworkDiverged,
    NoDefaultScore,
    NoProbabilities,
    RowsInTimeOrder,
    TooManyClasses,
)
from experiments.evaluation.records import (
    AnalysisRecord,
    MistakeRecord,
    OutOfFoldRecord,
    PictureRecord,
    UncertaintyRecord,
)
from experiments.evaluation.selection_bias import selection
from experiments.evaluation.uncertainty import Development, uncertainty_of, units_of
from experiments.evaluation.validation_rows import validation_rows
from experiments.search.context import StudyContext
from experiments.search.executors.base import Executor
from experiments.search.inputs import Inputs
from experiments.search.storage import OutOfFoldFiles
from experiments.search.trial import FinishedTrial


def analyse(
    study: StudyContext,
    trials: Sequence[FinishedTrial],
    files: OutOfFoldFiles,
    inputs: Inputs,
    executor: Executor,
) -> AnalysisRecord:
    """Analyse a search beyond its scores. Each part is a record, or the reason why it is left out.

    The corrected score is of single networks, as the search compared them. Predictions and permutation importance are
    of the final model.

    Args:
        trials:   the finished trials, at least one of them COMPLETE.
        files:  out-of-fold outputs of every COMPLETE trial.
        inputs: the folds by preprocessing.

    Raises:
        StudyStateError: a file is lost.
        ExecutorError:   a task was given up.
    """
    data, metric = study.data, study.spec.cv.metric
    best, default, table = best_of(trials), default_of(trials), data.development.table
    validated = validation_rows(data.development, data.folds)
    complete = [trial for trial in trials if trial.result.state == "COMPLETE"]
    shared = [executor.share(_content(files, trial)) for trial in complete]
    models = FinalModels(study, best, default, inputs, executor)
    choosing = None  # a bootstrap of single rows says nothing where they are in a time order
    if table.time is None:
        at, zero = complete.index(best), None if default is None else 0
        choosing = executor.submit(selection, shared, metric, data.target, validated, at, zero)
    found = models.out_of_fold({trial.result.number: content for trial, content in zip(complete, shared, strict=True)})
    uncertain: UncertaintyRecord | NetworkDiverged = NetworkDiverged()
    predicting = None
    if not isinstance(found, NetworkDiverged):
        rows = Development(validated, data.target, units_of(table))
        uncertain, (winner, _) = executor.submit(uncertainty_of, *found, rows).result(), found
        predicting = executor.submit(predictions, winner, validated, data.target, uncertain.temperature)
    parts: dict[str, Any] = {
        "importances": importances(trials, study.space),
        "permutation": models.permutation,
        "selection": RowsInTimeOrder() if choosing is None else choosing.result(),
        "out_of_fold": NetworkDiverged() if predicting is None else _with_pictures(predicting.result(), table),
        "uncertainty": uncertain,
    }
    left_out = {name: part for name, part in parts.items() if isinstance(part, LeftOut)}
    records = {name: part for name, part in parts.items() if name not in left_out}
    if default is None and "selection" in records:
        left_out["floor"] = NoDefaultScore()
    if predicted := records.get("out_of_fold"):
        records["out_of_fold"] = replace(predicted, **models.scores)
        if data.target.classes and predicted.confusion is None:
            left_out["confusion"] = TooManyClasses(limit=CLASSES)
        if data.target.classes and predicted.calibration is None:
            left_out["calibration"] = NoProbabilities()
    return rounded(AnalysisRecord(**records, left_out=left_out))


def _content(files: OutOfFoldFiles, trial: FinishedTrial) -> bytes:
    content = files.content(trial.result)
    if content is None:
        raise StudyStateError(
            f"trial {trial.result.number}: its out-of-fold outputs were lost while the study ran; the same command "
            "computes them again."
        )
    return content


def _with_pictures(predicted: OutOfFoldRecord, table: Table) -> OutOfFoldRecord:
    """Give each mistake its picture, and its row the number in the data."""

    def complete(mistake: MistakeRecord) -> MistakeRecord:
        row = mistake.row if table.numbers is None else int(table.numbers[mistake.row])
        return replace(mistake, row=row, picture=picture_of(table, mistake.row))

    return replace(predicted, mistakes=tuple(map(complete, predicted.mistakes)))


def picture_of(table: Table, row: int) -> PictureRecord | None:
    """Return a row as a picture; None where rows are none."""
    if table.picture is None or table.pixel_range is None or not isinstance(table.features, np.ndarray):
        return None
    pixels = np.clip(table.features[row].astype(np.float64) / table.pixel_range * 255, 0, 255).round().astype(np.uint8)
    height, width, *colour = table.picture
    return PictureRecord(
        width=width, height=height, colour=bool(colour), pixels=base64.b64encode(pixels.tobytes()).decode()
    )
