"""The analysis of a finished search, from development rows alone: a pure function of the study and its data.

The workers compute all that depends on last bits, since they share one BLAS kernel.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from experiments.config.documents import rounded
from experiments.data.table import Table
from experiments.evaluation.analysis.choice import Choice
from experiments.evaluation.analysis.diagnostics import CLASSES, predictions
from experiments.evaluation.analysis.final_folds import FinalModels
from experiments.evaluation.analysis.hyperparameter_importance import importances
from experiments.evaluation.analysis.roc import roc_of
from experiments.evaluation.analysis.row_values import mistake_values
from experiments.evaluation.analysis.tested_trials import default_of
from experiments.evaluation.records.analysis_record import (
    AnalysisRecord,
    MistakeRecord,
    OutOfFoldRecord,
    PictureRecord,
    UncertaintyRecord,
)
from experiments.evaluation.records.reasons import (
    LeftOut,
    NetworkDiverged,
    NoDefaultScore,
    NoProbabilities,
    TooManyClasses,
)
from experiments.evaluation.uncertainty.of_predictions import Development, uncertainty_of, units_of
from experiments.search.context import StudyContext
from experiments.search.executors.base import Executor
from experiments.search.inputs import Inputs
from experiments.search.trial import FinishedTrial


def analyse(
    study: StudyContext,
    trials: Sequence[FinishedTrial],
    choice: Choice,
    inputs: Inputs,
    executor: Executor,
    meanwhile: Callable[[], None] | None = None,
) -> AnalysisRecord:
    """Analyse a search beyond its scores. Each part is a record, or the reason why it is left out.

    The corrected score is of single networks, as the search compared them. Predictions and permutation importance are
    of the final model.

    Args:
        trials:    the finished trials, at least one of them COMPLETE.
        choice:    the choice of the winner among them.
        inputs:    the folds by preprocessing.
        meanwhile: other work of this process, which is done while the workers train.

    Raises:
        ExecutorError: a task was given up.
    """
    data, winner, table = study.data, choice.winner, study.data.development.table
    default = default_of(trials)
    models = FinalModels(study, winner, default, inputs, executor)
    if meanwhile is not None:
        meanwhile()
    found = models.out_of_fold(choice.contents, choice.validated)
    uncertain: UncertaintyRecord | NetworkDiverged = NetworkDiverged()
    predicting = curve = None
    if not isinstance(found, NetworkDiverged):
        rows = Development(choice.validated, data.target, units_of(table))
        uncertain, (outputs, _) = executor.submit(uncertainty_of, *found, rows).result(), found
        predicting = executor.submit(predictions, outputs, choice.validated, data.target, uncertain.temperature)
        if len(data.target.classes) == 2 and len(np.unique(choice.validated.y)) == 2:
            curve = executor.submit(roc_of, outputs, choice.validated, uncertain.temperature)
    parts: dict[str, Any] = {
        "importances": importances(trials, study.space),
        "permutation": models.permutation,
        "selection": choice.selection,
        "smallest": choice.smallest,
        "out_of_fold": NetworkDiverged() if predicting is None else predicting.result(),
        "uncertainty": uncertain,
    }
    left_out = {name: part for name, part in parts.items() if isinstance(part, LeftOut)}
    records = {name: part for name, part in parts.items() if name not in left_out}
    if default is None and "selection" in records:
        left_out["floor"] = NoDefaultScore()
    if predicted := records.get("out_of_fold"):
        worst = [mistake.row for mistake in predicted.mistakes]
        records["out_of_fold"] = replace(_with_pictures(predicted, table), **models.scores)
        records["mistake_values"] = mistake_values(table, worst, records.get("permutation"))
        records["roc"] = None if curve is None else curve.result()
        if data.target.classes and predicted.confusion is None:
            left_out["confusion"] = TooManyClasses(limit=CLASSES)
        if data.target.classes and predicted.calibration is None:
            left_out["calibration"] = NoProbabilities()
    return rounded(AnalysisRecord(**records, left_out=left_out))


def _with_pictures(predicted: OutOfFoldRecord, table: Table) -> OutOfFoldRecord:
    """Give each mistake its picture, and its row the number in the data."""

    def complete(mistake: MistakeRecord) -> MistakeRecord:
        row = int(table.positions[mistake.row])
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
