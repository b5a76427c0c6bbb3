"""The analysis of a finished search, of development rows alone: a pure function of the study and its data.

Whatever depends on last bits is computed by the workers, which all have one BLAS kernel.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.config.spec import StudySpec
from experiments.data.prepare import StudyData
from experiments.data.splits import DevelopmentSet
from experiments.errors import StudyStateError
from experiments.evaluation.assemble import best_of, default_of
from experiments.evaluation.diagnostics import CLASSES, Mistake, Predictions, predictions
from experiments.evaluation.hyperparameter_importance import importances
from experiments.evaluation.permutation_importance import permutation
from experiments.evaluation.reasons import (
    BootstrapTooSlow,
    LeftOut,
    NoDefaultScore,
    NoProbabilities,
    RowsInTimeOrder,
    TooFewDraws,
    TooManyClasses,
)
from experiments.evaluation.record import Record
from experiments.evaluation.records import (
    AnalysisRecord,
    CalibrationRecord,
    MistakeRecord,
    OutOfFoldRecord,
    PictureRecord,
    SelectionRecord,
)
from experiments.evaluation.resampling import TooSlow
from experiments.evaluation.selection_bias import Selection, TooFewScores, selection
from experiments.search.context import StudyContext
from experiments.search.executors.base import Executor
from experiments.search.inputs import Inputs
from experiments.search.storage import OutOfFoldFiles
from experiments.search.trial import FinishedTrial, Shared
from nnet.arrays import Targets


@dataclass(frozen=True)
class Validated:
    """The predictions that out-of-fold outputs are of, fold after fold.

    rows:  (P,) which development row each is of.
    folds: (P,) in whose validation rows it was.
    y:     (P,) its truth.
    units: (P,) which of them belong together: those of a row, or of a group.
    """

    rows: NDArray[np.intp]
    folds: NDArray[np.intp]
    y: Targets
    units: NDArray[np.intp]


def validated(data: StudyData) -> Validated:
    """What every trial of the study predicted."""
    parts = [validation for _, validation in data.folds.pairs]
    rows, groups = np.concatenate(parts), data.development.table.groups
    _, units = np.unique(rows if groups is None else groups[rows], return_inverse=True)
    folds = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    return Validated(rows, folds, data.development.y[rows], units)


def analyse(
    study: StudyContext,
    told: Sequence[FinishedTrial],
    files: OutOfFoldFiles,
    inputs: Inputs,
    executor: Executor,
) -> AnalysisRecord:
    """What a search found, beyond its scores. A part is a record, or the reason why it was left out.

    Args:
        told:   of which one at least is COMPLETE.
        files:  of every COMPLETE trial's outputs.
        inputs: the folds by preprocessing.

    Raises:
        StudyStateError: a file is lost.
        ExecutorError:   a task was given up.
    """
    spec, space, data = study.spec, study.space, study.data
    best, of_rows = best_of(told), validated(data)
    complete = [one for one in told if one.result.state == "COMPLETE"]
    shared = [executor.share(_content(files, one)) for one in complete]
    winner, default = complete.index(best), None if default_of(told) is None else 0
    chosen = _selection(spec, data, of_rows, shared, winner, default, executor)
    predicted = executor.submit(
        predictions,
        shared[winner],
        of_rows.y,
        of_rows.rows,
        data.target,
        space.candidate(best.params).training.loss.endswith("cross_entropy"),
    )
    permuted = permutation(spec, space, data, best, inputs, executor)
    parts: dict[str, Record | LeftOut] = {
        "importances": importances(told, space),
        "permutation": permuted,
        "selection": RowsInTimeOrder() if chosen is None else _selection_record(chosen.result(), of_rows),
        "out_of_fold": _out_of_fold_record(predicted.result(), data.development, of_rows),
    }
    there = {name: part for name, part in parts.items() if not isinstance(part, LeftOut)}
    left_out = {name: part for name, part in parts.items() if isinstance(part, LeftOut)}
    if default is None and "selection" in there:
        left_out["floor"] = NoDefaultScore()
    if data.target.classes:
        left_out |= _left_out_of_classes(predicted.result())
    return AnalysisRecord.model_validate({**there, "left_out": left_out})


def _content(files: OutOfFoldFiles, told: FinishedTrial) -> bytes:
    content = files.content(told.result)
    if content is None:
        raise StudyStateError(
            f"trial {told.result.number}: its out-of-fold outputs were lost while the study ran; the same command "
            "computes them again."
        )
    return content


def _selection(
    spec: StudySpec,
    data: StudyData,
    of_rows: Validated,
    shared: Sequence[Shared],
    winner: int,
    default: int | None,
    executor: Executor,
) -> Future[Selection | TooSlow | TooFewScores] | None:
    """Submit the bootstrap; None where rows are in a time order, of which it says nothing."""
    if data.development.table.time is not None:
        return None
    return executor.submit(selection, shared, spec.cv.metric, data.target, of_rows.y, of_rows.units, winner, default)


def _selection_record(
    found: Selection | TooSlow | TooFewScores, of_rows: Validated
) -> SelectionRecord | BootstrapTooSlow | TooFewDraws:
    if isinstance(found, TooSlow):
        return BootstrapTooSlow(**asdict(found))
    if isinstance(found, TooFewScores):
        return TooFewDraws(**asdict(found))
    rows = len(np.unique(of_rows.rows))
    alone = len(np.unique(of_rows.units)) == rows
    return SelectionRecord(**asdict(found), rows=rows, method="bbc_cv_rows" if alone else "bbc_cv_groups")


def _out_of_fold_record(found: Predictions, development: DevelopmentSet, of_rows: Validated) -> OutOfFoldRecord:
    return OutOfFoldRecord(
        rows=len(of_rows.rows),
        confusion=found.confusion,
        calibration=None if found.calibration is None else CalibrationRecord.model_validate(asdict(found.calibration)),
        mistakes=tuple(_mistake_record(one, development, of_rows) for one in found.mistakes),
        points=found.points,
    )


def _left_out_of_classes(found: Predictions) -> dict[str, LeftOut]:
    confusion: dict[str, LeftOut] = {} if found.confusion else {"confusion": TooManyClasses(limit=CLASSES)}
    return confusion if found.calibration else {**confusion, "calibration": NoProbabilities()}


def _mistake_record(mistake: Mistake, development: DevelopmentSet, of_rows: Validated) -> MistakeRecord:
    row, classes, numbers = int(of_rows.rows[mistake.at]), development.target.classes, development.table.numbers
    truth, predicted = (
        classes[int(value)] if classes else f"{value:.6g}" for value in (mistake.truth, mistake.predicted)
    )
    return MistakeRecord(
        row=row if numbers is None else int(numbers[row]),
        fold=int(of_rows.folds[mistake.at]),
        truth=truth,
        predicted=predicted,
        probability=mistake.probability,
        loss=mistake.loss,
        picture=_picture_record(development, row),
    )


def _picture_record(development: DevelopmentSet, row: int) -> PictureRecord | None:
    table = development.table
    if table.picture is None or table.pixel_range is None or not isinstance(table.features, np.ndarray):
        return None
    pixels = np.clip(table.features[row].astype(np.float64) / table.pixel_range * 255, 0, 255).round().astype(np.uint8)
    height, width, *colour = table.picture
    return PictureRecord(
        width=width, height=height, colour=bool(colour), pixels=base64.b64encode(pixels.tobytes()).decode()
    )
