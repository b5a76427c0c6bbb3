"""The results of a study beyond its scores, from development rows: the parts `final` and `analysis` of results.json.

No test row enters them. A missing part of the analysis stands under its name in `left_out`, with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from experiments.evaluation.records.reasons import LeftOut
from experiments.evaluation.records.roc_record import RocRecord

Units = Literal["rows", "groups", "rows_in_time_order"]
SmallestMethod = Literal["paired_bootstrap_rows", "paired_bootstrap_groups", "corrected_folds"]
Counts = tuple[tuple[int, ...], ...]  # (classes, classes) rows of each true class (first axis) by predicted class


@dataclass(frozen=True, kw_only=True)
class FinalRecord:
    """The final model, and that of the default, which is trained alike.

    members:        number of networks, whose mean is the model.
    epochs:         epochs for which the winner's networks are trained.
    default_epochs: the same of the default; None where it has no score.
    """

    members: int
    epochs: int
    default_epochs: int | None


@dataclass(frozen=True, kw_only=True)
class SelectionRecord:
    """The winner's score, corrected for having been chosen, by a bootstrap over out-of-fold predictions (BBC-CV).

    configurations: number of COMPLETE trials, each at its best epoch; the choice of that epoch is not corrected for.
    rows:           number of rows with out-of-fold predictions.
    pooled:         the winner's score over all these rows at once, optimistic; where folds differ in size or the metric
                    is no mean over rows, it is not the mean over the folds.
    corrected:      mean over the draws of the score, on the rows not drawn, of the best trial on the rows drawn.
    ci95:           quantiles of the same scores; it holds for the choice among these configurations on such rows.
    optimism:       pooled - corrected.
    gain:           pooled less the default's score over the same rows. None where the default has no score.
    floor:          apparent gain of the best of as many configurations over the default on such rows, if none were
                    better: the mean over draws. None with `gain`.
    floor95:        its 0.95 quantile.
    draws:          number of bootstrap draws that have a score.
    method:         BBC-CV, and the units that it drew.
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


@dataclass(frozen=True, kw_only=True)
class NetworkSize:
    """A COMPLETE trial's network, and its distance from the best selection score.

    parameters: number of trained parameters of one network, for the inputs that all development rows give.
    products:   number of multiplications and additions with which one network predicts a row; the time that it takes is
                nearly proportional to them, except of small networks.
    behind:     best selection score less the trial's.
    error:      standard error of that difference.
    """

    trial: int
    parameters: int
    products: int
    behind: float
    error: float


@dataclass(frozen=True, kw_only=True)
class SmallestRecord:
    """The smallest network whose selection score is within one standard error of the best; outside the digest.

    best:     number of the trial with the best selection score.
    trial:    number of the first in that order that is at most one standard error behind; it may be the best itself.
    networks: every COMPLETE trial, the smallest network first, of equally small ones the best score, then the earliest.
    method:   the standard error of a difference: of draws of rows or groups that both trials predicted, or of the
              folds, corrected for the training rows that they share.
    draws:    number of draws; None of folds.
    """

    best: int
    trial: int
    networks: tuple[NetworkSize, ...]
    method: SmallestMethod
    draws: int | None


@dataclass(frozen=True, kw_only=True)
class CalibrationBin:
    """Predictions whose class had a probability in [low, high): their mean probability, and the share of hits."""

    low: float
    high: float
    rows: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, kw_only=True)
class CalibrationRecord:
    """The agreement of predicted probabilities with the shares of hits.

    error: expected calibration error, the mean over predictions of |confidence - accuracy| of their bin.
    """

    bins: tuple[CalibrationBin, ...]
    error: float


@dataclass(frozen=True, kw_only=True)
class PictureRecord:
    """8-bit pixels, rows from the top, as base64; three a pixel in colour."""

    width: int
    height: int
    colour: bool
    pixels: str


@dataclass(frozen=True, kw_only=True)
class MistakeRecord:
    """A development row that the winner got most wrong.

    row:         its number in the data, from 0.
    fold:        fold whose validation rows it was among.
    probability: probability of the predicted class; None for a number, and of outputs that are no probabilities.
    loss:        the order of the mistakes: nats; of outputs that are no probabilities the excess of the predicted
                 class's output over the true one's; of a number the absolute error in the target's units.
    """

    row: int
    fold: int
    truth: str
    predicted: str
    probability: float | None
    loss: float
    picture: PictureRecord | None


@dataclass(frozen=True, kw_only=True)
class OutOfFoldRecord:
    """The winner's predictions of development rows by networks that did not train on them.

    members:       number of networks of a fold, whose mean predicts; as many as the final model has.
    score:         mean score of these predictions over the folds; None for a single network, which has the selection
                   score.
    default_score: the same of the default's predictions; None where it has no score or a network of it diverged.
    rows:          number of predictions; a row of repeated folds counts each time.
    confusion:     None of a number, and of too many classes.
    calibration:   of probabilities at the model's temperature, for each fold fitted on the others, if it is kept; so
                   are the probability and the loss of a mistake.
    points:        (truth, prediction) of a number, of at most 500 rows, spread over the data.
    """

    members: int = 1
    score: float | None = None
    default_score: float | None = None
    rows: int
    confusion: Counts | None
    calibration: CalibrationRecord | None
    mistakes: tuple[MistakeRecord, ...]
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, kw_only=True)
class MistakeValues:
    """Cells of the rows with the worst predictions; outside the digest.

    columns: names of a few columns, the most important first.
    rows:    texts of the cells in these columns, a row for each mistake.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class ImportanceRecord:
    """The share of each parameter in separating the better trials from all, by an evaluator of Optuna's.

    evaluator: "ped_anova_pruned", where pruned trials are among the others; "ped_anova", where all were complete.
    better: share of the trials that count as the better ones; None where it is not known.
    detail: the evaluator in the words of an older version, with "as_written".
    values: shares that sum to 1 but for rounding, the largest first.
    by_luck: 0.95 quantile of the largest share where the scores are dealt out to the trials at random; absent in older
             results, and outside the digest.
    """

    evaluator: Literal["ped_anova_pruned", "ped_anova", "as_written"]
    better: float | None = None
    detail: str = ""
    values: dict[str, float]
    by_luck: float | None = None


@dataclass(frozen=True, kw_only=True)
class PermutedColumn:
    """The fall of the score when a column is shuffled.

    position:  of the column in the data, from 0; of pixels row by row from the top, in colour red, green, blue.
    drop:      mean over the repeats.
    deviation: standard deviation over the repeats; None of a single repeat.
    """

    name: str
    position: int
    drop: float
    deviation: float | None


@dataclass(frozen=True, kw_only=True)
class PermutationRecord:
    """Permutation importance of the winner on out-of-fold rows.

    members:  number of networks of a fold, whose mean predicts.
    rows:     number of rows that were predicted, of all folds together.
    baseline: mean over the folds of the score of these rows as they are.
    columns:  the largest drop first.
    """

    metric: str
    members: int = 1
    rows: int
    repeats: int
    baseline: float
    columns: tuple[PermutedColumn, ...]


@dataclass(frozen=True, kw_only=True)
class TemperatureRecord:
    """The temperature that a model's logits are divided by, and the out-of-fold log loss that decided about it.

    value:          the temperature of the model: fitted on all folds if it is kept, else 1.
    of_folds:       temperature of each fold, fitted on the others.
    loss:           mean log loss of the logits as they are, in nats.
    scaled_loss:    the same of each fold's logits at the fold's temperature.
    gain:           loss - scaled_loss.
    standard_error: of the gain, over rows, or groups of rows, or the folds of rows in a time order.
    kept:           whether the gain exceeds its standard error.
    """

    value: float
    kept: bool
    of_folds: tuple[float, ...]
    loss: float
    scaled_loss: float
    gain: float
    standard_error: float | None


@dataclass(frozen=True, kw_only=True)
class CoverageRecord:
    """The intervals or sets of a level, each fold's with the quantile of the other folds.

    coverage: share of out-of-fold predictions whose interval or set holds the truth; a unit counts once.
    size:     mean half width in the unit of the quantiles, or mean number of classes of a set.
    """

    level: float
    coverage: float
    size: float


@dataclass(frozen=True, kw_only=True)
class UncertaintyRecord:
    """The winner's temperature, and the quantiles from which its intervals or sets of new rows are made.

    score:     the errors that have these quantiles: |truth - prediction| in the target's unit, the same of the
               logarithms, or 1 - probability of the true class.
    units:     number of rows with out-of-fold predictions, or of groups of rows.
    by:        the units; rows in a time order depend on each other, but count alike.
    quantiles: level -> the quantile that as large a share of new rows' errors should not exceed; a level for which
               there are too few units is missing.
    checks:    what intervals or sets of a few levels come to, out of fold.
    temperature, default_temperature: None of a number, and of outputs that are no probabilities; that of the default
               also where it has no score or a network of it diverged.
    """

    score: Literal["error", "error_of_logarithm", "missing_probability"]
    units: int
    by: Units
    quantiles: dict[str, float]
    checks: tuple[CoverageRecord, ...]
    temperature: TemperatureRecord | None
    default_temperature: TemperatureRecord | None


@dataclass(frozen=True, kw_only=True)
class AnalysisRecord:
    """The parts of the analysis.

    roc:            None of a number, of another number of classes than two, and in older results.
    mistake_values: None where rows are pictures or pixels, and in older results.
    left_out:       reasons for the parts that are missing, and for a part's missing floor, confusion or calibration.
    """

    selection: SelectionRecord | None = None
    out_of_fold: OutOfFoldRecord | None = None
    uncertainty: UncertaintyRecord | None = None
    importances: ImportanceRecord | None = None
    permutation: PermutationRecord | None = None
    smallest: SmallestRecord | None = None
    roc: RocRecord | None = None
    mistake_values: MistakeValues | None = None
    left_out: dict[str, LeftOut] = field(default_factory=dict)
