"""What a study says beyond its scores, all of it from development rows: the part `analysis` of results.json.

Nothing here reads a test row. What could not be had stands under its name in `left_out`, with the reason.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from experiments.evaluation.reasons import LeftOutReason
from experiments.evaluation.record import Record

Counts = tuple[tuple[int, ...], ...]  # (classes, classes) rows of each true class (first axis) by predicted class


class SelectionRecord(Record):
    """The winner's score, corrected for having been chosen, by a bootstrap over out-of-fold predictions (BBC-CV).

    configurations: COMPLETE trials that were compared, each at its best epoch, a choice that is not corrected for.
    rows:           that were predicted out of fold.
    pooled:         the winner's score over all these rows at once, optimistic; where folds differ in size or the metric
                    is no mean over rows, it is not the mean over the folds.
    corrected:      mean over draws of the score, on rows not drawn, of whoever is best on the drawn ones.
    ci95:           quantiles of the same; it holds for the choice among these configurations on rows like these.
    optimism:       pooled - corrected.
    gain:           pooled less the default's score over the same rows. None where the default came to no score.
    floor:          what the best of as many configurations would seem to gain over the default on rows like these
                    if none were better: the mean over draws. None with `gain`.
    floor95:        its 0.95 quantile.
    draws:          number of bootstrap draws that have a score.
    method:         BBC-CV, and what it drew.
    detail:         the method in the words of an older version, with "as_written".
    """

    configurations: int
    rows: int
    pooled: float
    corrected: float
    ci95: tuple[float, float]
    optimism: float
    gain: float | None = None
    floor: float | None
    floor95: float | None
    draws: int
    method: Literal["bbc_cv_rows", "bbc_cv_groups", "as_written"]
    detail: str = ""


class CalibrationBin(Record):
    """Rows whose predicted class had a probability in [low, high): their mean, and how many were right."""

    low: float
    high: float
    rows: int
    confidence: float
    accuracy: float


class CalibrationRecord(Record):
    """error: expected calibration error, the mean over rows of |confidence - accuracy| of their bin."""

    bins: tuple[CalibrationBin, ...]
    error: float


class PictureRecord(Record):
    """8-bit pixels, rows from the top, as base64; three a pixel in colour."""

    width: int
    height: int
    colour: bool
    pixels: str


class MistakeRecord(Record):
    """A development row that the winner got most wrong.

    row:         its number in the data, from 0.
    fold:        in whose validation rows it was.
    probability: of the predicted class; None for a number, and of outputs that are no probabilities.
    loss:        by which mistakes are ordered: nats; of outputs that are no probabilities by how much the predicted
                 class's exceeds the true one's; of a number the absolute error in the target's units.
    """

    row: int
    fold: int
    truth: str
    predicted: str
    probability: float | None
    loss: float
    picture: PictureRecord | None


class OutOfFoldRecord(Record):
    """The winner's predictions of development rows by networks that did not train on them.

    rows:   predictions; a row of repeated folds counts each time.
    points: (truth, prediction) of a number, of at most 500 rows, spread over the data.
    """

    rows: int
    confusion: Counts | None
    calibration: CalibrationRecord | None
    mistakes: tuple[MistakeRecord, ...]
    points: tuple[tuple[float, float], ...]


class ImportanceRecord(Record):
    """How much each parameter tells the better COMPLETE trials from all, by an evaluator of Optuna's.

    better: share of the trials that count as the better ones; None where it is not known.
    detail: the evaluator in the words of an older version, with "as_written".
    values: shares that sum to 1 but for rounding, the largest first.
    """

    evaluator: Literal["ped_anova", "as_written"]
    better: float | None = None
    detail: str = ""
    values: dict[str, float]


class PermutedColumn(Record):
    """How much the score falls when the column is shuffled.

    position:  of the column in the data, from 0; of pixels row by row from the top, in colour red, green, blue.
    drop:      mean over the repeats.
    deviation: standard deviation over the repeats; None where there is one.
    """

    name: str
    position: int
    drop: float
    deviation: float | None


class PermutationRecord(Record):
    """Permutation importance of the winner on out-of-fold rows.

    rows:     that were predicted, of all folds together.
    baseline: mean over the folds of the score of these rows as they are.
    columns:  the largest drop first.
    """

    metric: str
    rows: int
    repeats: int
    baseline: float
    columns: tuple[PermutedColumn, ...]


class AnalysisRecord(Record):
    """Each part, or under its name in `left_out` why it is not there; so too a part's floor, confusion, calibration."""

    selection: SelectionRecord | None = None
    out_of_fold: OutOfFoldRecord | None = None
    importances: ImportanceRecord | None = None
    permutation: PermutationRecord | None = None
    left_out: dict[str, LeftOutReason] = Field(default_factory=dict)
