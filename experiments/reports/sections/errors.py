"""Where the winner errs: on development rows by networks that had not trained on them, and on the test rows."""

from __future__ import annotations

from collections.abc import Sequence

from experiments.evaluation.records import Counts, MistakeRecord, OutOfFoldRecord
from experiments.evaluation.results import StudyResult
from experiments.reports.blocks import (
    Block,
    Column,
    Fact,
    Figures,
    Gallery,
    Heading,
    Picture,
    Row,
    Section,
    Table,
    Thumbnail,
    Words,
    counted,
    note,
    number,
    sentence,
)
from experiments.reports.formatting import NOTHING
from experiments.reports.images import png
from experiments.reports.plots.matrix import NAMED, confusion
from experiments.reports.plots.predictions import calibration, scatter
from experiments.reports.sections.omitted import left_out

COMMONEST = 10
CONFUSION = "analysis.out_of_fold.confusion"
DIAGONAL = (
    "Right predictions lie on the diagonal. Colour is the share of the true class, for errors on a stronger scale of "
    "their own."
)
CALIBRATION = (
    "Development rows by the probability of the class that was predicted. Below the dashed line predictions are surer "
    "of themselves than they are right. Expected calibration error: {}."
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
        words = f"Out of fold: {{}} of development rows by networks that had not trained on them. {DIAGONAL}"
        caption = sentence(words, counted("analysis.out_of_fold.rows", found.rows, "prediction"))
        pictures.append(_confusion("confusion", CONFUSION, found.confusion, classes, caption))
        commonest += _commonest(found.confusion, classes)
    if look is not None and look.confusion:
        caption = sentence("On the test set: {}.", counted("test.rows", look.rows, "row"))
        pictures.append(_confusion("test_confusion", "test.confusion", look.confusion, classes, caption))
    return [Figures(tuple(pictures), "pair" if len(pictures) > 1 else "square"), *commonest] if pictures else []


def _confusion(name: str, key: str, counts: Counts, classes: Sequence[str], caption: Words) -> Picture:
    alt = "Confusion matrix: rows of each true class by the class that was predicted"
    return Picture(name, confusion(name, key, counts, classes), alt, caption)


def _commonest(counts: Counts, classes: Sequence[str]) -> list[Block]:
    """Of many classes, whose matrix has no numbers, the errors made most often."""
    if len(counts) <= NAMED:
        return []
    pairs = [
        (line[there], here, there) for here, line in enumerate(counts) for there in range(len(line)) if here != there
    ]
    most = sorted((one for one in pairs if one[0]), key=lambda one: (-one[0], one[1:]))[:COMMONEST]
    rows = tuple(
        Row(
            (
                Fact(f"data.classes[{here}]", classes[here]),
                Fact(f"data.classes[{there}]", classes[there]),
                number(f"{CONFUSION}[{here}][{there}]", rows),
                number(f"{CONFUSION}[{here}].sum", sum(counts[here])),
            )
        )
        for rows, here, there in most
    )
    titles = (Column("true class", number=False), Column("predicted", number=False), Column("rows"), Column("of"))
    return [Heading("The commonest confusions, out of fold"), Table("Confusions", titles, rows)] if rows else []


def _predictions(found: OutOfFoldRecord) -> list[Block]:
    if found.calibration is not None:
        error = Fact("analysis.out_of_fold.calibration.error", f"{found.calibration.error:.3f}")
        caption = sentence(CALIBRATION, error)
        alt = "Share of right predictions by their probability"
        return [
            Heading("Do its probabilities hold?"),
            Figures((Picture("calibration", calibration(found.calibration), alt, caption),), "square"),
        ]
    if found.points:
        caption = sentence(
            "Predicted against true, out of fold: {} of {}, spread over the data.",
            counted("analysis.out_of_fold.points.count", len(found.points), "prediction"),
            number("analysis.out_of_fold.rows", found.rows),
        )
        return [Figures((Picture("predictions", scatter(found.points), "Predicted against true", caption),), "square")]
    return []


def _mistakes(result: StudyResult, found: Sequence[MistakeRecord]) -> list[Block]:
    if not found:
        return []
    classes = result.data.task == "classification"
    sure = any(one.probability is not None for one in found)
    loss = "loss, nats" if classes else "absolute error"
    titles = ["row", "true", "predicted", *(["probability"] if sure else []), loss, "fold"]
    rows = tuple(Row(_cells(at, one, sure)) for at, one in enumerate(found))
    table = Table("Worst mistakes", tuple(Column(title, title not in ("true", "predicted")) for title in titles), rows)
    shown = [(_cells(at, one, True), one.picture) for at, one in enumerate(found) if one.picture is not None]
    thumbnails = tuple(
        Thumbnail(
            png(picture),
            "A row whose class was predicted wrongly",
            picture.width,
            picture.height,
            (
                sentence("true {}, predicted {}", truth, predicted),
                sentence("probability {}", probability),
                sentence("row {}, fold {}", row, fold),
            ),
        )
        for (row, truth, predicted, probability, _, fold), picture in shown
    )
    how = "by their loss, the worst first" if classes else "by their absolute error, the largest first"
    return [
        Heading("The worst mistakes"),
        note(f"Development rows, out of fold, {how}. Rows are numbered as in the data, from 0."),
        Gallery(thumbnails, table) if len(shown) == len(found) else table,
    ]


def _cells(at: int, one: MistakeRecord, sure: bool) -> tuple[Fact, ...]:
    key = f"analysis.out_of_fold.mistakes[{at}]"
    probability = Fact(f"{key}.probability", NOTHING if one.probability is None else f"{one.probability:.3f}")
    return (
        Fact(f"{key}.row", str(one.row)),
        Fact(f"{key}.truth", one.truth),
        Fact(f"{key}.predicted", one.predicted),
        *([probability] if sure else []),
        Fact(f"{key}.loss", f"{one.loss:.3g}"),
        Fact(f"{key}.fold", str(one.fold)),
    )
