"""Precision and recall of each class, and the curves and operating points of two, from out-of-fold predictions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from experiments.evaluation.records.analysis_record import Counts
from experiments.evaluation.records.results import StudyResult
from experiments.evaluation.records.roc_record import RocRecord
from experiments.reports.blocks import (
    Block,
    Column,
    Fact,
    Figures,
    Heading,
    Picture,
    Row,
    Table,
    Text,
    note,
    number,
    sentence,
)
from experiments.reports.formatting import NOTHING
from experiments.reports.metrics import unit_of_loss
from experiments.reports.plots.matrix import NAMED
from experiments.reports.plots.predictions import precision_recall, roc
from experiments.reports.sections.operating_points import operating_points
from experiments.reports.seldom_predicted import seldom_predicted
from experiments.reports.split import repeats

ROC: Final = (
    "ROC curve of {}: the share of its {} {} that are found, by the share of the {} others that are taken for it, for "
    "every threshold of its {}. Area under the curve: {}."
)
PRECISION_RECALL: Final = (
    "Precision of {} by its recall, for the same predictions and thresholds. A guess has its share of all as precision."
)


def class_scores(result: StudyResult) -> list[Block]:
    """Tabulate the scores of each class, and draw the ROC curve; nothing where they are unknown."""
    analysis, classes = result.analysed, result.data.classes
    if analysis.out_of_fold is None:
        return []
    counts = analysis.out_of_fold.confusion
    blocks: list[Block] = [Heading("Classes"), *_table(counts, classes, repeats(result))] if counts else []
    blocks += [Text(parts) for parts in seldom_predicted(result)]
    if analysis.roc is not None:
        blocks.append(Figures(tuple(_curves(result, analysis.roc)), "pair"))
        blocks += operating_points(result, analysis.roc)
    return blocks


def _table(counts: Counts, classes: Sequence[str], repeated: int) -> list[Block]:
    rows = []
    for at, name in enumerate(classes):
        key, hits = f"classes[{at}]", counts[at][at]
        true, predicted = sum(counts[at]), sum(line[at] for line in counts)
        shares = {"precision": (hits, predicted), "recall": (hits, true), "f1": (2 * hits, true + predicted)}
        scores = [
            Fact(f"{key}.{score}", f"{part / whole:.4f}" if whole else NOTHING)
            for score, (part, whole) in shares.items()
        ]
        sizes = (number(f"{key}.rows", true), number(f"{key}.predicted", predicted))
        numbered = () if len(classes) <= NAMED else (number(f"{key}.number", at),)  # as in the confusion matrix
        rows.append(Row(*numbered, Fact(f"data.classes[{at}]", name), *sizes, *scores))
    often = Fact("spec.cv.n_repeats", f"{repeated:,}")
    counted = "rows" if repeated == 1 else sentence("rows, each {} times", often)
    titles = [] if len(classes) <= NAMED else [Column("number")]
    titles += [Column("class", number=False), *map(Column, (counted, "predicted", "precision", "recall", "F1"))]
    return [
        Table("Scores of each class", tuple(titles), tuple(rows)),
        note(
            "Development rows, out of fold. Precision: share of the rows predicted as the class that are of it. "
            "Recall: share of the rows of the class that are predicted as it. F1: their harmonic mean."
        ),
    ]


def _curves(result: StudyResult, record: RocRecord) -> Iterator[Picture]:
    named = Fact("data.classes[1]", result.data.classes[1])
    caption = sentence(
        ROC,
        named,
        number("analysis.roc.positives", record.positives),
        "rows" if repeats(result) == 1 else "predictions",
        number("analysis.roc.negatives", record.negatives),
        "probability" if unit_of_loss(result) else "output",
        Fact("analysis.roc.area", f"{record.area:.4f}"),
    )
    yield Picture("roc", roc(record), "ROC curve: true positive rate by false positive rate", caption)
    caption = sentence(PRECISION_RECALL, named)
    yield Picture("precision_recall", precision_recall(record), "Precision by recall", caption)
