"""Where the winner errs: on development rows by networks that had not trained on them, and on the test rows."""

from __future__ import annotations

from collections.abc import Sequence

from experiments.records.analysis import Counts, MistakeRecord, OutOfFoldRecord
from experiments.records.results import StudyResult
from experiments.reports.blocks import (
    Block,
    Column,
    Figures,
    Gallery,
    Heading,
    Picture,
    Row,
    Section,
    Table,
    Thumbnail,
    note,
)
from experiments.reports.pixels import png
from experiments.reports.plots.matrix import NAMED, confusion
from experiments.reports.plots.predictions import calibration, scatter
from experiments.reports.sections.left_out import left_out
from experiments.reports.wording import NOTHING, count

COMMONEST = 10
DIAGONAL = (
    "Right predictions lie on the diagonal. Colour is the share of the true class, for errors on a stronger scale of "
    "their own."
)
CALIBRATION = (
    "Development rows by the probability of the class that was predicted. Below the dashed line predictions are surer "
    "of themselves than they are right. Expected calibration error: {:.3f}."
)


def errors(result: StudyResult) -> Section | None:
    """Confusion, calibration and mistakes; None where nothing is known of any."""
    found = result.analysis.out_of_fold if result.analysis else None
    blocks: list[Block] = [*_confusions(result, found)]
    if found is not None:
        blocks += [*_predictions(found), *_mistakes(result, found.mistakes)]
    blocks += left_out(result, "out_of_fold", "confusion", "calibration")
    return Section("Where the winner errs", "errors", tuple(blocks)) if blocks else None


def _confusions(result: StudyResult, found: OutOfFoldRecord | None) -> list[Block]:
    classes, look = result.data.classes, result.test
    pictures: list[Picture] = []
    commonest: list[Block] = []
    if found is not None and found.confusion:
        predictions = f"{count(found.rows, 'prediction')} of development rows by networks that had not trained on them"
        pictures.append(_confusion("confusion", found.confusion, classes, f"Out of fold: {predictions}. {DIAGONAL}"))
        commonest += _commonest(found.confusion, classes)
    if look is not None and look.confusion:
        caption = f"On the test set: {count(look.rows, 'row')}, the one look."
        pictures.append(_confusion("test_confusion", look.confusion, classes, caption))
    return [Figures(tuple(pictures), "pair" if len(pictures) > 1 else "square"), *commonest] if pictures else []


def _confusion(name: str, counts: Counts, classes: Sequence[str], caption: str) -> Picture:
    right = sum(line[place] for place, line in enumerate(counts))
    whole = sum(map(sum, counts))
    alt = f"Confusion matrix: {right:,} of {whole:,} rows on the diagonal"
    return Picture(name, confusion(name, counts, classes), alt, caption)


def _commonest(counts: Counts, classes: Sequence[str]) -> list[Block]:
    """Of many classes, whose matrix has no numbers, the errors made most often."""
    if len(counts) <= NAMED:
        return []
    pairs = [
        (line[there], here, there) for here, line in enumerate(counts) for there in range(len(line)) if here != there
    ]
    most = sorted((one for one in pairs if one[0]), key=lambda one: (-one[0], one[1:]))[:COMMONEST]
    rows = tuple(
        Row((classes[here], classes[there], f"{number:,}", f"{sum(counts[here]):,}")) for number, here, there in most
    )
    titles = (Column("true class", number=False), Column("predicted", number=False), Column("rows"), Column("of"))
    return [Heading("The commonest confusions, out of fold"), Table("Confusions", titles, rows)] if rows else []


def _predictions(found: OutOfFoldRecord) -> list[Block]:
    if found.calibration is not None:
        caption = CALIBRATION.format(found.calibration.error)
        alt = "Share of right predictions by their probability"
        return [
            Heading("Do its probabilities hold?"),
            Figures((Picture("calibration", calibration(found.calibration), alt, caption),), "square"),
        ]
    if found.points:
        shown = count(len(found.points), "prediction")
        caption = f"Predicted against true, out of fold: {shown} of {found.rows:,}, spread over the data."
        return [Figures((Picture("predictions", scatter(found.points), "Predicted against true", caption),), "square")]
    return []


def _mistakes(result: StudyResult, found: Sequence[MistakeRecord]) -> list[Block]:
    if not found:
        return []
    classes = result.data.task == "classification"
    sure = any(one.probability is not None for one in found)
    loss = "loss, nats" if classes else "absolute error"
    titles = ["row", "true", "predicted", *(["probability"] if sure else []), loss, "fold"]
    rows = tuple(Row(tuple(_cells(one, sure))) for one in found)
    table = Table("Worst mistakes", tuple(Column(title, title not in ("true", "predicted")) for title in titles), rows)
    shown = [(one, one.picture) for one in found if one.picture is not None]
    thumbnails = tuple(
        Thumbnail(
            png(picture),
            f"row {one.row}, true class {one.truth}, predicted {one.predicted}",
            picture.width,
            picture.height,
            (f"true {one.truth}, predicted {one.predicted}", *_sure(one), f"row {one.row}, fold {one.fold}"),
        )
        for one, picture in shown
    )
    how = "by their loss, the worst first" if classes else "by their absolute error, the largest first"
    return [
        Heading("The worst mistakes"),
        note(f"Development rows, out of fold, {how}. Rows are numbered as in the data, from 0."),
        Gallery(thumbnails, table) if len(shown) == len(found) else table,
    ]


def _cells(one: MistakeRecord, sure: bool) -> list[str]:
    probability = [NOTHING if one.probability is None else f"{one.probability:.3f}"] if sure else []
    return [str(one.row), one.truth, one.predicted, *probability, f"{one.loss:.3g}", str(one.fold)]


def _sure(one: MistakeRecord) -> tuple[str, ...]:
    return () if one.probability is None else (f"{100 * one.probability:.0f}% sure",)
