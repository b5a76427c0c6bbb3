"""Operating points of two classes: what other thresholds than a half come to, from out-of-fold predictions."""

from __future__ import annotations

from typing import Final

from experiments.evaluation.records.results import StudyResult
from experiments.evaluation.records.roc_record import OperatingPoint, OperatingRule, RocRecord
from experiments.reports.blocks import (
    Block,
    Code,
    Column,
    Fact,
    Heading,
    Row,
    Table,
    Words,
    note,
    percent,
    sentence,
    text,
)
from experiments.reports.formatting import NOTHING

KEY: Final = "analysis.roc.operating"
RULES: Final[dict[OperatingRule, str]] = {
    "half": "more probable class",
    "f1": "largest F1",
    "youden": "largest Youden index",
    "recall": "recall of at least",
    "specificity": "specificity of at least",
}
OPENING: Final = (
    "The model predicts {} from a probability of {} on; {} sets another threshold for new rows. What each came to on "
    "development rows, out of fold:"
)
READING: Final = (
    "Recall, or sensitivity: share of the rows of {} that are predicted as it. Specificity: the same of {}. Youden "
    "index: their sum less one. Thresholds are of the probabilities that {} writes{}."
)
CHOICE: Final = (
    "A threshold chosen here is chosen on these rows: on new ones, expect a little less than its line says. "
    "All other scores of predicted classes on this page{} are at {}."
)


def operating_points(result: StudyResult, record: RocRecord) -> list[Block]:
    """Tabulate the points; nothing where there are none."""
    if not record.operating:
        return []
    first, second = (Fact(f"data.classes[{at}]", name) for at, name in enumerate(result.data.classes))
    half = _threshold(f"{KEY}[0]", record.operating[0])
    uncertainty = result.analysed.uncertainty
    is_scaled = uncertainty is not None and uncertainty.temperature is not None and uncertainty.temperature.kept
    titles: tuple[Words, ...] = ("threshold", sentence("predicted as {}", second), "recall", "specificity", "precision")
    return [
        Heading("Operating points"),
        text(OPENING, second, half, Code("predict --threshold")),
        Table(
            "Operating points",
            (Column("chosen for", number=False), *map(Column, titles)),
            tuple(_row(f"{KEY}[{at}]", point) for at, point in enumerate(record.operating)),
        ),
        note(READING, second, first, Code("predict"), ", at the temperature of the final model" if is_scaled else ""),
        note(CHOICE, "" if result.test is None else ", those of the test rows included,", half),
    ]


def _threshold(key: str, point: OperatingPoint) -> Fact:
    """Write all digits of a threshold, three decimals at least."""
    return Fact(f"{key}.threshold", max(f"{point.threshold:.9g}", f"{point.threshold:.3f}", key=len))


def _row(key: str, point: OperatingPoint) -> Row:
    rule: Words = Fact(f"{key}.rule", RULES[point.rule])
    if point.goal is not None:
        rule = sentence("{} {}", rule, Fact(f"{key}.goal", f"{point.goal:.2f}"))
    scores = {name: getattr(point, name) for name in ("recall", "specificity", "precision")}
    return Row(
        rule,
        _threshold(key, point),
        percent(f"{key}.named", point.named, in_column=True),
        *(Fact(f"{key}.{name}", NOTHING if share is None else f"{share:.4f}") for name, share in scores.items()),
    )
