"""The winner's errors: on development rows by networks that had not trained on them, and on the test rows."""

from __future__ import annotations

import math
from collections.abc import Sequence

from experiments.evaluation.final_model.final_kind import default_won, holds_default
from experiments.evaluation.records.analysis_record import CalibrationRecord, Counts, OutOfFoldRecord
from experiments.evaluation.records.results import StudyResult
from experiments.reports.blocks import (
    Block,
    Column,
    Fact,
    Figures,
    Heading,
    Picture,
    Row,
    Section,
    Strong,
    Table,
    Words,
    counted,
    number,
    sentence,
    text,
)
from experiments.reports.metrics import Scores, label_of_class, metric_of
from experiments.reports.plots.matrix import NAMED, confusion
from experiments.reports.plots.predictions import calibration, residuals, scatter
from experiments.reports.sections.class_scores import class_scores
from experiments.reports.sections.omitted import left_out
from experiments.reports.sections.worst_predictions import worst_predictions
from experiments.reports.split import repeats
from nnet.ordered_sums import ordered_sum

MOST_PAIRS = 10
CONFUSION = "analysis.out_of_fold.confusion"
ALT = "Confusion matrix: true classes in rows, predicted classes in columns"
OUT_OF_FOLD = (
    "Confusion matrix of {}: development rows, predicted by networks that had not trained on them. Colour is "
    "the share of the true class; errors have a stronger scale."
)
CALIBRATION = (
    "Share of correct predictions by the probability of the predicted class, on development rows; below, their number. "
    "Below the dashed line the network is overconfident. Expected calibration error: {}; chance alone makes it "
    "about {} where probabilities are right, on as many rows."
)
SCATTER = (
    "Predicted by true value, for {} of {} out-of-fold predictions, spread over the data. Points above the dashed line "
    "are predicted too high."
)
RESIDUALS = (
    "True less predicted value, by predicted value, for the same rows. Points evenly around the dashed line are as it "
    "should be; a curve shows where the model is off, a funnel where it is less sure."
)


def errors(result: StudyResult) -> Section | None:
    """Show confusion, calibration and the worst predictions; None where all are unknown."""
    predictions = result.analysed.out_of_fold
    blocks: list[Block] = _models(result, predictions)
    blocks += _confusions(result, predictions)
    if predictions is not None:
        blocks += [
            *class_scores(result),
            *_predictions(predictions, repeats(result)),
            *worst_predictions(result, predictions.mistakes),
        ]
    blocks += left_out(result, "out_of_fold", "confusion", "calibration")
    return Section("Errors", "errors", tuple(blocks)) if blocks else None


def _models(result: StudyResult, predictions: OutOfFoldRecord | None) -> list[Block]:
    """Say what predicted the development rows, where that is not a single network, and how well."""
    if predictions is None or predictions.members == 1:
        return []
    metric, key = metric_of(result.spec), "analysis.out_of_fold"
    scores = Scores.of_selection(result)
    of_default: Words = ""
    if predictions.default_score is not None and not default_won(result):
        shown = Fact(f"{key}.default_score", scores.show(predictions.default_score))
        of_default = sentence("the default’s networks alone have {}, ", shown)
    of_mean: Words = ""
    if predictions.score is not None:
        of_mean = sentence(
            " Their mean {} over the folds is {}; {}single networks of the best configuration have {}.",
            Fact("spec.cv.metric", label_of_class(metric, result.data.classes)),
            Strong(Fact(f"{key}.score", scores.show(predictions.score))),
            of_default,
            Fact("best.cv_mean", scores.show(result.best.cv_mean)),
        )
    return [
        text(
            "Development rows are predicted here by {}the mean of {} networks{}, none of which had trained on the "
            "row.{}",
            "" if result.test is None else "models like the final one: ",
            number(f"{key}.members", predictions.members),
            ", half of them of the default configuration" if holds_default(result) else "",
            of_mean,
        )
    ]


def _confusions(result: StudyResult, predictions: OutOfFoldRecord | None) -> list[Block]:
    classes, test = result.data.classes, result.test
    pictures: list[Picture] = []
    pairs: list[Block] = []
    if predictions is not None and predictions.confusion:
        counts = predictions.confusion
        caption = sentence(OUT_OF_FOLD, counted("analysis.out_of_fold.rows", predictions.rows, "prediction"))
        pictures.append(Picture("confusion", confusion(CONFUSION, counts, classes), ALT, caption))
        pairs = _frequent_pairs(counts, classes)
    if test is not None and test.confusion:
        where = "test set" if result.outer is None else "outer folds"
        caption = sentence(f"Confusion matrix of the {where}: {{}}.", counted("test.rows", test.rows, "row"))
        svg = confusion("test.confusion", test.confusion, classes)
        pictures.append(Picture("test_confusion", svg, f"{ALT}, on the {where}", caption))
    return [Figures(tuple(pictures), "pair" if len(pictures) > 1 else "square"), *pairs] if pictures else []


def _frequent_pairs(counts: Counts, classes: Sequence[str]) -> list[Block]:
    """List the most frequent errors where the classes are too many for numbers in the matrix."""
    pairs = [
        (-rows, true, predicted)
        for true, line in enumerate(counts)
        for predicted, rows in enumerate(line)
        if rows and true != predicted
    ]
    if len(counts) <= NAMED or not pairs:
        return []
    rows = [
        Row(
            Fact(f"data.classes[{true}]", classes[true]),
            Fact(f"data.classes[{predicted}]", classes[predicted]),
            number(f"{CONFUSION}[{true}][{predicted}]", counts[true][predicted]),
            number(f"{CONFUSION}[{true}].sum", sum(counts[true])),
        )
        for _, true, predicted in sorted(pairs)[:MOST_PAIRS]
    ]
    titles = (Column("true class", number=False), Column("predicted class", number=False), Column("rows"), Column("of"))
    return [Heading("Most frequent confusions, out of fold"), Table("Confusions", titles, tuple(rows))]


def error_by_chance(record: CalibrationRecord, repeated: int) -> float:
    """Compute the calibration error that right probabilities have in the mean, since each bin has few rows.

    A share of n rows with probability p is off by √(2 p (1 - p) / (π n)) in the mean, by the normal approximation. Of
    made data with 60 to 2,000 rows the mean of 500 such errors was within 2% of it.

    Args:
        repeated: how often each row is predicted, which makes no more rows of it.
    """
    rows = sum(part.rows for part in record.bins)
    return (
        ordered_sum(
            math.sqrt(2 / math.pi * part.rows * repeated * part.confidence * (1 - part.confidence))
            for part in record.bins
        )
        / rows
    )


def _predictions(predictions: OutOfFoldRecord, repeated: int) -> list[Block]:
    if predictions.calibration is not None:
        error = Fact("analysis.out_of_fold.calibration.error", f"{predictions.calibration.error:.3f}")
        chance = Fact("calibration.by_chance", f"{error_by_chance(predictions.calibration, repeated):.3f}")
        alt = "Share of correct predictions by the probability of the predicted class"
        picture = Picture(
            "calibration", calibration(predictions.calibration), alt, sentence(CALIBRATION, error, chance)
        )
        return [Heading("Calibration"), Figures((picture,), "square")]
    if predictions.points:
        caption = sentence(
            SCATTER,
            number("analysis.out_of_fold.points.count", len(predictions.points)),
            number("analysis.out_of_fold.rows", predictions.rows),
        )
        picture = Picture("predictions", scatter(predictions.points), "Predicted by true value", caption)
        rest = Picture("residuals", residuals(predictions.points), "Residual by predicted value", RESIDUALS)
        return [Figures((picture, rest), "pair")]
    return []
