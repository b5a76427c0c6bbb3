"""Predictions of new rows: the command, their intervals or sets, and the temperature of probabilities."""

from __future__ import annotations

import math
from typing import Final

from experiments.evaluation.records.analysis_record import CoverageRecord, TemperatureRecord, UncertaintyRecord
from experiments.evaluation.records.results import StudyResult
from experiments.evaluation.uncertainty.conformal import CHECKED, level_name
from experiments.reports.blocks import (
    Block,
    Code,
    Column,
    Fact,
    Listing,
    Row,
    Section,
    Strong,
    Table,
    Text,
    counted,
    note,
    percent,
    text,
)
from experiments.reports.metrics import Scores, unit_of_loss
from experiments.reports.outer_fold import study_name
from experiments.reports.sections.omitted import left_out

KEY: Final = "analysis.uncertainty"
SOURCE: Final = (
    "They are made from the errors of {}, predicted by networks that had not trained on them. The table says how many "
    "of these are inside, each fold by the errors of the other folds."
)
OPENING: Final = {
    "error": "Intervals of new rows, by {}, reach from the prediction by the half width to both sides.",
    "error_of_logarithm": "Intervals of new rows, by {}, reach from the prediction divided by the factor to the "
    "prediction times the factor.",
    "missing_probability": "Sets of classes of new rows, by {}, hold the classes that are probable enough, and at "
    "least the predicted one.",
    "missing_output": "Sets of classes of new rows, by {}, hold the classes whose output is high enough, and at least "
    "the predicted one.",
}
SIZES: Final = {"error": "half width", "error_of_logarithm": "factor", "missing_probability": "classes in a set"}
CAUTION: Final = (
    "A level is meant for new rows like these, and is no guarantee: the networks of the folds had fewer rows than a "
    "final model has, and the configuration was chosen on the same folds."
)
OF_ALL: Final = " It is of all rows together: those of a rare class may be inside much less often."
HIGHER: Final = " Higher levels need more {}."
MORE: Final = {
    "rows": "",
    "groups": " A group counts as one row.",
    "rows_in_time_order": " Rows are in a time order, and later rows may differ.",
}
KEPT: Final = (
    "The final model divides its logits by a temperature of {}, which changes no prediction. {}It lowers the log loss "
    "out of fold from {} to {}, for each fold fitted on the others: by {}, with a standard error of {}."
)
SCORED: Final = {
    "test": "The test score is at this temperature, too. ",
    "outer": "The models of the outer folds were scored at temperatures of their own. ",
    "": "",
}
NOT_KEPT: Final = (
    "Probabilities are those of the networks. A temperature, by which logits are divided, would change the log loss "
    "out of fold from {} to {}, for each fold fitted on the others: a gain of {} with a standard error of {}. It is "
    "kept only where the gain is larger than that."
)


def uncertainty(result: StudyResult) -> Section | None:
    """Show the command, the intervals or sets of a few levels, and the temperature; None where nothing is known."""
    record, blocks = result.analysed.uncertainty, list[Block]()
    if result.test is not None:
        command = f"python -m experiments.predict {study_name(result)} new_rows.csv"
        blocks.append(Listing("commands.predict", command, "sh"))
    if record is not None:
        blocks += _levels(result, record)
        blocks += [] if record.temperature is None else [_temperature(result, record.temperature)]
    blocks += left_out(result, "uncertainty")
    return Section("Predictions of new rows", "predictions", tuple(blocks)) if blocks else None


def _levels(result: StudyResult, record: UncertaintyRecord) -> list[Block]:
    of_classes = record.score == "missing_probability"
    opening = OPENING["missing_output" if of_classes and not unit_of_loss(result) else record.score]
    one, many = ("group of rows", "groups of rows") if record.by == "groups" else ("row", "rows")
    units = counted(f"{KEY}.units", record.units, one, many)
    if not record.checks:
        return [text("There are too few rows for intervals or sets: {}.", units)]
    higher = HIGHER.format(many) if len(record.checks) < len(CHECKED) else ""
    option = Code("predict --set-coverage" if of_classes else "predict --interval")
    keys = [f"{KEY}.checks[{at}]" for at in range(len(record.checks))]
    rows = [
        Row(
            percent(f"{key}.level", check.level),
            percent(f"{key}.coverage", check.coverage, in_column=True),
            _size(record, key, check),
        )
        for key, check in zip(keys, record.checks, strict=True)
    ]
    columns = (Column("level"), Column("inside, out of fold"), Column(SIZES[record.score]))
    return [
        text(f"{opening} {SOURCE}", option, units),
        Table("Intervals or sets", columns, tuple(rows)),
        note(CAUTION + (OF_ALL if of_classes else "") + MORE[record.by] + higher),
    ]


def _size(record: UncertaintyRecord, key: str, check: CoverageRecord) -> Fact:
    """Write the half width or the factor of new rows' intervals, or the mean number of classes of a set."""
    if record.score == "missing_probability":
        return Fact(f"{key}.size", f"{check.size:.2f}")
    level = level_name(round(1000 * check.level))
    quantile = record.quantiles[level]
    if record.score == "error_of_logarithm":
        return Fact(f"{KEY}.factors.{level}", f"{math.exp(quantile):.3g}")
    return Fact(f"{KEY}.quantiles.{level}", Scores.like("error", quantile).size(quantile))


def _temperature(result: StudyResult, record: TemperatureRecord) -> Text:
    key, scores = f"{KEY}.temperature", Scores("loss", 4)
    facts = [
        Fact(f"{key}.{name}", scores.size(getattr(record, name)))
        for name in ("loss", "scaled_loss", "gain", "standard_error")
    ]
    if record.kept:
        scored = "" if result.test is None else "test" if result.outer is None else "outer"
        return text(KEPT, Strong(Fact(f"{key}.value", f"{record.value:.4g}")), SCORED[scored], *facts)
    return text(NOT_KEPT, *facts)
